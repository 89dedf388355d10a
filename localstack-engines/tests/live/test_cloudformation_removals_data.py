"""A property that is removed from a template goes back to AWS's default: networks, buckets, databases and brokers."""

import pytest

from lab.removals import TAGS, Aws, Case, answer_or_error, case_id, check_removal, ref, typed
from lab.stacks import Stack

BUCKET_SETTINGS = (
    "get_bucket_cors",
    "get_bucket_lifecycle_configuration",
    "get_bucket_ownership_controls",
    "get_bucket_tagging",
    "get_bucket_website",
    "get_public_access_block",
)
VPC = {"Vpc": typed("AWS::EC2::VPC", CidrBlock="10.197.0.0/16")}

CASES = [
    Case(
        "AWS::EC2::VPC",
        {"CidrBlock": "10.196.0.0/16"},
        {"EnableDnsHostnames": True, "EnableDnsSupport": False, "Tags": TAGS},
        lambda aws, name, out: [
            aws("ec2").describe_vpcs(VpcIds=[name])["Vpcs"],
            aws("ec2").describe_vpc_attribute(VpcId=name, Attribute="enableDnsSupport"),
            aws("ec2").describe_vpc_attribute(VpcId=name, Attribute="enableDnsHostnames"),
        ],
    ),
    Case(
        "AWS::EC2::Subnet",
        {"VpcId": ref("Vpc"), "CidrBlock": "10.197.1.0/24"},
        {"MapPublicIpOnLaunch": True, "Tags": TAGS},
        lambda aws, name, out: aws("ec2").describe_subnets(SubnetIds=[name])["Subnets"],
        VPC,
    ),
    Case(
        "AWS::EC2::SecurityGroup",
        {"VpcId": ref("Vpc"), "GroupDescription": "d"},
        {
            "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/8"}],
            "SecurityGroupEgress": [{"IpProtocol": "tcp", "FromPort": 81, "ToPort": 81, "CidrIp": "10.0.0.0/8"}],
            "Tags": TAGS,
        },
        lambda aws, name, out: aws("ec2").describe_security_groups(GroupIds=[name])["SecurityGroups"],
        VPC,
    ),
    Case(
        "AWS::S3::Bucket",
        {},
        {
            "CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
            "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": 1}]},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": True},
            "WebsiteConfiguration": {"IndexDocument": "i.html"},
            "Tags": TAGS,
        },
        lambda aws, name, out: [
            answer_or_error(getattr(aws("s3"), operation), Bucket=name) for operation in BUCKET_SETTINGS
        ],
    ),
    Case(
        "AWS::RDS::DBParameterGroup",
        {"Family": "postgres17", "Description": "d"},
        {"Parameters": {"work_mem": "8192"}, "Tags": TAGS},
        lambda aws, name, out: [
            parameter
            for page in aws("rds").get_paginator("describe_db_parameters").paginate(DBParameterGroupName=name)
            for parameter in page["Parameters"]
            if parameter["ParameterName"] == "work_mem"
        ],
    ),
    Case(
        "AWS::RDS::DBInstance",
        {
            "Engine": "postgres",
            "DBInstanceClass": "db.t4g.micro",
            "AllocatedStorage": "20",
            "MasterUsername": "joe",
            "MasterUserPassword": "not-a-secret",
        },
        {
            "BackupRetentionPeriod": 3,
            "CopyTagsToSnapshot": True,
            "DBParameterGroupName": ref("Parameters"),
            "DeletionProtection": True,
            "EnableCloudwatchLogsExports": ["postgresql"],
            "Tags": TAGS,
        },
        lambda aws, name, out: aws("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"],
        {"Parameters": typed("AWS::RDS::DBParameterGroup", Family="postgres17", Description="d")},
    ),
    Case(
        "AWS::RDS::EventSubscription",
        {"SnsTopicArn": ref("Topic"), "SourceType": "db-instance"},
        {"Enabled": False, "EventCategories": ["backup"], "Tags": TAGS},
        lambda aws, name, out: aws("rds").describe_event_subscriptions(SubscriptionName=name)["EventSubscriptionsList"],
        {"Topic": typed("AWS::SNS::Topic")},
    ),
    Case(
        "AWS::RDS::OptionGroup",
        {"EngineName": "postgres", "MajorEngineVersion": "17", "OptionGroupDescription": "d"},
        {"OptionConfigurations": [], "Tags": TAGS},
        lambda aws, name, out: aws("rds").list_tags_for_resource(
            ResourceName=aws("rds").describe_option_groups(OptionGroupName=name)["OptionGroupsList"][0][
                "OptionGroupArn"
            ]
        )["TagList"],
    ),
    Case(
        "AWS::MSK::Cluster",
        {
            "ClusterName": "placeholder",
            "KafkaVersion": "4.1.x.kraft",
            "NumberOfBrokerNodes": 2,
            "BrokerNodeGroupInfo": {
                "InstanceType": "kafka.t3.small",
                "ClientSubnets": [ref("SubnetA"), ref("SubnetB")],
            },
        },
        {
            "LoggingInfo": {"BrokerLogs": {"CloudWatchLogs": {"Enabled": True, "LogGroup": ref("Logs")}}},
            "Tags": {"a": "b"},
        },
        lambda aws, name, out: {
            key: value
            for key, value in aws("kafka").describe_cluster(ClusterArn=name)["ClusterInfo"].items()
            if key in ("EnhancedMonitoring", "LoggingInfo", "OpenMonitoring", "Tags")
        },
        {
            **VPC,
            "Logs": typed("AWS::Logs::LogGroup"),
            "SubnetA": typed(
                "AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.197.1.0/24", AvailabilityZone="us-east-1a"
            ),
            "SubnetB": typed(
                "AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.197.2.0/24", AvailabilityZone="us-east-1b"
            ),
        },
    ),
    Case(
        "AWS::MSK::Configuration",
        {"Name": "placeholder", "ServerProperties": "num.partitions=1"},
        {"Description": "d"},
        lambda aws, name, out: aws("kafka").describe_configuration(Arn=name)["LatestRevision"].get("Description"),
    ),
    Case(
        "AWS::ServiceDiscovery::HttpNamespace",
        {"Name": "placeholder"},
        {"Description": "d", "Tags": TAGS},
        lambda aws, name, out: aws("servicediscovery").get_namespace(Id=name)["Namespace"],
    ),
    Case(
        "AWS::ServiceDiscovery::Service",
        {"NamespaceId": ref("Namespace")},
        {"Description": "d", "Tags": TAGS},
        lambda aws, name, out: aws("servicediscovery").get_service(Id=name)["Service"],
        {"Namespace": typed("AWS::ServiceDiscovery::HttpNamespace", Name="placeholder")},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_a_removed_property_goes_back_to_the_default(aws: Aws, stack: Stack, unique: str, case: Case) -> None:
    check_removal(aws, stack, unique, case)
