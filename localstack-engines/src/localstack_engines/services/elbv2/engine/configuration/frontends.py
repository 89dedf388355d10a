"""The frontends of listeners.

Variables that the rules set: `txn.rule` (the chosen rule), `txn.dice` (a number for weighted pools), `txn.pool`.
"""

from pathlib import Path

from localstack_engines.gateway.configuration.syntax import literal, quote
from localstack_engines.services.elbv2.engine.configuration import access_log, answers, conditions
from localstack_engines.services.elbv2.engine.model import (
    FixedResponse,
    Forward,
    Listener,
    LoadBalancer,
    Options,
    Redirect,
    Rule,
)

_NO_RULE = "!{ var(txn.rule) -m found }"
_NO_POOL = "!{ var(txn.pool) -m found }"
_HAS_INVALID_CHARACTER = "[^A-Za-z0-9-]"


def render(balancer: LoadBalancer, listener: Listener, directory: Path) -> tuple[list[list[str]], dict[str, str]]:
    """Returns the sections of a listener, and the files that they read: name -> text."""
    if not listener.is_http:
        return [_stream(balancer, listener, directory)], _certificates(listener, directory)
    rules, files = _rules(listener, directory)
    frontend = [
        f"frontend {listener.id}",
        "    mode http",
        # A request on an idle connection of an old worker is still answered, through its successor.
        "    option idle-close-on-response",
        *_binds(balancer, listener, directory),
        f"    bind unix@{_successor_socket(listener, directory)} mode 600 accept-proxy",
        *(f"    {line}" for line in _log(balancer)),
        # A worker that is being replaced knows the former rules only. It passes each further request on.
        "    http-request allow if { stopping }",
        *(
            f"    {rule}"
            for rule in (*_trace(), *rules, *_headers(listener, balancer.options), *_response_headers(listener))
        ),
        f"    use_backend successor-{listener.id} if {{ stopping }}",
        "    use_backend %[var(txn.pool)]",
    ]
    successor = [
        f"backend successor-{listener.id}",
        "    mode http",
        # There is a connection for each request, so that none is idle when the next successor comes.
        "    option http-server-close",
        "    http-reuse never",
        f"    server worker unix@{_successor_socket(listener, directory)} send-proxy-v2",
    ]
    return [frontend, successor], files | _certificates(listener, directory)


def _log(balancer: LoadBalancer) -> list[str]:
    options = balancer.options
    if options.log_port is None:
        return []
    return access_log.lines(balancer.trusted, options.log_port, complete=options.logs_all)


def _stream(balancer: LoadBalancer, listener: Listener, directory: Path) -> list[str]:
    """Returns the frontend of a TCP or TLS listener, which has one rule and one target group."""
    action = listener.rules[-1].action
    assert isinstance(action, Forward)
    (pool, _), *_ = action.pools
    return [
        f"frontend {listener.id}",
        "    mode tcp",
        *_binds(balancer, listener, directory),
        f"    default_backend pool-{pool}",
    ]


def _binds(balancer: LoadBalancer, listener: Listener, directory: Path) -> list[str]:
    tls = _tls(listener, balancer.options, directory) if listener.tls else ""
    return [
        f"    bind :{listener.port}{tls}",
        f"    bind :{listener.inner_port} accept-proxy{tls}",
        # The inner port believes the client's address that it is told, so only LocalStack may use it.
        f"    tcp-request connection reject if {{ dst_port {listener.inner_port} }} !{{ src {balancer.trusted} }}",
    ]


def _tls(listener: Listener, options: Options, directory: Path) -> str:
    tls = listener.tls
    assert tls is not None
    alpn = "h2,http/1.1" if options.http2 else "http/1.1"
    former = [cipher for cipher in tls.ciphers if not cipher.startswith("TLS_")]
    suites = [cipher for cipher in tls.ciphers if cipher.startswith("TLS_")]
    return (
        f" ssl crt-list {directory / _certificate_list(listener)} ssl-min-ver {tls.minimum} ssl-max-ver {tls.maximum}"
        + (f" ciphers {':'.join(former)}" if former else "")
        + (f" ciphersuites {':'.join(suites)}" if suites else "")
        + (f" alpn {alpn}" if listener.is_http else "")
    )


def _certificates(listener: Listener, directory: Path) -> dict[str, str]:
    """Returns the files of a listener's certificates, and of the list that names them."""
    if listener.tls is None:
        return {}
    files = {f"{listener.id}-{number}.pem": text for number, text in enumerate(listener.tls.certificates)}
    return {**files, _certificate_list(listener): "".join(f"{directory / name}\n" for name in files)}


def _certificate_list(listener: Listener) -> str:
    return f"{listener.id}.crtlist"


def _successor_socket(listener: Listener, directory: Path) -> Path:
    return directory / f"{listener.id}.sock"


def _rules(listener: Listener, directory: Path) -> tuple[list[str], dict[str, str]]:
    """Returns the lines that choose a rule and carry its action out, and their files."""
    lines: list[str] = []
    files: dict[str, str] = {}
    for rule in listener.rules:
        names = [f"{rule.id}-{number}" for number in range(len(rule.conditions))]
        for name, condition in zip(names, rule.conditions, strict=True):
            lines += conditions.acl(name, condition)
        lines.append(f"http-request set-var(txn.rule) str({rule.id}) if {' '.join([_NO_RULE, *names])}")
    for rule in listener.rules:
        own, needed = _action(listener, rule, directory)
        lines, files = lines + own, files | needed
    lines.append(answers.unavailable(_NO_POOL))
    return lines, files


def _action(listener: Listener, rule: Rule, directory: Path) -> tuple[list[str], dict[str, str]]:
    action, chosen = rule.action, f"{{ var(txn.rule) -m str {rule.id} }}"
    if isinstance(action, FixedResponse):
        line, files = answers.fixed_response(action, directory, chosen)
        return [line], files
    if isinstance(action, Redirect):
        return answers.redirect(action, listener.protocol, listener.port, chosen), {}
    weights = [(pool, weight) for pool, weight in action.pools if weight]
    total, below, lines = sum(weight for _, weight in weights), 0, []
    if len(weights) > 1:
        lines.append(f"http-request set-var(txn.dice) rand({total}) if {chosen}")
    for pool, weight in weights[:-1]:
        below += weight
        dice = f"{{ var(txn.dice),add(0) -m int lt {below} }}"
        lines.append(f"http-request set-var(txn.pool) str(pool-{pool}) if {chosen} {_NO_POOL} {dice}")
    lines += [f"http-request set-var(txn.pool) str(pool-{pool}) if {chosen} {_NO_POOL}" for pool, _ in weights[-1:]]
    return lines, {}


def _trace() -> list[str]:
    """Returns rules for the header by which a request is traced, which comes before all that answers the request.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
    """
    own, known = "%[var(txn.trace),lower]", "{ req.hdr(x-amzn-trace-id) -m found }"
    return [
        "http-request set-var-fmt(txn.trace) '1-%{+X}Ts-%[uuid(),regsub(-,,g),bytes(0,24)]'",
        f"http-request set-header X-Amzn-Trace-Id 'Self={own};%[req.hdr(x-amzn-trace-id)]' if {known}",
        f"http-request set-header X-Amzn-Trace-Id 'Root={own}' if !{known}",
        "http-request set-var(txn.trace_id) req.hdr(x-amzn-trace-id)",
    ]


def _headers(listener: Listener, options: Options) -> list[str]:
    """Returns rules for the headers that a load balancer adds to requests.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
    """
    lines = [
        f"http-request set-header X-Forwarded-Proto {listener.protocol.lower()}",
        f"http-request set-header X-Forwarded-Port {listener.port}",
        *_forwarded_for(options),
    ]
    if options.drops_invalid_headers:
        lines.append(f"http-request del-header {quote(_HAS_INVALID_CHARACTER)} -m reg")
    if not options.preserves_host and listener.port not in (80, 443):
        lines.append(f"http-request set-header host %[req.hdr(host)]:{listener.port} if !{{ req.hdr(host) -m sub : }}")
    if options.tls_headers and listener.tls:
        lines.append("http-request set-header X-Amzn-Tls-Version %[ssl_fc_protocol]")
        lines.append("http-request set-header X-Amzn-Tls-Cipher-Suite %[ssl_fc_cipher]")
    return lines


def _response_headers(listener: Listener) -> list[str]:
    """Returns rules for the headers of all responses.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
    """
    lines = [
        f"http-after-response set-header {name} {quote(literal(value))}" for name, value in listener.response_headers
    ]
    return [
        *answers.restore_status(),
        *lines,
        *([] if listener.shows_server else ["http-after-response del-header server"]),
    ]


def _forwarded_for(options: Options) -> list[str]:
    if options.forwarded_for == "remove":
        return ["http-request del-header X-Forwarded-For"]
    if options.forwarded_for == "preserve":
        return []
    address = "%[src]:%[src_port]" if options.client_port else "%[src]"
    present = "{ req.hdr(x-forwarded-for) -m found }"
    return [
        f"http-request set-header X-Forwarded-For '%[req.fhdr(x-forwarded-for)], {address}' if {present}",
        f"http-request set-header X-Forwarded-For {quote(address)} if !{present}",
    ]
