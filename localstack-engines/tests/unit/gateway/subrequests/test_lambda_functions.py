"""Results of Lambda functions as responses, and the ARN in a URI."""

from typing import Any

import pytest

from localstack_engines.gateway.subrequests import lambda_functions
from localstack_engines.gateway.subrequests.lambda_functions import FunctionFailed


@pytest.mark.parametrize(
    "result",
    [{"statusCode": 199}, {"statusCode": 600}, {"statusCode": None},
     {"statusCode": 200, "body": "%", "isBase64Encoded": True},
     {"statusCode": 200, "headers": {"x": "a\r\nset-cookie: b"}}, {"statusCode": 200, "headers": "x"}],
)  # fmt: skip
def test_an_invalid_response_is_an_error(result: Any) -> None:
    with pytest.raises(FunctionFailed):
        lambda_functions._reply_2(result)


def test_both_forms_of_a_uri_name_the_function() -> None:
    arn = "arn:aws:lambda:us-east-1:123:function:f"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
    assert lambda_functions.function_arn(uri, {}) == lambda_functions.function_arn(arn, {}) == arn
    assert lambda_functions.function_arn(arn + ":${stageVariables.alias}", {"alias": "live"}) == arn + ":live"
