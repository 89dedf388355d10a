"""Entity tags and conditional requests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import BadRequest, PreconditionFailed
from services.common.etags import Condition, etag


@pytest.mark.parametrize("header", [None, "*", '"3"', '"1", "3"', '"3",', ' "2" , "3" ', 'W/"9", "3"'])
def test_conditions_that_hold(header: str | None) -> None:
    Condition.parse(header).check(3)


@pytest.mark.attack(25)
@pytest.mark.parametrize("header", ['"2"', 'W/"3"', '"1", "2"', '"03"', '""'])
def test_conditions_that_do_not_hold(header: str) -> None:
    with pytest.raises(PreconditionFailed):
        Condition.parse(header).check(3)


@pytest.mark.attack(25)
@pytest.mark.parametrize("header", ["3", '"3', "'3'", '*, "3"', '"3" "4"', "W/3", '"3 "', "", "x" * 5000])
def test_malformed_conditions(header: str) -> None:
    with pytest.raises(BadRequest):
        Condition.parse(header)


@given(st.integers(min_value=1, max_value=2**31))
def test_a_tag_matches_its_own_version_only(version: int) -> None:
    Condition.parse(etag(version)).check(version)
    with pytest.raises(PreconditionFailed):
        Condition.parse(etag(version)).check(version + 1)
