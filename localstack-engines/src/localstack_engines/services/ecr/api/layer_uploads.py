"""Operations that upload a layer in parts, which clients without Docker use. The registry takes the parts."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecr.api.operations import Operations, Request, Response
from localstack_engines.services.ecr.errors import empty_upload, invalid_layer, invalid_layer_part, upload_not_found

_PART_BYTES = 10 * 1024 * 1024
"""What clients are told to send at once."""


@dataclass
class Upload:
    """An upload of a layer to a repository. `location` is where the registry takes the next part."""

    repository: str
    location: str
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)


class LayerUploadOperations(Operations):
    """Starts uploads, takes their parts in order, and makes them layers."""

    def initiate_layer_upload(self, context: RequestContext, request: Request) -> Response:
        repository, identifier = self.repository_name(context, request), secrets.token_hex(16)
        self.uploads[identifier] = Upload(repository, self.registry.start_upload(repository))
        return {"uploadId": identifier, "partSize": _PART_BYTES}

    def upload_layer_part(self, context: RequestContext, request: Request) -> Response:
        upload, content = self._upload(context, request), request["layerPartBlob"]
        first, last = request["partFirstByte"], request["partLastByte"]
        if first != upload.size or last != first + len(content) - 1:
            raise invalid_layer_part(upload.size - 1)
        upload.location = self.registry.upload_part(upload.location, content)
        upload.size += len(content)
        upload.digest.update(content)
        return {**_named(context, request), "lastByteReceived": last}

    def complete_layer_upload(self, context: RequestContext, request: Request) -> Response:
        upload, digest = self._upload(context, request), request["layerDigests"][0]
        if upload.size == 0:
            raise empty_upload(request["uploadId"])
        if digest != f"sha256:{upload.digest.hexdigest()}":
            raise invalid_layer(f"The layer's digest is sha256:{upload.digest.hexdigest()}, not {digest}.")
        status, answer = self.registry.finish_upload(upload.location, digest)
        if status >= 400:
            raise invalid_layer(f"The registry refused the layer: {answer.strip()}")
        del self.uploads[request["uploadId"]]
        return {**_named(context, request), "layerDigest": digest}

    def _upload(self, context: RequestContext, request: Request) -> Upload:
        repository, found = self.repository_name(context, request), self.uploads.get(request["uploadId"])
        if found is None or found.repository != repository:
            raise upload_not_found(request["uploadId"])
        return found


def _named(context: RequestContext, request: Request) -> Response:
    return {
        "registryId": context.account_id,
        "repositoryName": request["repositoryName"],
        "uploadId": request["uploadId"],
    }
