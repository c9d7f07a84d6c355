"""Known lengths of text messages, each limit beside the first text beyond it; then what must hold for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.sms_segments import ALONE, EACH_OF_SEVERAL, Encoding, Segments, segments
from tests.rulebook.histories import examples

GSM7, UCS2 = Encoding


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments(GSM7, 0, 0, 160)),
        ("a", Segments(GSM7, 1, 1, 159)),
        ("a" * 160, Segments(GSM7, 160, 1, 0)),
        ("a" * 161, Segments(GSM7, 161, 2, 145)),
        ("a" * 306, Segments(GSM7, 306, 2, 0)),
        ("a" * 307, Segments(GSM7, 307, 3, 152)),
        ("您", Segments(UCS2, 1, 1, 69)),
        ("您" * 70, Segments(UCS2, 70, 1, 0)),
        ("您" * 71, Segments(UCS2, 71, 2, 63)),
        ("您" * 134, Segments(UCS2, 134, 2, 0)),
        ("您" * 135, Segments(UCS2, 135, 3, 66)),
    ],
)
def test_a_text_is_cut_where_the_standard_says(text: str, expected: Segments) -> None:
    assert segments(text) == expected


def test_signs_of_the_extension_table_take_two_units() -> None:
    assert segments("€") == Segments(GSM7, 2, 1, 158)
    assert segments("^{}\\[~]|€\f") == Segments(GSM7, 20, 1, 140)
    assert segments("€" * 80).parts == 1
    assert segments("€" * 81).parts == 2


def test_a_sign_of_the_extension_table_is_not_torn_apart() -> None:
    assert segments("a" * 152 + "€" + "b" * 152) == Segments(GSM7, 306, 3, 152)
    assert segments("a" * 151 + "€" + "b" * 153) == Segments(GSM7, 306, 2, 0)


def test_a_sign_beyond_the_basic_plane_takes_two_units_and_is_not_torn_apart() -> None:
    assert segments("😀") == Segments(UCS2, 2, 1, 68)
    assert segments("😀" * 35).parts == 1
    assert segments("您" * 66 + "😀" + "您" * 66) == Segments(UCS2, 134, 3, 66)
    assert segments("您" * 65 + "😀" + "您" * 67) == Segments(UCS2, 134, 2, 0)


@pytest.mark.parametrize("sign", [*"@£$¥èÇ\n\rÅΔ_ΩΞÆßÉ¤¡§¿äñüà"])
def test_signs_of_the_basic_table_take_one_unit(sign: str) -> None:
    assert segments(sign) == Segments(GSM7, 1, 1, 159)


@pytest.mark.parametrize("sign", [*"çÁ`’“—…\t，。￥\x1b"])
def test_one_sign_outside_the_table_makes_the_whole_text_ucs_2(sign: str) -> None:
    assert segments("a" * 80 + sign) == Segments(UCS2, 81, 2, 53)
    assert segments("a" * 81) == Segments(GSM7, 81, 1, 79)


def test_in_ucs_2_the_signs_of_the_extension_table_take_one_unit() -> None:
    assert segments("您€{}") == Segments(UCS2, 4, 1, 66)


def test_the_basic_table_has_every_sign_of_the_standard_but_the_escape() -> None:
    assert sum(segments(chr(n)) == Segments(GSM7, 1, 1, 159) for n in range(0x3000)) == 127


@examples(200)
@given(st.text(alphabet=st.sampled_from("aé€{您😀\n") | st.characters(exclude_categories=["Cs"]), max_size=400))
def test_the_parts_hold_the_text_and_one_part_less_would_not(text: str) -> None:
    cut = segments(text)
    size = ALONE[cut.encoding] if cut.parts < 2 else EACH_OF_SEVERAL[cut.encoding]
    assert cut.units <= size * max(cut.parts, 1) - cut.left_in_last
    assert size * cut.parts - cut.left_in_last - cut.units <= max(cut.parts - 1, 0)
    assert 0 <= cut.left_in_last <= size
    if cut.encoding is UCS2:
        assert cut.units == len(text.encode("utf-16-le")) // 2


@examples(100)
@given(st.text(alphabet="ab€您😀", max_size=300), st.sampled_from("a€您😀"))
def test_a_longer_text_never_takes_fewer_parts(text: str, sign: str) -> None:
    assert segments(text + sign).parts >= segments(text).parts
