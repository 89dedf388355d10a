"""The data plane of WebSocket APIs: a server behind HAProxy, the events of its connections, and @connections."""
