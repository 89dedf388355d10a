"""The SAM transform's faults in AWS's words: LocalStack reports the exceptions as Python writes them."""

from typing import Any

from localstack.services.cloudformation.engine.transformers import FailedTransformationException
from localstack.services.cloudformation.engine.v2 import change_set_model_transform as core
from samtranslator.model.exceptions import InvalidDocumentException


def install() -> None:
    """Makes LocalStack's transform report what is wrong with which resource."""
    apply_of_core = core.ChangeSetModelTransform._apply_global_serverless_transformation

    def apply(region_name: str, template: dict, parameters: dict) -> Any:
        try:
            return apply_of_core(region_name=region_name, template=template, parameters=parameters)
        except FailedTransformationException as error:
            fault = error.__context__
            if not isinstance(fault, InvalidDocumentException):
                raise
            message = " ".join([fault.message, *(cause.message for cause in fault.causes)])
            name = core.SERVERLESS_TRANSFORM
            raise FailedTransformationException(name, f"Transform {name} failed with: {message}") from fault

    core.ChangeSetModelTransform._apply_global_serverless_transformation = staticmethod(apply)
