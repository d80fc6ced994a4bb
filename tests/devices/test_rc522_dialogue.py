from collections.abc import Callable

import pytest

from kiosk.devices.cards import CardUid
from kiosk.devices.rc522_dialogue import Reply, SelectedCard, Sight, crc_a, kind_of, look
from kiosk.devices.simulated import card_models
from kiosk.devices.simulated.card_models import Card, Field
from kiosk.types import CardKind
from tests.devices.simulated.bench import FOUR, SEVEN, SEVEN_ALIKE, TEN


class Air:
    """The field alone, without a chip; keeps what was sent."""

    def __init__(self, *cards: Card) -> None:
        self.field = Field()
        self.field.power(on=True)
        self.sent: list[str] = []
        for card in cards:
            self.field.lay(card)

    def exchange(self, frame: bytes, last_bits: int) -> Reply | None:
        self.sent.append(frame.hex().upper())
        answer = self.field.exchange(frame, last_bits)
        if answer is None:
            return None
        return Reply(answer.data, damaged=answer.last_bits != 0, collided=answer.collision is not None)


@pytest.mark.parametrize(
    ("data", "checksum"),
    [
        ("5000", "57CD"),
        ("3004", "26EE"),
        ("E050", "BCA5"),
        ("60", "F832"),
        ("3C00", "A201"),
        ("1BFFFFFFFF", "6300"),
        ("08", "B6DD"),
        ("00", "FE51"),
        ("04", "DA17"),
        ("20", "FC70"),
        ("9370DEADBEEF22", "B99C"),
        ("93708804A3C6E9", "037F"),
        ("9570CAE26180C9", "E283"),
    ],
)
def test_checksum_of_frames_seen_on_real_cards(data: str, checksum: str) -> None:
    assert crc_a(bytes.fromhex(data)).hex().upper() == checksum
    assert card_models.crc_a(bytes.fromhex(data)).hex().upper() == checksum


def test_four_byte_card_is_selected_in_one_level() -> None:
    air = Air(card_models.classic(FOUR))
    assert look(air.exchange) == SelectedCard(CardUid(FOUR), 0x0004, 0x08)
    assert air.sent == ["52", "9320", "9370DEADBEEF22B99C", "500057CD"]


def test_seven_byte_card_is_selected_in_two_levels() -> None:
    air = Air(card_models.ultralight(SEVEN))
    assert look(air.exchange) == SelectedCard(CardUid(SEVEN), 0x0044, 0x00)
    assert air.sent == ["52", "9320", "93708804A3C6E9037F", "9520", "9570CAE26180C9E283", "500057CD"]


def test_ten_byte_card_is_selected_in_three_levels() -> None:
    air = Air(card_models.ten_byte_card(TEN))
    seen = look(air.exchange)
    assert isinstance(seen, SelectedCard)
    assert seen.uid == CardUid(TEN)
    assert [frame[:4] for frame in air.sent] == ["52", "9320", "9370", "9520", "9570", "9720", "9770", "5000"]


def test_card_that_stays_is_found_at_every_look() -> None:
    air = Air(card_models.desfire(SEVEN))
    assert {look(air.exchange) for _ in range(5)} == {SelectedCard(CardUid(SEVEN), 0x0344, 0x20)}


def test_empty_field_costs_one_frame() -> None:
    air = Air()
    assert look(air.exchange) is Sight.EMPTY
    assert air.sent == ["52"]


@pytest.mark.parametrize(
    "others",
    [
        lambda: card_models.classic(bytes.fromhex("DEADBEEE")),
        lambda: card_models.classic(bytes.fromhex("11223344")),
        lambda: card_models.ultralight(SEVEN),
        card_models.phone,
    ],
)
def test_two_cards_are_told_as_two(others: Callable[[], Card]) -> None:
    assert look(Air(card_models.classic(FOUR), others()).exchange) is Sight.SEVERAL


def test_two_cards_that_differ_only_further_on_are_told_as_two() -> None:
    assert look(Air(card_models.ultralight(SEVEN), card_models.ultralight(SEVEN_ALIKE)).exchange) is Sight.SEVERAL


@pytest.mark.parametrize("frame", range(2, 7))
def test_card_that_leaves_between_two_frames_is_not_read(frame: int) -> None:
    card = card_models.ultralight(SEVEN)
    air = Air(card)
    air.field.before_frame = lambda number: air.field.lift(card) if number == frame else None
    seen = look(air.exchange)
    # The last frame sends the card to sleep: by then it has confirmed its uid.
    assert seen == (SelectedCard(CardUid(SEVEN), 0x0044, 0x00) if frame == 6 else Sight.UNREADABLE)


@pytest.mark.parametrize("frame", range(2, 6))
def test_card_exchanged_between_two_frames_never_gives_a_mixed_uid(frame: int) -> None:
    first, second = card_models.ultralight(SEVEN), card_models.ultralight(SEVEN_ALIKE)
    air = Air(first)

    def exchange_cards(number: int) -> None:
        if number == frame:
            air.field.lift(first)
            air.field.lay(second)

    air.field.before_frame = exchange_cards
    assert look(air.exchange) is Sight.UNREADABLE
    air.field.before_frame = None
    assert look(air.exchange) == SelectedCard(CardUid(SEVEN_ALIKE), 0x0044, 0x00)


@pytest.mark.parametrize("answer", range(1, 6))
@pytest.mark.parametrize("byte", [0, -1])
def test_damaged_answer_is_never_a_card(answer: int, byte: int) -> None:
    air = Air(card_models.ultralight(SEVEN))

    def damage(data: bytes) -> bytes:
        if air.field.frames != answer:
            return data
        damaged = bytearray(data)
        damaged[byte] ^= 0x10
        return bytes(damaged)

    air.field.tamper = damage
    seen = look(air.exchange)
    if answer == 1:
        # ATQA has no checksum, and nothing that matters is read from it.
        assert isinstance(seen, SelectedCard)
        assert seen.uid == CardUid(SEVEN)
    else:
        assert seen is Sight.UNREADABLE


@pytest.mark.parametrize("cut", [0, 1, 4])
def test_truncated_answer_is_never_a_card(cut: int) -> None:
    air = Air(card_models.classic(FOUR))
    air.field.tamper = lambda data: data[:cut] if air.field.frames > 1 else data
    assert look(air.exchange) is Sight.UNREADABLE


def test_answer_that_ends_within_a_byte_is_never_a_card() -> None:
    air = Air(card_models.classic(FOUR))

    def exchange(frame: bytes, last_bits: int) -> Reply | None:
        reply = air.exchange(frame, last_bits)
        return None if reply is None else Reply(reply.data, damaged=True)

    assert look(exchange) is Sight.UNREADABLE


def scripted(*exchanges: tuple[str, str]) -> Callable[[bytes, int], Reply | None]:
    """Answers to frames by their first two bytes, whoever may give them."""
    answers = {bytes.fromhex(frame): bytes.fromhex(answer) for frame, answer in exchanges}

    def exchange(frame: bytes, _last_bits: int) -> Reply | None:
        answer = answers.get(frame[:2])
        return None if answer is None else Reply(answer)

    return exchange


def test_wrong_check_byte_is_refused_even_if_the_card_confirms_it() -> None:
    exchange = scripted(("52", "0400"), ("9320", "DEADBEEF23"), ("9370", "08B6DD"))
    assert look(exchange) is Sight.UNREADABLE


def test_level_announced_without_its_tag_is_refused_even_if_the_card_goes_on() -> None:
    levels = [("9320", "DEADBEEF22"), ("9370", "04DA17"), ("9520", "CAE26180C9"), ("9570", "00FE51")]
    assert look(scripted(("52", "4400"), *levels)) is Sight.UNREADABLE
    levels[0] = ("9320", "8804A3C6E9")
    assert look(scripted(("52", "4400"), *levels)) == SelectedCard(CardUid(SEVEN), 0x0044, 0x00)


def test_card_that_announces_a_fourth_level_is_not_read() -> None:
    endless = Card(TEN, atqa=0x0084, sak=0x04)
    assert look(Air(endless).exchange) is Sight.UNREADABLE


@pytest.mark.parametrize(
    ("card", "kind"),
    [
        (card_models.classic(FOUR), CardKind.CARD),
        (card_models.classic(SEVEN), CardKind.CARD),
        (card_models.ultralight(SEVEN), CardKind.CARD),
        (card_models.desfire(SEVEN), CardKind.CARD),
        (card_models.desfire_random(), CardKind.CARD),
        (card_models.phone(), CardKind.PHONE),
        (card_models.bank_card(FOUR), CardKind.BANK),
    ],
)
def test_phones_and_bank_cards_are_told_from_cards(card: Card, kind: CardKind) -> None:
    seen = look(Air(card).exchange)
    assert isinstance(seen, SelectedCard)
    assert kind_of(seen) is kind
