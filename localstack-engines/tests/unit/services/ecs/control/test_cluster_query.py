"""The cluster query language."""

import pytest

from localstack_engines.services.ecs.control.cluster_query import InvalidExpression, Subject, parse

SUBJECT = Subject(
    attributes={"ecs.instance-type": "t3.small", "ecs.availability-zone": "us-east-1a", "stack": None, "number": "12"},
    fields={"ec2InstanceId": "i-1", "agentConnected": "true", "registeredAt": "2030-01-02", "runningTasksCount": "2"},
    groups=frozenset({"service:web"}),
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("attribute:ecs.instance-type == t3.small", True),
        ("attribute:ecs.instance-type equals 't3.large'", False),
        ("attribute:ecs.instance-type =~ t3.*", True),
        ("attribute:ecs.instance-type !~ t3.*", False),
        ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", True),
        ('attribute:ecs.availability-zone not_in ["us-east-1a"]', False),
        ("attribute:ecs.availability-zone !in [us-west-2a]", True),
        ("attribute:stack exists", True),
        ("attribute:other !exists", True),
        ("attribute:other != x", True),
        ("attribute:number > 9", True),
        ("attribute:number less_than_equal 11", False),
        ("task:group == service:web", True),
        ("not(task:group == service:web)", False),
        ("agentConnected == true and runningTasksCount < 3", True),
        ("attribute:stack exists && (ec2InstanceId == i-2 || registeredAt > '2029-12-31')", True),
        ("ec2InstanceId == i-2 or attribute:stack exists and attribute:none exists", False),
    ],
)
def test_expressions(expression: str, expected: bool) -> None:
    assert parse(expression)(SUBJECT) is expected


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "ends too early"),
        ("attribute:a ==", "ends too early"),
        ("attribute:a near b", "unknown operator"),
        ("colour == red", "no attribute and no field"),
        ("(attribute:a exists", "ends too early"),
        ("attribute:a exists )", "unexpected"),
        ("attribute:a in b", "'\\['"),
        ("attribute:a =~ '('", "no regular expression"),
        ("(" * 500 + "attribute:a exists" + ")" * 500, "nested too deeply"),
        ("not " * 500 + "attribute:a exists", "nested too deeply"),
    ],
)
def test_what_is_no_expression(expression: str, words: str) -> None:
    with pytest.raises(InvalidExpression, match=words):
        parse(expression)
