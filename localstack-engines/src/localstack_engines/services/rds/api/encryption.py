"""The KMS keys that requests name: LocalStack's KMS has them, moto's has not."""

from botocore.exceptions import ClientError
from localstack.aws.api import RequestContext
from localstack.aws.connect import connect_to

from localstack_engines.services.rds.errors import key_not_accessible

SECRETS_KEY = "alias/aws/secretsmanager"
STORAGE_KEY = "alias/aws/rds"


def key_arn(context: RequestContext, key_id: str) -> str:
    """Returns the ARN of a key by its id, ARN or alias. Raises KMSKeyNotAccessibleFault unless it can encrypt."""
    kms = connect_to(aws_access_key_id=context.account_id, region_name=context.region).kms
    try:
        key = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    except ClientError as error:
        raise key_not_accessible(key_id) from error
    if key["KeyState"] != "Enabled" or key["KeySpec"] != "SYMMETRIC_DEFAULT":
        raise key_not_accessible(key_id)
    return str(key["Arn"])
