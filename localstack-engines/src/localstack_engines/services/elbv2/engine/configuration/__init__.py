"""HAProxy's configuration of a load balancer, rendered from its model."""
