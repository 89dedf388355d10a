"""The HAProxy process and its master socket."""
