"""The container's front door: HAProxy on the edge port, before LocalStack's own gateway.

It serves HTTP APIs by itself and hands everything else on untouched. This package knows HAProxy and
no AWS control plane: `apigatewayv2` gives it a model of the APIs (`model`), `render` turns the model
into a configuration, `engine` runs it.
"""
