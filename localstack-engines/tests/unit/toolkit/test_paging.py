"""Pages: each item appears once, and a token that was not issued is an error."""

import pytest

from localstack_engines.toolkit.paging import Pager

PAGER = Pager(size="maxResults", token="nextToken", invalid_token=ValueError)


def test_following_the_tokens_gives_every_item_once() -> None:
    items, request, seen = list(range(7)), {"maxResults": 3}, []
    while True:
        page, more = PAGER.page(items, request)
        seen += page
        if not more:
            break
        request |= more
    assert seen == items


@pytest.mark.parametrize("token", ["-1", "x", "\u0661"])
def test_a_token_that_was_not_issued_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match=token):
        PAGER.page(list(range(7)), {"nextToken": token})


def test_a_token_is_valid_after_the_list_has_become_shorter() -> None:
    assert PAGER.page(list(range(7)), {"nextToken": "8"}) == ([], {})


def test_the_default_size_is_the_operations_or_the_apis() -> None:
    assert len(PAGER.page(list(range(200)), {})[0]) == 100
    assert len(PAGER.page(list(range(200)), {}, default_size=10)[0]) == 10
    assert PAGER.page([], {}) == ([], {})
