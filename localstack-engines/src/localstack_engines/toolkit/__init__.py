"""What every part stands on: dispatch, settings, paging, tags, ports, labels. Imports no other part of the plugin."""
