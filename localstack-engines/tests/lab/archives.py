"""Zip archives of Lambda functions."""

import io
import zipfile


def zipped(files: dict[str, str]) -> bytes:
    """Returns a zip archive of text files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()
