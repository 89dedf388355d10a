"""Moto's records of repositories."""

from typing import Any


class Store:
    """Reads the records of all accounts and regions."""

    def lifecycle_policies(self) -> list[tuple[str, str]]:
        """Returns (repository, text of its policy) for each repository with a lifecycle policy."""
        return [
            (repository.name, repository.lifecycle_policy)
            for backend in _backends()
            for repository in list(backend.repositories.values())
            if repository.lifecycle_policy
        ]


def _backends() -> list[Any]:
    from moto.ecr.models import ecr_backends

    return [backend for regions in list(ecr_backends.values()) for backend in list(regions.values())]
