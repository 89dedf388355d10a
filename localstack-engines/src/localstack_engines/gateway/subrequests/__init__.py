"""Sub-requests: what HAProxy cannot do itself and asks the plugin for, over HTTP on a Unix socket."""
