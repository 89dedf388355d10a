"""Renders HAProxy's configuration: a pure function of where the door is and which APIs there are."""

from localstack_plugin.frontdoor.base import Door, render_defaults, render_edge, render_global, render_passthrough


def render(door: Door) -> str:
    """The whole configuration file."""
    sections = [render_global(door), render_defaults(), render_edge(door), render_passthrough(door)]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"
