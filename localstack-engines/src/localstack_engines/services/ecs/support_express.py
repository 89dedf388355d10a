"""What becomes of the members of requests about Express services. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import Members

_SETTINGS = (
    "executionRoleArn healthCheckPath primaryContainer taskRoleArn networkConfiguration cpu memory scalingTarget"
)

EXPRESS_SERVICES = {
    "CreateExpressGatewayServiceRequest": Members(
        used=f"serviceName cluster {_SETTINGS} tags",
        recorded="infrastructureRoleArn",
    ),
    "UpdateExpressGatewayServiceRequest": Members(f"serviceArn {_SETTINGS}"),
    "DescribeExpressGatewayServiceRequest": Members("serviceArn include"),
    "DeleteExpressGatewayServiceRequest": Members("serviceArn"),
    "ExpressGatewayContainer": Members(
        "image containerPort awsLogsConfiguration repositoryCredentials command environment secrets"
    ),
    "ExpressGatewayServiceAwsLogsConfiguration": Members("logGroup logStreamPrefix"),
    "ExpressGatewayRepositoryCredentials": Members("credentialsParameter"),
    "ExpressGatewayServiceNetworkConfiguration": Members("subnets securityGroups"),
    "ExpressGatewayScalingTarget": Members("minTaskCount maxTaskCount autoScalingMetric autoScalingTargetValue"),
}
