"""The documentation page: Swagger UI for the API's document. Its files come from the Lambda layer, not from a CDN.

Links are relative, because the API has several URLs: `/_aws/execute-api/pms/...`, its own host name, and AWS's.
"""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from importlib.util import find_spec
from pathlib import Path

INITIALIZER_NAME = "initializer.js"

HTML = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Patient Management System API</title>
  <link rel="icon" href="docs/favicon-32x32.png">
  <link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="docs/swagger-ui-bundle.js"></script>
  <script src="docs/initializer.js"></script>
</body>
</html>
"""

INITIALIZER = """SwaggerUIBundle({
  url: new URL("openapi.json", document.baseURI).href,
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
"""

# Swagger UI writes style attributes and images with `data:` URLs. Scripts come from this function only.
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def _assets() -> dict[str, Path]:
    """Returns the bundled files by name. It does not import the package, which would import its dependencies too."""
    spec = find_spec("fastapi_swagger")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "fastapi_swagger, whose files the documentation page uses: see lambda_layers/discovery"
        )
    resources = Path(spec.origin).parent / "resources"
    return {name: resources / name for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png")}


ASSETS = _assets()
"""The only files that `/docs/{name}` returns, besides the initializer."""


@cache
def asset(name: str) -> tuple[bytes, str, str]:
    """Returns content, media type and strong ETag of a bundled file. Raises KeyError for any other name."""
    content = ASSETS[name].read_bytes()
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return content, media_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
