"""Environment files: objects in S3 whose lines are variables of a container.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
"""

from typing import Any


class EnvironmentFileUnavailable(Exception):
    """The file cannot be read. The message is in ECS's words."""


def parse(text: str) -> dict[str, str]:
    """Returns the variables of a file. Lines without `=` and lines that begin with `#` are ignored.

    Spaces and quotation marks belong to the values.
    """
    variables: dict[str, str] = {}
    for line in text.splitlines():
        name, separator, value = line.partition("=")
        if separator and name and not line.startswith("#"):
            variables.setdefault(name, value)
    return variables


def read(files: list[dict[str, str]], s3: Any) -> dict[str, str]:
    """Returns the variables of all files: of a name that occurs twice, the first one counts. `s3` is a boto3 client.

    Raises EnvironmentFileUnavailable: a task must not start without its variables.
    """
    variables: dict[str, str] = {}
    for file in files:
        variables = {**parse(_text(file["value"], s3)), **variables}
    return variables


def _text(arn: str, s3: Any) -> str:
    bucket, _, key = arn.split(":::", 1)[1].partition("/")
    try:
        return str(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8"))
    except Exception as error:
        raise EnvironmentFileUnavailable(
            f"failed to download env files: file download command: non empty error stream: {arn}: {error}"
        ) from error
