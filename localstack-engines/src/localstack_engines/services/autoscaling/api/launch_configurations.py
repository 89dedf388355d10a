"""Operations on launch configurations."""

import base64
import binascii

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
        return moto(context, "CreateLaunchConfiguration", {**request, **_decoded_user_data(request)})

    def delete_launch_configuration(self, context: RequestContext, request: Request) -> Response:
        name = request["LaunchConfigurationName"]
        if not self.store.has_launch_configuration(context.account_id, context.region, name):
            raise validation_error(f"Launch configuration name not found - Launch configuration {name} not found")
        groups = self.store.groups(context.account_id, context.region)
        if any(group.launch_config is not None and group.launch_config.name == name for group in groups):
            raise resource_in_use(f"Cannot delete launch configuration {name} because it is attached to a group")
        return moto(context, "DeleteLaunchConfiguration", request)


def _decoded_user_data(request: Request) -> Request:
    """Returns the user data as it was before its encoding: the client that calls moto encodes it once more."""
    try:
        return {"UserData": base64.b64decode(request["UserData"], validate=True)} if request.get("UserData") else {}
    except binascii.Error as error:
        raise validation_error("Invalid BASE64 encoding of user data") from error
