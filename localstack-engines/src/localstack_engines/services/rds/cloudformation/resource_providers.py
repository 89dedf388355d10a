"""CloudFormation types of RDS, and the secret attachment that completes a database's credentials."""

from localstack_engines.services.rds.cloudformation.attachment import SecretTargetAttachment
from localstack_engines.services.rds.cloudformation.instance import DBInstance
from localstack_engines.services.rds.cloudformation.parameter_group import DBParameterGroup
from localstack_engines.services.rds.cloudformation.subnet_group import DBSubnetGroup

RESOURCE_PROVIDERS = {
    provider.TYPE: provider for provider in (DBInstance, DBParameterGroup, DBSubnetGroup, SecretTargetAttachment)
}
