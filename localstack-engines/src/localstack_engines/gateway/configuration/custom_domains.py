"""Custom domain names: which API and stage a request is for by its host and the beginning of its path.

The longest mapping that matches is chosen. What integrations see is the path without the mapping's key, behind the name
of the stage as for any other request. Source:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mappings.html
"""

import re
from collections.abc import Iterator
from pathlib import Path

from localstack_engines.gateway.configuration.sections import BY_PATH
from localstack_engines.gateway.configuration.syntax import answer, digest, quote
from localstack_engines.gateway.model import DEFAULT_STAGE, ApiMapping, CustomDomain, Gateway

_NOTHING = "none"
_IS_MAPPED = "{ var(txn.mapping) -m found }"


def map_file(directory: Path) -> Path:
    """Returns the file that has a line for each mapping."""
    return directory / "mappings.map"


def names_file(directory: Path) -> Path:
    """Returns the file that has a pattern for each domain name."""
    return directory / "custom-domains.lst"


def certificates_file(directory: Path) -> Path:
    """Returns the file that says which certificate each domain name has."""
    return directory / "certificates.lst"


def files(gateway: Gateway, directory: Path) -> dict[str, str]:
    """Returns the contents of the files by their names; none when there are no custom domains."""
    if not gateway.domains:
        return {}
    domains = sorted(gateway.domains, key=lambda domain: (domain.name.startswith("*"), domain.name))
    certified = [(domain, domain.certificate) for domain in domains if domain.certificate]
    lines = [f"{_certificate_file(directory, pem)} [] {domain.name}\n" for domain, pem in certified]
    return {
        map_file(directory).name: "".join(line for domain in domains for line in _lines(domain)),
        names_file(directory).name: "".join(f"^{_host_pattern(domain)}$\n" for domain in domains),
        certificates_file(directory).name: "".join(lines),
        **{_certificate_file(directory, pem).name: pem for _, pem in certified},
    }


def rules(gateway: Gateway, directory: Path) -> list[str]:
    """Returns rules that set `txn.api`, `txn.stage`, `txn.path` and `txn.route_path` of requests to custom domains.

    They also set `txn.client_path`, the path that the client sent.
    """
    if not gateway.domains:
        return []
    depths = sorted({_depth(mapping) for domain in gateway.domains for mapping in domain.mappings})
    return [
        "http-request set-var(txn.host) req.hdr(host),lower,field(1,:)",
        "http-request set-var(txn.whole_path) path",
        f"http-request set-var(txn.mapping) var(txn.host),concat(,txn.whole_path),map_reg({map_file(directory)}) "
        f"if !{BY_PATH}",
        answer(403, "Forbidden", f"{{ var(txn.mapping) -m str {_NOTHING} }}"),
        f"http-request set-var(txn.client_path) path if {_IS_MAPPED}",
        f"http-request set-var(txn.domain) req.hdr(host) if {_IS_MAPPED}",
        f"http-request set-var(txn.api) var(txn.mapping),field(1,|) if {_IS_MAPPED}",
        f"http-request set-var(txn.stage) var(txn.mapping),field(2,|) if {_IS_MAPPED}",
        *(
            f"http-request set-var-fmt(txn.route_path) '/%[path,field({depth + 2},/,0)]' "
            f"if {{ var(txn.mapping),field(3,|) -m int {depth} }}"
            for depth in depths
        ),
        f"http-request set-var(txn.path) var(txn.route_path) if {_IS_MAPPED}",
        "http-request set-var-fmt(txn.path) '/%[var(txn.stage)]%[var(txn.route_path)]' "
        f"if {_IS_MAPPED} !{{ var(txn.stage) -m str {quote(DEFAULT_STAGE)} }}",
    ]


def sni_condition(directory: Path) -> str:
    """Returns the condition that a TLS connection is for a custom domain."""
    return f"{{ req.ssl_sni,lower -m reg -f {names_file(directory)} }}"


def _lines(domain: CustomDomain) -> Iterator[str]:
    host = _host_pattern(domain)
    for mapping in sorted(domain.mappings, key=lambda mapping: (-len(mapping.key), mapping.key)):
        path = f"/{re.escape(mapping.key)}(?:/|$)" if mapping.key else "/"
        yield f"^{host}{path} {mapping.api}|{mapping.stage}|{_depth(mapping)}\n"
    # A request that no mapping matches is not for another domain name, one with a wildcard for instance.
    yield f"^{host}/ {_NOTHING}\n"


def _host_pattern(domain: CustomDomain) -> str:
    if domain.name.startswith("*."):
        return r"[^./]+" + re.escape(domain.name[1:])
    return re.escape(domain.name)


def _depth(mapping: ApiMapping) -> int:
    """Returns the number of path segments in a mapping's key."""
    return len(mapping.key.split("/")) if mapping.key else 0


def _certificate_file(directory: Path, pem: str) -> Path:
    return directory / f"domain-{digest(pem)[:16].lower()}.pem"
