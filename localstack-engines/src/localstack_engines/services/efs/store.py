"""Moto's records of file systems, mount targets and access points."""

from typing import Any


class Store:
    """Reads moto's records."""

    def file_system(self, account: str, region: str, file_system_id: str) -> Any | None:
        return _backend(account, region).file_systems_by_id.get(file_system_id)

    def access_point(self, account: str, region: str, access_point_id: str) -> Any | None:
        return _backend(account, region).access_points.get(access_point_id)


def _backend(account: str, region: str) -> Any:
    # The import takes long and is not needed before the first request.
    from moto.efs.models import efs_backends

    return efs_backends[account][region]
