"""Which section of the entrance gets the requests of a name."""

from localstack_engines.services.elbv2.engine.entrance import Door, maps


def door(identifier: str, *names: str, is_http: bool = True, has_tls: bool = False) -> Door:
    return Door(
        id=identifier,
        names=names,
        address="10.0.0.1",
        port=80,
        inner_port=81,
        published_port=4510,
        is_http=is_http,
        has_tls=has_tls,
    )


def test_all_names_of_a_listener_lead_to_it() -> None:
    found = maps((door("a", "one.elb", "two.ecs"), door("b", "one.elb", "two.ecs", is_http=False, has_tls=True)))
    assert found == {"http.map": "one.elb http-a\ntwo.ecs http-a\n", "tls.map": "one.elb tcp-b\ntwo.ecs tcp-b\n"}


def test_the_first_listener_of_a_name_counts() -> None:
    assert maps((door("a", "one.elb"), door("b", "one.elb")))["http.map"] == "one.elb http-a\n"
