"""The default security group of a VPC gets AWS's ingress rule: all of its members reach each other.

moto makes it without. Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
"""


def install() -> None:
    """Adds the rule to every default group from now on."""
    from localstack.utils.patch import patch
    from moto.ec2.models.security_groups import SecurityGroupBackend

    @patch(SecurityGroupBackend.create_security_group)
    def create_security_group(fn, self, *args, **kwargs):  # type: ignore[no-untyped-def]
        group = fn(self, *args, **kwargs)
        if group.is_default:
            peer = {"GroupId": group.id}
            self.authorize_security_group_ingress(group.id, "-1", None, None, [], source_groups=[peer])
        return group
