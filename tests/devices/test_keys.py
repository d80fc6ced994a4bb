import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.cards import CodeKind, classify_code
from kiosk.devices.keys import INPUT_EVENT, LONGEST_CODE, KeyDecoder, Layout, decode_keys
from kiosk.devices.simulated.wedge import AZERTY, DIGIT_ROW, ENTER, QWERTY, Typist

TAB, KEYPAD_ENTER = 15, 96
LEFT_CONTROL, LEFT_ALT = 29, 56
KEYPAD = {"7": 71, "8": 72, "9": 73, "4": 75, "5": 76, "6": 77, "1": 79, "2": 80, "3": 81, "0": 82}
SYN_DROPPED = (0, 3, 0)
BADGE = "0420000001003"


def codes(data: bytes, layout: Layout = Layout.US) -> list[str]:
    return list(decode_keys(io.BytesIO(data), layout))


def drain(decoder: KeyDecoder) -> list[str]:
    found = []
    while (code := decoder.next_event()) is not None:
        found.append(code)
    return found


@pytest.fixture
def typist() -> Typist:
    return Typist(1000.0)


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("keys", [DIGIT_ROW, KEYPAD])
@pytest.mark.parametrize("end", [ENTER, TAB, KEYPAD_ENTER])
def test_digits_are_the_same_on_every_keyboard(typist: Typist, layout: Layout, keys: dict[str, int], end: int) -> None:
    assert codes(typist.scan(BADGE, keys, end), layout) == [BADGE]


@pytest.mark.parametrize("layout", Layout)
def test_shift_makes_no_difference_to_digits(typist: Typist, layout: Layout) -> None:
    data = typist.shifted(*(DIGIT_ROW[digit] for digit in BADGE)) + typist.press(ENTER)
    assert codes(data, layout) == [BADGE]


def test_letters_are_those_of_the_keyboard_that_the_reader_believes_in(typist: Typist) -> None:
    text = "AZQWMERTY"
    assert codes(typist.scan(text, QWERTY), Layout.US) == [text]
    assert codes(typist.scan(text, AZERTY), Layout.FR) == [text]
    assert codes(typist.scan(text, AZERTY), Layout.US) != [text]


def test_comma_of_a_wiegand_number_comes_through(typist: Typist) -> None:
    assert codes(typist.scan("190,44510", QWERTY), Layout.US) == ["190,44510"]
    assert codes(typist.scan("190,44510", AZERTY), Layout.FR) == ["190,44510"]


def test_whole_byte_by_byte_and_with_more_behind(typist: Typist) -> None:
    data = typist.press(*(DIGIT_ROW[digit] for digit in BADGE)) + typist.event(1, ENTER, 1)
    more = typist.event(1, ENTER, 0) + typist.press(DIGIT_ROW["9"])[:30]
    assert codes(data) == [BADGE]
    assert codes(data + more) == [BADGE]
    decoder = KeyDecoder()
    for byte in data[:-1]:
        decoder.receive_data(bytes([byte]))
        assert decoder.next_event() is None
    decoder.receive_data(data[-1:])
    assert drain(decoder) == [BADGE]


def test_several_codes_at_once_keep_their_order(typist: Typist) -> None:
    assert codes(typist.scan("005724") + typist.scan(BADGE) + typist.scan("1")) == ["005724", BADGE, "1"]


def test_repeats_and_releases_type_nothing(typist: Typist) -> None:
    data = typist.down(DIGIT_ROW["1"]) + typist.event(1, DIGIT_ROW["1"], 2) * 30 + typist.up(DIGIT_ROW["1"])
    assert codes(data + typist.press(ENTER)) == ["1"]


def test_enter_alone_is_no_code(typist: Typist) -> None:
    assert codes(typist.press(ENTER, TAB, ENTER)) == []


def test_unknown_keys_and_control_type_nothing(typist: Typist) -> None:
    data = typist.press(DIGIT_ROW["1"], 59, 183)
    data += typist.down(LEFT_CONTROL) + typist.press(DIGIT_ROW["9"]) + typist.up(LEFT_CONTROL)
    assert codes(data + typist.press(DIGIT_ROW["2"], ENTER)) == ["12"]


def test_code_typed_as_alt_and_numbers_is_understood(typist: Typist) -> None:
    data = b""
    for character in BADGE:
        number = f"{ord(character):04}"
        data += typist.down(LEFT_ALT) + typist.press(*(KEYPAD[digit] for digit in number)) + typist.up(LEFT_ALT)
    assert codes(data + typist.press(ENTER)) == [BADGE]


def test_partial_code_is_dropped_after_a_pause(typist: Typist) -> None:
    data = typist.press(DIGIT_ROW["9"], DIGIT_ROW["9"])
    typist.at += 1.5
    assert codes(data + typist.scan(BADGE)) == [BADGE]


def test_slow_reader_is_no_pause(typist: Typist) -> None:
    data = b""
    for digit in BADGE:
        typist.at += 0.98
        data += typist.press(DIGIT_ROW[digit])
    assert codes(data + typist.press(ENTER)) == [BADGE]


def test_pause_is_judged_by_the_stamps_of_the_keys_not_by_their_arrival(typist: Typist) -> None:
    decoder = KeyDecoder(pause_seconds=0.5)
    decoder.receive_data(typist.press(DIGIT_ROW["1"]))
    typist.at += 0.6
    decoder.receive_data(typist.press(DIGIT_ROW["2"], ENTER))
    assert drain(decoder) == ["2"]


def test_clock_set_back_within_a_code_drops_what_came_before(typist: Typist) -> None:
    data = typist.press(DIGIT_ROW["9"])
    typist.at -= 3600
    assert codes(data + typist.scan(BADGE)) == [BADGE]


@pytest.mark.parametrize("place", range(13))
def test_code_with_a_hole_is_dropped_whole(typist: Typist, place: int) -> None:
    before = typist.press(*(DIGIT_ROW[digit] for digit in BADGE[:place]))
    hole = typist.event(*SYN_DROPPED) + typist.event(1, DIGIT_ROW["7"], 1) + typist.report()
    after = typist.press(*(DIGIT_ROW[digit] for digit in BADGE[place:]), ENTER)
    assert codes(before + hole + after) == []
    assert codes(before + hole + after + typist.scan(BADGE)) == [BADGE]


def test_next_scan_is_read_even_if_the_hole_swallowed_the_end(typist: Typist) -> None:
    data = typist.press(DIGIT_ROW["1"]) + typist.event(*SYN_DROPPED) + typist.report()
    typist.at += 2
    assert codes(data + typist.scan(BADGE)) == [BADGE]


def test_modifier_whose_release_was_lost_does_not_mute_the_reader(typist: Typist) -> None:
    data = typist.down(LEFT_CONTROL) + typist.event(*SYN_DROPPED) + typist.report() + typist.press(ENTER)
    assert codes(data + typist.scan(BADGE)) == [BADGE]


def test_what_the_kernel_sends_between_the_hole_and_its_report_is_not_used(typist: Typist) -> None:
    data = typist.event(*SYN_DROPPED) + typist.event(1, LEFT_CONTROL, 1) + typist.report() + typist.press(ENTER)
    assert codes(data + typist.scan(BADGE)) == [BADGE]


def test_endless_code_is_dropped_whole_and_the_next_is_read(typist: Typist) -> None:
    assert codes(typist.scan("1" * LONGEST_CODE)) == ["1" * LONGEST_CODE]
    assert codes(typist.scan("1" * (3 * LONGEST_CODE)) + typist.scan(BADGE)) == [BADGE]


@given(st.binary(max_size=INPUT_EVENT.size * 60))
def test_noise_never_raises_and_is_never_a_card(data: bytes) -> None:
    for code in codes(data):
        assert classify_code(code).kind is CodeKind.NEITHER


@given(st.integers(0, 2**32))
def test_lost_events_never_make_another_badge(seed: int) -> None:
    """Events vanish as the kernel drops them: with SYN_DROPPED in their place."""
    dice = random.Random(seed)
    typist = Typist(1000.0)
    events = [typist.scan(BADGE), typist.scan("0420000002000"), typist.scan("005724")]
    data = b"".join(events)
    structs = [data[place : place + INPUT_EVENT.size] for place in range(0, len(data), INPUT_EVENT.size)]
    start = dice.randrange(len(structs))
    stop = start + dice.randrange(len(structs) - start)
    kept = [*structs[:start], typist.event(*SYN_DROPPED), *structs[stop:]]
    assert set(codes(b"".join(kept))) <= {BADGE, "0420000002000", "005724"}
