"""`make bench-services`: what the services do under load, direct and through the gateway."""
