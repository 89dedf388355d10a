# ruff: noqa: RUF001 - names are written as people write them
"""The key under which a name is found: what must be the same, and what must not."""

from __future__ import annotations

from itertools import combinations

import pytest

from services.patient.names import folded


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Zoë  O'NEILL-Roth", "zoe oneill roth"),
        ("Işık", "isik"),
        ("IŞIK", "isik"),
        ("İpek", "ipek"),
        ("Sørensen", "sorensen"),
        ("Łukasz", "lukasz"),
        ("Đorđe", "dorde"),
        ("Ðóra Þórsdóttir", "dora thorsdottir"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Æsa Œuvre", "aesa oeuvre"),
        ("Nguyễn Thị Ánh", "nguyen thi anh"),
        ("Dvořák", "dvorak"),
        ("José", "jose"),
        ("Jose\u0301", "jose"),
        *((f"O{mark}Neill", "oneill") for mark in "'`\u00b4\u2018\u2019\u201b\u2032\u02bb\u02bc\uff07"),
        *((f"Anna{dash}Lena", "anna lena") for dash in "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"),
        *((f"An{nothing}na", "anna") for nothing in "\u00ad\u200b\u200c\u200d\u2060\ufeff\u3164\u034f\ufe0f"),
        ("\uff21\uff44\uff41", "ada"),  # full width
        ("\U0001d4d0da", "ada"),  # a letter of mathematics
        ("Zoë\tRoth", "zoe roth"),
        ("ﬁona", "fiona"),  # a ligature
        ("Ἀλέξανδρος", "αλεξανδροσ"),
        ("Алексе́й", "алексеи"),
        ("J. R. Smith", "j. r. smith"),
        ("--", "--"),
    ],
)
def test_what_people_leave_out_is_not_in_the_key(name: str, key: str) -> None:
    assert folded(name) == key


@pytest.mark.parametrize(
    "names",
    [
        ("カキ", "ガギ"),
        ("ハハ", "ババ", "パパ"),
        ("はな", "ばな", "ぱな"),
        ("佐藤", "斎藤"),
        ("राम", "रोम"),
        ("김", "긴"),
        ("דָּוִד", "דוֹד"),
    ],
)
def test_names_of_other_scripts_keep_the_marks_that_make_letters(names: tuple[str, ...]) -> None:
    assert all(folded(one) != folded(other) for one, other in combinations(names, 2))


def test_half_and_full_width_katakana_are_the_same() -> None:
    assert folded("ﾀﾅｶ ｹﾞﾝ") == folded("タナカ・ゲン") == "タナカ ゲン"


@pytest.mark.parametrize("name", ["Işık", "カキ", "O’Neill", "Straße", "김민수", "Ἀλέξανδρος", "ß-ß", "דָּוִד"])
def test_a_key_is_the_key_of_itself(name: str) -> None:
    assert folded(folded(name)) == folded(name)
