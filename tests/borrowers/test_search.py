"""A borrower is found by what one knows of them, and only whole values find anybody."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from borrowers.blind_index import KeyKind, digest, keys_of_search, phone_digits, row_digest
from borrowers.selectors import search
from borrowers.services import register
from borrowers.spellings import folded, spellings
from tests.borrowers.conftest import AT, LI, SHAN


def found(text: str) -> list[str]:
    return [borrower.borrower_no for borrower in search(text)]


@pytest.mark.parametrize(
    "text",
    [
        *("15800000001", " 158 0000 0001 ", "+86 15800000001", "158-0000-0001", "\uff11\uff15\uff1800000001"),
        *("99000020020202002X", "99000020020202002x"),
        *("李顺华", " 李 顺 华 "),
        *("lishunhua", "Li Shunhua", "LI SHUN HUA", "li'shun'hua", "Lǐ Shùnhuá"),
        *("lsh", "LSH", "l s h"),
        *("0001", "002X", "002x"),
        *("B00000001", "b00000001"),
    ],
)
def test_a_borrower_is_found_by(on_file: None, text: str) -> None:
    assert found(text) == ["B00000001"]


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "李", "l", "1", "001", "00001"),
        *("李顺", "顺华", "lishun", "shunhua", "ls", "lshx"),
        *("1580000000", "158000000011", "15800000002", "17700000009"),
        *("9900002002020200", "990000200202020021"),
        *("B0000000", "B0000000%", "%", "李%", "b1@example.test", "海淀区中关村大街2号"),
        "李" * 101,
    ],
)
def test_nobody_is_found_by(on_file: None, text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["单小明", "shan xiaoming", "danxiaoming", "sxm", "dxm", "0002", "17700000002", "0041"]
)
def test_a_surname_with_its_own_reading_is_found_by_both(on_file: None, text: str) -> None:
    assert found(text) == ["B00000002"]


def test_several_people_come_in_the_order_of_their_numbers(on_file: None) -> None:
    namesakes = [replace(LI, borrower_no=number, id_number="", phone="") for number in ("B00000009", "A00000009")]
    register(borrowers=namesakes, contacts=[], by=None, at=AT)
    assert found("lsh") == ["A00000009", "B00000001", "B00000009"]


def test_a_search_can_be_narrowed_to_what_somebody_may_see(on_file: None) -> None:
    assert search("李顺华").filter(borrower_no="B00000002").count() == 0
    assert search("李顺华").filter(borrower_no="B00000001").count() == 1


@pytest.mark.parametrize("text", ["15800000001", "李顺华", "lishunhua", "99000020020202002X", "B00000001", "0001"])
def test_what_was_typed_never_reaches_the_database_or_its_log(on_file: None, text: str) -> None:
    _sql, params = search(text).query.sql_with_params()
    assert params
    # Every parameter is one digest of sixteen bytes, none is what was typed.
    assert all(len(param.obj) == 16 and text.encode() not in param.obj for param in params)


def test_a_list_of_found_people_costs_two_queries(on_file: None) -> None:
    register(borrowers=[replace(SHAN, borrower_no="B00000003")], contacts=[], by=None, at=AT)
    with CaptureQueriesContext(connection) as seen:
        shown = [(person.masked_name, person.masked_phone) for person in search("0002")]
    assert shown == [("单*", "177****0002")] * 2
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("name", "whole", "initials"),
    [
        ("李顺华", {"lishunhua"}, {"lsh"}),
        ("曾强", {"zengqiang", "cengqiang"}, {"zq", "cq"}),
        ("吕布", {"lvbu", "lyubu", "lubu"}, {"lb"}),
        ("欧阳娜娜", {"ouyangnana"}, {"oynn"}),
        ("万俟明", {"moqiming"}, {"mqm"}),
        ("阿卜杜拉·买买提", {"abudulamaimaiti"}, {"abdlmmt"}),
        ("John Smith", {"johnsmith"}, {"js"}),
        ("José García", {"josegarcia"}, {"jg"}),
        ("张George", {"zhanggeorge"}, {"zg"}),
    ],
)
def test_a_name_may_be_typed_as(name: str, whole: set[str], initials: set[str]) -> None:
    spelled, short = spellings(name)
    assert whole <= spelled
    assert initials <= short


def test_a_name_that_cannot_be_typed_in_letters_has_no_spelling() -> None:
    assert spellings("123") == (frozenset(), frozenset())


@given(st.text(max_size=30))
def test_spelling_a_name_never_fails_and_stays_small(name: str) -> None:
    spelled, short = spellings(name)
    assert len(spelled) <= 33
    assert len(short) <= 32
    assert all(folded(text) == text for text in spelled | short)


@given(st.text(max_size=120))
def test_whatever_is_typed_is_a_few_digests_or_nothing(text: str) -> None:
    keys = keys_of_search(text)
    assert len(keys) <= 4
    assert all(len(value) == 16 for _kind, value in keys)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_chinese_number_is_the_same_however_it_is_written(number: str) -> None:
    written = [f"+86{number}", f"0086 {number}", f"{number[:3]}-{number[3:7]}-{number[7:]}", f"(+86) {number}"]
    assert {phone_digits(text) for text in written} == {number}


def test_a_foreign_number_keeps_its_country() -> None:
    assert phone_digits("+44 20 7946 0958") == "442079460958"
    assert phone_digits("no phone") == ""


def test_equal_values_of_different_kinds_have_different_digests() -> None:
    assert digest(KeyKind.PHONE_LAST4, "0001") != digest(KeyKind.ID_LAST4, "0001")


def test_fields_of_a_row_cannot_slide_into_each_other() -> None:
    assert row_digest("row", ["ab", "c"]) != row_digest("row", ["a", "bc"])


def test_without_an_index_key_nothing_is_indexed(settings: Any) -> None:
    settings.BLIND_INDEX_KEY = ""
    with pytest.raises(ImproperlyConfigured, match="BLIND_INDEX_KEY"):
        digest(KeyKind.NAME, "李顺华")


def test_another_index_key_finds_nobody(on_file: None, settings: Any) -> None:
    settings.BLIND_INDEX_KEY = "another key"
    assert found("李顺华") == []
