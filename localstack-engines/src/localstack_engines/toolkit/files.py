"""Files that other processes read while they are written."""

from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    """Writes a file. Readers see the old content or the new one, never a part of it."""
    temporary = path.with_name(path.name + ".new")
    # Private keys are among these files.
    temporary.touch(mode=0o600)
    temporary.write_text(text)
    temporary.replace(path)
