"""AWS::EC2::SecurityGroupIngress.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html
"""

from localstack_engines.core_types.ec2.security_group_rule import SecurityGroupRule


class SecurityGroupIngress(SecurityGroupRule):
    TYPE = "AWS::EC2::SecurityGroupIngress"
    DIRECTION = "ingress"
