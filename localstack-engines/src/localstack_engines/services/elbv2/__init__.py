"""Elastic Load Balancing v2: Application and Network Load Balancers on HAProxy."""
