"""Masked values are recognisable and no longer usable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.masking import mask, mask_address, redact


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("name", "张三", "张*"),
        ("name", "李顺华", "李*"),
        ("name", " 欧阳 娜 ", "欧*"),
        ("name", "John Smith", "J*"),
        ("name", "张", "*"),
        ("name", "", ""),
        ("phone", "13800001234", "138****1234"),
        ("phone", "+86 138-0000-1234", "138****1234"),
        ("phone", "\uff11\uff13\uff1800001234", "138****1234"),
        ("phone", "+44 20 7946 0958", "442****0958"),
        ("phone", "6288001", "****01"),
        ("phone", "12345", "****"),
        ("phone", "no phone", "****"),
        ("phone", " ", ""),
        ("id_number", "990000200202020022", "990000********0022"),
        ("id_number", "99000020020202002X", "990000********002X"),
        ("id_number", "990000020202002", "990000*****2002"),
        ("id_number", "13800001234", "***********"),
        ("id_number", "李顺华", "***"),
        ("id_number", "", ""),
        ("email", "b1@example.test", "b***@example.test"),
        ("email", "@example.test", "***@example.test"),
        ("email", "b1 at example", "***"),
        ("email", "b1@", "***"),
        ("email", "b1@13800001234", "***"),
        ("email", "x@李顺华", "***"),
        ("email", "", ""),
        ("address", "海淀区中关村大街2号", "****"),
        ("address", "", ""),
        ("phone_source", "contract", "contract"),
        ("phone_source", "13800001234", "138****1234"),
        ("loan_no", "L00000001", "L00000001"),
        ("payment_ref", "990000200202020022", "990000200202020022"),
    ],
)
def test_a_field_of_a_tape_is_masked_in_its_own_way(field: str, value: str, shown: str) -> None:
    assert mask(field, value) == shown


def test_an_address_keeps_province_and_city() -> None:
    assert mask_address("南山区科苑路3号", province="广东省", city="深圳市") == "广东省深圳市****"


def test_a_municipality_is_not_named_twice() -> None:
    assert mask_address("海淀区中关村大街2号", province="北京市", city="北京市") == "北京市****"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("call back 13800001234 today", "call back 138****1234 today"),
        ("他的电话是138 0000 1234。", "他的电话是138****1234。"),
        ("ID 990000200202020022, phone +86 13800001234", "ID 990000********0022, phone 138****1234"),
        ("write to b1@example.test", "write to b***@example.test"),
        ("paid 1,234.00 for L00000001 on 2025-01-10", "paid 1,234.00 for L00000001 on 2025-01-10"),
    ],
)
def test_free_text_loses_its_numbers_and_keeps_its_sense(said: str, kept: str) -> None:
    assert redact(said) == kept


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_number_always_hides_its_four_middle_digits(phone: str) -> None:
    shown = mask("phone", phone)
    assert shown == f"{phone[:3]}****{phone[7:]}"


@given(st.sampled_from(["name", "id_number", "phone", "email", "address"]), st.text(min_size=2).filter(str.strip))
def test_no_personal_field_ever_comes_back_as_it_went_in(field: str, value: str) -> None:
    shown = mask(field, value)
    assert "*" in shown
    assert shown != value or set(value.strip()) == {"*"} or "*" in value


@given(st.text())
def test_masking_twice_shows_nothing_more(value: str) -> None:
    assert len(redact(redact(value)).replace("*", "")) <= len(redact(value).replace("*", ""))


@given(st.text(alphabet="0123456789", min_size=1, max_size=30))
def test_a_phone_shows_at_most_seven_digits_and_hides_at_least_four(phone: str) -> None:
    shown = sum(mark.isdigit() for mark in mask("phone", phone))
    assert shown <= 7
    assert shown == 0 or len(phone) - shown >= 4
