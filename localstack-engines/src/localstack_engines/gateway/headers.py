"""Names of the headers between HAProxy and the plugin.

HAProxy removes a client's headers of this prefix before it sets its own. `configuration/subrequests.lua` gets the
prefix when HAProxy loads it, and uses the same names behind it.
"""

from localstack_engines.toolkit import settings

PREFIX = settings.HEADER_PREFIX

SUBREQUEST = PREFIX + "subrequest"
"""The kind of sub-request. Absent when HAProxy forwards a client's request to a Lambda integration."""

API = PREFIX + "api"
STAGE = PREFIX + "stage"
ROUTE_ID = PREFIX + "route-id"
CLIENT_PATH = PREFIX + "client-path"
"""The path that a client sent to a custom domain; absent or empty for other requests."""
PATH = PREFIX + "path"
ROUTE_PATH = PREFIX + "route-path"
"""The path without the stage."""
REQUEST_ID = PREFIX + "request-id"
SOURCE = PREFIX + "source"
"""The address that a request comes from."""
DOMAIN = PREFIX + "domain"
CLAIMS = PREFIX + "claims"
"""The claims of a verified token: JSON in base64."""
AUTHORIZER = PREFIX + "authorizer"
"""The context that a Lambda authorizer returned: JSON in base64."""

METHOD = PREFIX + "method"
QUERY = PREFIX + "query"
AUTHORIZER_ID = PREFIX + "authorizer-id"
TOKEN = PREFIX + "token"

ROUTE = PREFIX + "route"
"""The record of the route (`route_record`)."""
CLIENT = PREFIX + "client"
"""The addresses and ports of the client's connection, as PROXY protocol version 1 writes them."""

UNREACHABLE = PREFIX + "unreachable"
"""In a response: the request has not reached its API, so the connection ends without an answer."""

DECISION = PREFIX + "decision"
"""In a response: whether the request may pass."""
