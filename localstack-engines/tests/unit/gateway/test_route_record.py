"""The record of a route: HAProxy and Python read the same fields."""

import pytest

from localstack_engines.gateway.route_record import NONE, Field, encode, fetch, value


@pytest.mark.parametrize("key", ["GET /pets/{id}", "ANY /a_b/c", "$default"])
def test_fields_are_read_by_name(key: str) -> None:
    record = encode({Field.ID: "r1", Field.BACKEND: "api.stage.int", Field.KEY: key})
    assert " " not in record
    assert value(record, Field.ID) == "r1"
    assert value(record, Field.BACKEND) == "api.stage.int"
    assert value(record, Field.KEY) == key
    assert value(record, Field.AUTHORIZER) == NONE


def test_haproxy_reads_the_same_positions() -> None:
    record = encode({field: field.name for field in Field})
    for field in Field:
        position = int(fetch(field).partition(",field(")[2].partition(",")[0])
        assert record.split("|")[position - 1] == field.name
