"""Types whose creation and deletion LocalStack's own class does well, and whose update it lacks."""

from importlib import import_module
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Resource


class ResourceOfCore(Resource):
    """Creates and deletes with LocalStack's class; a subclass implements `update`."""

    CORE: str
    """LocalStack's class, as `module:name` below `localstack.services`."""

    def create(self, request: ResourceRequest) -> ProgressEvent:
        return self._core().create(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        return self._core().delete(request)

    def _core(self) -> Any:
        module, name = self.CORE.split(":")
        return getattr(import_module(f"localstack.services.{module}"), name)()
