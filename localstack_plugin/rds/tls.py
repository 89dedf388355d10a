"""A certificate for the servers, so that clients which insist on TLS (``sslmode=require``) can connect.

It is self-signed: ``verify-full`` needs the file that ``certificate()`` names.
"""

import shutil
import subprocess
import threading
from pathlib import Path

from localstack_plugin import settings

_lock = threading.Lock()


def certificate() -> tuple[Path, Path]:
    """Certificate and key, made at first use and shared by all servers."""
    directory = settings.state_directory("tls")
    certificate_file, key_file = directory / "server.crt", directory / "server.key"
    with _lock:
        if not certificate_file.exists():
            _make(certificate_file, key_file)
    return certificate_file, key_file


def install(data: Path, owner: str) -> None:
    """Put both where a server looks for them; it insists on a key that only it can read."""
    for source in certificate():
        target = data / source.name
        shutil.copyfile(source, target)
        target.chmod(0o600)
        shutil.chown(target, owner, owner)


def _make(certificate_file: Path, key_file: Path) -> None:
    name = settings.endpoint_host()
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    argv += ["-days", "3650", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},DNS:localhost"]
    # The certificate comes last in place: its presence says that both are there.
    scratch = certificate_file.with_suffix(".new")
    subprocess.run([*argv, "-keyout", str(key_file), "-out", str(scratch)], check=True, capture_output=True)
    scratch.rename(certificate_file)
