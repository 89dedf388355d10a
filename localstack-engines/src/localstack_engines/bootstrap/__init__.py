"""Start-up: the process, its hooks into LocalStack, the entry points, and what the plugin says about itself."""
