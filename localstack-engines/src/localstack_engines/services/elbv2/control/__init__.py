"""Keeps load balancers as the API asked: their containers, the health of targets, names and published ports."""
