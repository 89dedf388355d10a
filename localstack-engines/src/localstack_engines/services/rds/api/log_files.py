"""Operations on log files: an instance has one, its server's log."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.api.operations import Operations, Request, Response
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.toolkit.errors import ServiceError

_NAME = "error/postgresql.log"
_PORTION_LINES = 1000


class LogFileOperations(Operations):
    """Describes the log file and returns portions of it."""

    def describe_db_log_files(self, context: RequestContext, request: Request) -> Response:
        file = self.instance(context, request).server.log_file
        found: list[dict[str, Any]] = []
        if file.exists() and (request.get("FilenameContains") or "") in _NAME:
            status = file.stat()
            written = int(status.st_mtime * 1000)
            if status.st_size >= (request.get("FileSize") or 0) and written >= (request.get("FileLastWritten") or 0):
                found = [{"LogFileName": _NAME, "LastWritten": written, "Size": status.st_size}]
        page, marker = PAGER.page(found, request)
        return {"DescribeDBLogFiles": page, **marker}

    def download_db_log_file_portion(self, context: RequestContext, request: Request) -> Response:
        """Returns lines from the marker on, or the end of the file. The marker is the number of the next line."""
        file = self.instance(context, request).server.log_file
        if request["LogFileName"] != _NAME or not file.exists():
            raise ServiceError(
                "DBLogFileNotFoundFault", f"DBLog File: {request['LogFileName']}, is not found on the DB", 404
            )
        lines = file.read_text(errors="replace").splitlines()
        count, marker = int(request.get("NumberOfLines") or _PORTION_LINES), request.get("Marker")
        start = int(marker) if marker and marker.isdigit() else max(0, len(lines) - count)
        end = min(start + count, len(lines))
        portion = "".join(f"{line}\n" for line in lines[start:end])
        return {"LogFileData": portion, "Marker": str(end), "AdditionalDataPending": end < len(lines)}
