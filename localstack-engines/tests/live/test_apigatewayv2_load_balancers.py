"""Private integrations of HTTP APIs with load balancers, through a VPC link."""

from collections.abc import Callable
from typing import Any

from lab.elb import BalancerLab, fixed
from lab.gateway import HttpApi
from lab.waiting import until


def test_a_request_reaches_a_listener(aws: Callable[..., Any], endpoint: str, cleanup: Callable[..., None]) -> None:
    client = aws("apigatewayv2")
    with BalancerLab(aws) as lab:
        listener = lab.listener(lab.balancer(), fixed("from the load balancer", "203"))
        link = client.create_vpc_link(Name="link", SubnetIds=lab.subnets)["VpcLinkId"]
        cleanup(client.delete_vpc_link, VpcLinkId=link)
        api = HttpApi(client, endpoint)
        cleanup(api.delete)
        integration = api.proxy(listener["ListenerArn"], ConnectionType="VPC_LINK", ConnectionId=link)
        api.route("GET /x", integration)
        api.stage()
        answer = api.get("/x")
        assert (answer.status_code, answer.text) == (203, "from the load balancer")
        lab.elb.delete_listener(ListenerArn=listener["ListenerArn"])
        # The gateway looks for listeners every ten seconds.
        until("no listener", lambda: api.get("/x").status_code == 503)
