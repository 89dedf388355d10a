"""The division of tasks among capacity providers."""

from collections import Counter

from localstack_engines.services.ecs.control.capacity_strategy import launch_type_of, next_provider


def test_the_base_comes_first_and_the_weights_divide_the_rest() -> None:
    strategy = [
        {"capacityProvider": "FARGATE", "base": 2, "weight": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 3},
    ]
    counts: Counter[str] = Counter()
    order = []
    for _ in range(10):
        order.append(next_provider(strategy, counts))
        counts[order[-1]] += 1
    assert order[:2] == ["FARGATE", "FARGATE"]
    assert counts == {"FARGATE": 4, "FARGATE_SPOT": 6}


def test_one_provider_needs_no_weight() -> None:
    assert next_provider([{"capacityProvider": "own"}], {"own": 7}) == "own"


def test_the_launch_type_of_a_strategy() -> None:
    assert launch_type_of({"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]}) == "FARGATE"
    assert launch_type_of({"capacityProviderStrategy": [{"capacityProvider": "own"}]}) == "EC2"
    assert launch_type_of({"launchType": "EC2", "capacityProviderStrategy": []}) == "EC2"
