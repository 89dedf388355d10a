"""Rules that verify a JWT in HAProxy.

What is checked, and in which order: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
A key is looked up by `kid` among the issuer's keys and nowhere else: `jku`, `x5u`, `jwk` and the like in a token are
ignored. HAProxy 3.0 takes no variable for a key's file, so there is a rule for each key. Lists of keys and audiences
are files: a line of HAProxy's configuration has 64 words at most.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from localstack_engines.gateway.configuration.syntax import alternatives, answer, digest, quote
from localstack_engines.gateway.model import JwtAuthorizer, Route

ALGORITHMS = "RS256 RS384 RS512"
UNKNOWN_KEY_LIMIT = 200
"""How many tokens with an unknown key the plugin is asked about within `UNKNOWN_KEY_WINDOW`; HAProxy refuses more."""
UNKNOWN_KEY_WINDOW = "5s"
UNKNOWN_KEY_TABLE = "unknown_keys"
KIDS, AUDIENCES, LISTED_AUDIENCES = "kids", "audiences", "listed-audiences"
"""The kinds of lists: digests of `kid`s, digests of audiences, patterns of an `aud` that is a JSON list."""


def key_file(directory: Path, pem: str) -> Path:
    """Returns the file of a public key. It is named after its content, so a changed key has another file."""
    return directory / f"{digest(pem)[:32].lower()}.pem"


def list_file(directory: Path, authorizer: JwtAuthorizer, kind: str) -> Path:
    """Returns the file of one of an authorizer's lists."""
    return directory / f"{kind}-{digest(authorizer.id)[:16].lower()}.lst"


def lists(authorizer: JwtAuthorizer) -> dict[str, str]:
    """Returns the contents of an authorizer's lists by their kinds. Raises ValueError for control characters."""
    for audience in authorizer.audiences:
        quote(audience)
    return {
        KIDS: _lines(digest(key.kid) for key in authorizer.keys),
        AUDIENCES: _lines(digest(audience) for audience in authorizer.audiences),
        LISTED_AUDIENCES: _lines(
            rf'^\[(?:.*,)?\s*"{re.escape(audience)}"\s*(?:,.*)?\]$' for audience in authorizer.audiences
        ),
    }


def _lines(values: Iterable[str]) -> str:
    return "".join(f"{value}\n" for value in values)


def rules(authorizer: JwtAuthorizer, key_directory: Path) -> list[str]:
    """Returns the rules for requests whose `txn.authorizer_id` is the authorizer's. They set `txn.claims` (JSON)."""
    chosen = f"{{ var(txn.authorizer_id) -m str {quote(authorizer.id)} }}"
    return [
        *_token(authorizer, chosen),
        *_header(chosen),
        *_signature(authorizer, chosen, key_directory),
        *_claims(authorizer, chosen, key_directory),
    ]


def scope_rule(route: Route, chosen: str) -> str:
    """Returns the rule that answers 403 unless the token's `scope` or `scp` contains one of the route's scopes.

    Both claims may be a list or a string.
    """
    wanted = quote(rf'(?:^|[ ",\[]){alternatives(route.scopes)}(?:$|[ ",\]])')
    without = " ".join(f"!{{ var(txn.claims),json_query('$.{claim}') -m reg {wanted} }}" for claim in ("scope", "scp"))
    challenge = f'Bearer scope="{" ".join(route.scopes)}" error="insufficient_scope"'
    return answer(403, "Forbidden", f"{chosen} {without}", {"www-authenticate": challenge})


def identity(source: str) -> str:
    """Returns HAProxy's expression for an identity source: a header or a query string parameter. Raises ValueError."""
    kind, _, key = source.removeprefix("$request.").partition(".")
    if not re.fullmatch(r"[\w!#$&.^`|~-]+", key) or kind not in ("header", "querystring"):
        raise ValueError(f"identity source {source}")
    return f"req.fhdr({key})" if kind == "header" else f"url_param({key})"


def _token(authorizer: JwtAuthorizer, chosen: str) -> list[str]:
    fetch = identity(authorizer.source)
    rules = [f"""http-request set-var(txn.token) {fetch},'regsub("^bearer +","",i)' if {chosen}"""]
    if fetch.startswith("req.fhdr"):
        # Of two tokens this check might read one and the service the other.
        rules.append(_unauthorized(f"{chosen} {{ {fetch.replace('req.fhdr', 'req.fhdr_cnt')} gt 1 }}"))
    well_formed = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
    return [*rules, _unauthorized(f"{chosen} !{{ var(txn.token) -m reg {quote(well_formed)} }}")]


def _header(chosen: str) -> list[str]:
    return [
        f"http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg') if {chosen}",
        _invalid("signing method is invalid", f"{chosen} !{{ var(txn.alg) -m str {ALGORITHMS} }}"),
        _invalid("crit is not supported", f"{chosen} {{ var(txn.token),jwt_header_query('$.crit') -m found }}"),
        f"http-request set-var(txn.kid) var(txn.token),jwt_header_query('$.kid'),sha2(256),hex if {chosen}",
        _invalid("kid not found", f"{chosen} !{{ var(txn.kid) -m found }}"),
    ]


def _signature(authorizer: JwtAuthorizer, chosen: str, key_directory: Path) -> list[str]:
    rules = []
    for key in authorizer.keys:
        verify = f'jwt_verify(txn.alg,"{key_file(key_directory, key.pem)}")'
        known = f"{{ var(txn.kid) -m str {digest(key.kid)} }}"
        rules.append(f"http-request set-var(txn.signature) var(txn.token),{verify} if {chosen} {known}")
    unknown = f"{chosen} !{{ var(txn.kid) -m str -f {list_file(key_directory, authorizer, KIDS)} }}"
    return [
        *rules,
        f"http-request track-sc1 var(txn.authorizer_id) table {UNKNOWN_KEY_TABLE} if {unknown}",
        _invalid("kid not found", f"{unknown} {{ sc_gpc0_rate(1,{UNKNOWN_KEY_TABLE}) gt {UNKNOWN_KEY_LIMIT} }}"),
        f"http-request sc-inc-gpc0(1) if {unknown}",
        f"http-request lua.subrequest verify if {unknown}",
        _invalid("invalid signature", f"{chosen} !{{ var(txn.signature) -m int 1 }}"),
        f"http-request set-var(txn.claims) var(txn.token),field(2,.),ub64dec if {chosen}",
    ]


def _claims(authorizer: JwtAuthorizer, chosen: str, key_directory: Path) -> list[str]:
    def claim(name: str, kind: str = "") -> str:
        return f"var(txn.claims),json_query('$.{name}'{kind})"

    def later_than_now(name: str) -> str:
        # For a claim that is absent or not a number HAProxy has no value, and the condition is false.
        return claim(name, ",'int'") + ",sub(txn.now) -m int gt 0"

    audience = f",sha2(256),hex -m str -f {list_file(key_directory, authorizer, AUDIENCES)} }}"
    listed = f" -m reg -f {list_file(key_directory, authorizer, LISTED_AUDIENCES)} }}"
    return [
        f"http-request set-var(txn.now) date if {chosen}",
        _invalid("the token has expired", f"{chosen} !{{ {later_than_now('exp')} }}"),
        _invalid("the token is not valid yet", f"{chosen} {{ {later_than_now('nbf')} }}"),
        _invalid("the token is not valid yet", f"{chosen} {{ {later_than_now('iat')} }}"),
        _invalid("invalid issuer", f"{chosen} !{{ {claim('iss')} -m str {quote(authorizer.issuer)} }}"),
        _invalid(
            "invalid audience",
            f"{chosen} {{ {claim('aud')} -m found }} !{{ {claim('aud')}{audience} !{{ {claim('aud')}{listed}",
        ),
        _invalid(
            "invalid audience",
            f"{chosen} !{{ {claim('aud')} -m found }} !{{ {claim('client_id')}{audience}",
        ),
    ]


def _unauthorized(condition: str) -> str:
    return answer(401, "Unauthorized", condition, {"www-authenticate": "Bearer"})


def _invalid(reason: str, condition: str) -> str:
    challenge = f'Bearer scope="" error="invalid_token" error_description="{reason}"'
    return answer(401, "Unauthorized", condition, {"www-authenticate": challenge})
