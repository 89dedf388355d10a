"""Environment files."""

from io import BytesIO
from typing import Any

import pytest

from localstack_engines.services.ecs.control.environment_files import EnvironmentFileUnavailable, parse, read


class Objects:
    """Stands for an S3 client."""

    def __init__(self, **objects: str) -> None:
        self.objects = objects

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        return {"Body": BytesIO(self.objects[f"{Bucket}_{Key.removesuffix('.env')}"].encode())}


def test_lines_are_variables_and_quotation_marks_belong_to_values() -> None:
    text = '# comment\n\nA=1\nB = "x y" \nNO_VALUE\nURL=http://h/?a=b\nEMPTY=\nA=2\n'
    assert parse(text) == {"A": "1", "B ": ' "x y" ', "URL": "http://h/?a=b", "EMPTY": ""}


def test_the_first_of_two_files_counts() -> None:
    files = [{"type": "s3", "value": f"arn:aws:s3:::b/{key}.env"} for key in ("one", "two")]
    assert read(files, Objects(b_one="A=1\nB=1", b_two="B=2\nC=2")) == {"A": "1", "B": "1", "C": "2"}


def test_a_missing_file_is_an_error_that_names_it() -> None:
    with pytest.raises(EnvironmentFileUnavailable, match=r"failed to download env files.*arn:aws:s3:::b/none\.env"):
        read([{"type": "s3", "value": "arn:aws:s3:::b/none.env"}], Objects())
