"""Keeps the gateway as the API asked: translation of records, upstreams, publishing, access logs."""
