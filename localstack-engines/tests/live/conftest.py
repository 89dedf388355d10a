"""What the live tests share: clients for the running LocalStack, and names that no other test uses."""

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab import localstack
from lab.apps import App, Make
from lab.functions import Function, create_function
from lab.gateway import Upstream, host_address
from lab.stacks import Stack


@pytest.fixture(scope="session")
def endpoint() -> str:
    """LocalStack's URL. Without LocalStack these tests fail: they are not skipped."""
    return localstack.ENDPOINT


@pytest.fixture(scope="session")
def aws() -> Callable[..., Any]:
    """Makes a boto3 client of the running LocalStack: `aws("ecs")`."""
    return localstack.client


@pytest.fixture(scope="session", autouse=True)
def role(aws: Callable[..., Any]) -> None:
    """Makes the role that functions have when a test says nothing: IAM is enforced, and it may do everything."""
    iam = aws("iam")
    allow = {"Effect": "Allow", "Action": "*"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{**allow, "Principal": {"Service": "*"}}]})
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**allow, "Resource": "*"}]})
    try:
        iam.create_role(RoleName="test", AssumeRolePolicyDocument=trust)
    except iam.exceptions.EntityAlreadyExistsException:
        return
    finally:
        iam.put_role_policy(RoleName="test", PolicyName="all", PolicyDocument=policy)


@pytest.fixture(scope="session")
def plugin() -> dict[str, Any]:
    """What the plugin says about itself."""
    return localstack.introspection()


@pytest.fixture(scope="session")
def address(plugin: dict[str, Any]) -> str:
    """The address at which LocalStack's container reaches this process."""
    return host_address(plugin["owner"])


@pytest.fixture(scope="module")
def upstream(address: str) -> Iterator[Upstream]:
    """An HTTP server for integrations."""
    upstream = Upstream(address)
    yield upstream
    upstream.close()


@pytest.fixture
def unique() -> str:
    """A name that no other test has."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture(scope="session")
def rds(aws: Callable[..., Any]) -> Any:
    """A client of RDS."""
    return aws("rds")


@pytest.fixture
def name() -> str:
    """A name for a DB instance, snapshot or group that no other test has."""
    return f"db-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def cleanup() -> Iterator[Callable[..., None]]:
    """Registers what to undo after the test. The last action runs first; an action may find its resource gone."""
    actions: list[tuple[Callable[..., Any], dict[str, Any]]] = []
    yield lambda action, **arguments: actions.append((action, arguments))
    for action, arguments in reversed(actions):
        try:
            action(**arguments)
        except Exception as error:
            print(f"cleanup: {error}")


@pytest.fixture
def stack(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> Stack:
    """A CloudFormation stack of this test's own, deleted after it."""
    stack = Stack(aws("cloudformation"), unique)
    cleanup(stack.delete)
    return stack


@pytest.fixture
def function(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> Callable[..., Function]:
    """Creates a function from the source of its handler module, or from the files of its archive."""
    client = aws("lambda")
    numbers = itertools.count()

    def create(source: str | dict[str, str], **options: Any) -> Function:
        name = f"{unique}-{next(numbers)}"
        cleanup(client.delete_function, FunctionName=name)
        files = {"app.py": source} if isinstance(source, str) else source
        return create_function(client, name, files, **options)

    return create


@pytest.fixture
def app(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> Make:
    """Makes an application of a template file, which is deleted after the test."""

    def app(template: str) -> App:
        made = App(aws, unique, template)
        cleanup(made.delete)
        return made

    return app
