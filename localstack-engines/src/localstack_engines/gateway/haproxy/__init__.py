"""The HAProxy process: how it is started, and how it takes a change while it runs."""
