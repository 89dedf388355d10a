"""CloudFormation types of RDS, and the secret attachment that completes a database's credentials."""

from localstack_plugin.rds.resources.attachment import SecretTargetAttachment
from localstack_plugin.rds.resources.instance import DBInstance
from localstack_plugin.rds.resources.parameter_group import DBParameterGroup
from localstack_plugin.rds.resources.subnet_group import DBSubnetGroup

RESOURCE_PROVIDERS = {
    provider.TYPE: provider for provider in (DBInstance, DBParameterGroup, DBSubnetGroup, SecretTargetAttachment)
}
