"""Policy documents as moto takes them."""

import json
from typing import Any

_VERSION = "2012-10-17"


def policy_text(document: Any) -> str:
    """Returns a policy as text, in the present version of the policy language.

    AWS takes a policy without a version, or of 2008-10-17, too; moto refuses both. The versions differ in variables
    only, and the local IAM enforces no policy.
    """
    policy = json.loads(document) if isinstance(document, str) else document
    return json.dumps({**policy, "Version": _VERSION})
