"""Operations on the layers of images."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecr.api.operations import Operations, Request, Response
from localstack_engines.services.ecr.engine import registry
from localstack_engines.services.ecr.errors import layers_not_found


class LayerOperations(Operations):
    """Checks which layers exist, and returns their download addresses."""

    def batch_check_layer_availability(self, context: RequestContext, request: Request) -> Response:
        repository = self.repository_name(context, request)
        layers: list[dict[str, Any]] = []
        for digest in request["layerDigests"]:
            size = self.storage.layer_size(repository, digest)
            available = {"layerAvailability": "AVAILABLE", "layerSize": size} if size is not None else {}
            layers.append({"layerDigest": digest, "layerAvailability": "UNAVAILABLE", **available})
        return {"layers": layers, "failures": []}

    def get_download_url_for_layer(self, context: RequestContext, request: Request) -> Response:
        repository, digest = self.repository_name(context, request), request["layerDigest"]
        if self.storage.layer_size(repository, digest) is None:
            raise layers_not_found(
                f"The layer with digest '{digest}' does not exist in the repository with name '{repository}' in the "
                f"registry with id '{context.account_id}'"
            )
        return {"downloadUrl": f"http://{registry.address()}/v2/{repository}/blobs/{digest}", "layerDigest": digest}
