"""The data plane of HTTP and WebSocket APIs: HAProxy on the edge port, in front of LocalStack's own gateway.

HAProxy serves HTTP APIs itself and passes every other request on unchanged. This package knows HAProxy and no AWS
control plane: a control plane gives it a `model.Gateway`, `configuration` turns that into HAProxy's configuration,
`haproxy` runs the process, `subrequests` answers what HAProxy cannot decide alone, and `websockets` serves
WebSocket APIs.
"""
