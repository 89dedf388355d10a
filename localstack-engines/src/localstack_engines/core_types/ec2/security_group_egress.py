"""AWS::EC2::SecurityGroupEgress.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupegress.html
"""

from localstack_engines.core_types.ec2.security_group_rule import SecurityGroupRule


class SecurityGroupEgress(SecurityGroupRule):
    TYPE = "AWS::EC2::SecurityGroupEgress"
    DIRECTION = "egress"
