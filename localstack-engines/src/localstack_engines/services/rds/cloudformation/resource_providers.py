"""RDS's CloudFormation types."""

from localstack_engines.services.rds.cloudformation.db_cluster import DBCluster
from localstack_engines.services.rds.cloudformation.db_cluster_parameter_group import DBClusterParameterGroup
from localstack_engines.services.rds.cloudformation.db_instance import DBInstance
from localstack_engines.services.rds.cloudformation.db_parameter_group import DBParameterGroup
from localstack_engines.services.rds.cloudformation.db_subnet_group import DBSubnetGroup
from localstack_engines.services.rds.cloudformation.event_subscription import EventSubscription
from localstack_engines.services.rds.cloudformation.option_group import OptionGroup

RESOURCE_PROVIDERS = {
    provider.TYPE: provider
    for provider in (
        DBCluster,
        DBClusterParameterGroup,
        DBInstance,
        DBParameterGroup,
        DBSubnetGroup,
        EventSubscription,
        OptionGroup,
    )
}
