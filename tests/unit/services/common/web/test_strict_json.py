"""JSON of request bodies: what is read, and what is rejected."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.web.strict_json import MAX_DEPTH, MalformedJson, loads

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)


@pytest.mark.parametrize("body", [b"{}", b'{"a": [1, 2.5, null, "\xc3\xa9"]}', b'"\\u00e9\\ud83d\\ude00"', b"1e300"])
def test_json_that_is_read(body: bytes) -> None:
    assert loads(body) == json.loads(body)


@pytest.mark.attack(19)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b"[Infinity, -Infinity]",
        b"1e400",
        b"-1e999",
        b"\xff\xfe",
        b'"\xed\xa0\x80"',
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b'"a\\u0000b"',
        b'"raw\x00nul"',
        b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2),
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"[" * 200_000,
        b"9" * 5000,
        b"{'a': 1}",
        b'\xef\xbb\xbf{"a": 1}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_json_that_is_rejected(body: bytes) -> None:
    with pytest.raises(MalformedJson):
        loads(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
        max_leaves=20,
    )
)
def test_a_document_that_can_be_stored_is_read_unchanged(document: Any) -> None:
    for ascii_only in (True, False):
        assert loads(json.dumps(document, ensure_ascii=ascii_only).encode()) == document
