"""What all services share. `services/README.md` says how to write a service."""
