"""A Fargate service with a database behind a load balancer."""

import httpx

from lab.apps import Aws, Make
from lab.ecs import CIDR, IMAGE
from lab.waiting import until

PORT_TAG = "localstack-engines:published-port"


def test_a_service_and_its_database(app: Make, aws: Aws) -> None:
    shop = app("fargate-alb-rds.yaml")
    out = shop.deploy(Image=IMAGE, Cidr=CIDR)
    url = f"http://127.0.0.1:{published_port(aws, out['Listener'])}/"
    until("the first answer", lambda: httpx.get(url, timeout=30).text == "one")
    shop.deploy(Image=IMAGE, Cidr=CIDR, Text="two")
    until("the answer of the new task", lambda: httpx.get(url, timeout=30).text == "two")
    shop.destroy()


def published_port(aws: Aws, listener: str) -> int:
    """Returns the port of this machine that leads to a listener."""
    (described,) = aws("elbv2").describe_tags(ResourceArns=[listener])["TagDescriptions"]
    return next(int(tag["Value"]) for tag in described["Tags"] if tag["Key"] == PORT_TAG)
