"""The filters of list operations."""

import pytest

from localstack_engines.services.servicediscovery.api.filters import apply_filters


def test_filters_select_by_name_and_condition() -> None:
    fields = {"NAME": lambda item: item}
    names = ["web.a", "web.b", "api"]
    starts = [{"Name": "NAME", "Values": ["web."], "Condition": "BEGINS_WITH"}]
    assert apply_filters(names, starts, fields) == ["web.a", "web.b"]
    assert apply_filters(names, [{"Name": "NAME", "Values": ["api"]}], fields) == ["api"]
    with pytest.raises(ValueError, match="Unsupported filter: COLOUR"):
        apply_filters(names, [{"Name": "COLOUR", "Values": ["x"]}], fields)
