"""What other services may ask of ECR: where to pull an image from."""

import re

from localstack_engines.services.ecr.engine import registry

_ECR_HOST = re.compile(r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|localhost\.localstack\.cloud)(:\d+)?/")


def local_reference(image: str) -> str:
    """Returns the reference to pull: an image of ECR is in the local registry, any other image stays as it is."""
    return _ECR_HOST.sub(f"{registry.address()}/", image)
