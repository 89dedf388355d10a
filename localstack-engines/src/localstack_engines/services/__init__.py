"""One package an AWS service: `api`, `control`, `engine`, `cloudformation`, `store`, `provider`."""
