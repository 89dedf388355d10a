"""Shared by all parts: settings, dispatch, errors, paging, ports, labels, background work. Imports no other part."""
