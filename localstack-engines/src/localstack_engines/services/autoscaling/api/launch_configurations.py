"""Operations on launch configurations."""

from localstack.aws.api import RequestContext

from localstack_engines.services.autoscaling.api.operations import Operations, Request, Response
from localstack_engines.services.autoscaling.errors import already_exists, resource_in_use, validation_error
from localstack_engines.toolkit.dispatch import moto


class LaunchConfigurationOperations(Operations):
    """Creates and deletes launch configurations."""

    def create_launch_configuration(self, context: RequestContext, request: Request) -> Response:
        name = request["LaunchConfigurationName"]
        if self.store.has_launch_configuration(context.account_id, context.region, name):
            raise already_exists(
                "Launch Configuration by this name already exists - A launch configuration already exists with the "
                f"name {name}"
            )
        for member in ("ImageId", "InstanceType"):
            if not request.get(member):
                raise validation_error(f"Valid requests must contain either the InstanceId parameter or {member}")
        return moto(context, "CreateLaunchConfiguration", request)

    def delete_launch_configuration(self, context: RequestContext, request: Request) -> Response:
        name = request["LaunchConfigurationName"]
        if not self.store.has_launch_configuration(context.account_id, context.region, name):
            raise validation_error(f"Launch configuration name not found - Launch configuration {name} not found")
        groups = self.store.groups(context.account_id, context.region)
        if any(group.launch_config is not None and group.launch_config.name == name for group in groups):
            raise resource_in_use(f"Cannot delete launch configuration {name} because it is attached to a group")
        return moto(context, "DeleteLaunchConfiguration", request)
