"""The ECR service: its parts, put together."""

from localstack.services.plugins import Service

from localstack_engines.services.ecr.api.authorization import AuthorizationOperations
from localstack_engines.services.ecr.api.images import ImageOperations
from localstack_engines.services.ecr.api.layer_uploads import LayerUploadOperations
from localstack_engines.services.ecr.api.layers import LayerOperations
from localstack_engines.services.ecr.api.lifecycle_policies import LifecyclePolicyOperations
from localstack_engines.services.ecr.api.repositories import RepositoryOperations
from localstack_engines.services.ecr.control.lifecycle import Lifecycle
from localstack_engines.services.ecr.engine import registry
from localstack_engines.services.ecr.engine.image_storage import ImageStorage
from localstack_engines.services.ecr.store import Store
from localstack_engines.services.ecr.support import SUPPORT
from localstack_engines.toolkit.dispatch import make_service


class EcrProvider(
    AuthorizationOperations,
    ImageOperations,
    LayerOperations,
    LayerUploadOperations,
    LifecyclePolicyOperations,
    RepositoryOperations,
):
    """The operations of the ECR API. `support.py` says what becomes of all others."""

    def __init__(self) -> None:
        current = registry.current()
        storage = ImageStorage(current.images)
        super().__init__(current, storage, Lifecycle(Store(), current, storage))

    def on_before_start(self) -> None:
        self.lifecycle.start()

    def on_before_stop(self) -> None:
        self.lifecycle.stop()


def service() -> Service:
    """Returns the service for LocalStack. The registry has been started before."""
    return make_service("ecr", EcrProvider(), SUPPORT)
