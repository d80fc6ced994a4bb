import pytest

from kiosk.devices.simulated import card_models
from kiosk.devices.simulated.card_models import Answer, Card, CardState, Field, crc_a
from tests.devices.simulated.bench import FOUR, SEVEN, SEVEN_ALIKE

REQA, WUPA = b"\x26", b"\x52"
HLTA = bytes.fromhex("500057CD")
SELECT_FOUR = bytes.fromhex("9370DEADBEEF22B99C")


def select(card: Card) -> None:
    card.hear(WUPA, 7)
    card.hear(b"\x93\x20", 0)
    card.hear(SELECT_FOUR, 0)


def test_card_answers_a_call_with_its_atqa_low_byte_first() -> None:
    assert card_models.desfire(SEVEN).hear(REQA, 7) == Answer(b"\x44\x03")
    assert card_models.classic(FOUR).hear(WUPA, 7) == Answer(b"\x04\x00")


def test_call_is_a_short_frame() -> None:
    assert card_models.classic(FOUR).hear(WUPA, 0) is None


def test_selection_goes_level_by_level() -> None:
    card = card_models.ultralight(SEVEN)
    card.hear(WUPA, 7)
    assert card.hear(b"\x93\x20", 0) == Answer(bytes.fromhex("8804A3C6E9"))
    assert card.hear(bytes.fromhex("93708804A3C6E9037F"), 0) == Answer(bytes.fromhex("04DA17"))
    assert card.hear(b"\x95\x20", 0) == Answer(bytes.fromhex("CAE26180C9"))
    assert card.hear(bytes.fromhex("9570CAE26180C9E283"), 0) == Answer(bytes.fromhex("00FE51"))
    assert card.state is CardState.ACTIVE


@pytest.mark.parametrize(
    "frame", ["9570CAE26180C9E283", "9370DEADBEEF22B99D", "9370DEADBEE022B99C", "9370", "", "500057CD", "26"]
)
def test_anything_unexpected_sends_a_card_to_rest_in_silence(frame: str) -> None:
    card = card_models.classic(FOUR)
    card.hear(WUPA, 7)
    assert card.hear(bytes.fromhex(frame), 0) is None
    assert card.state is CardState.IDLE


def test_card_sent_to_sleep_wakes_to_wupa_only() -> None:
    card = card_models.classic(FOUR)
    select(card)
    assert card.hear(HLTA, 0) is None
    assert card.state is CardState.HALT
    assert card.hear(REQA, 7) is None
    assert card.hear(WUPA, 7) is not None
    assert card.hear(b"\xff", 0) is None
    assert card.state is CardState.HALT


def test_classic_block_is_read_with_its_key_only() -> None:
    card = card_models.classic(FOUR)
    card.blocks[8] = b"sixteen letters."
    read = b"\x30\x08" + crc_a(b"\x30\x08")
    select(card)
    assert card.hear(read, 0) is None
    select(card)
    assert not card.authenticate(b"\x00" * 6, FOUR)
    select(card)
    assert card.authenticate(card_models.FACTORY_KEY, FOUR)
    assert card.hear(read, 0) == Answer(b"sixteen letters." + crc_a(b"sixteen letters."))


def test_phone_keeps_its_uid_while_it_has_power_and_draws_another_one_after() -> None:
    field = Field()
    field.power(on=True)
    phone = card_models.phone()
    field.lay(phone)
    first = phone.uid
    field.exchange(WUPA, 7)
    assert phone.uid == first
    field.power(on=False)
    assert phone.uid != first
    assert {first[0], phone.uid[0]} == {0x08}


def test_cards_without_power_are_silent() -> None:
    field = Field()
    field.lay(card_models.classic(FOUR))
    assert field.exchange(WUPA, 7) is None


def test_first_differing_bit_is_reported() -> None:
    field = Field()
    field.power(on=True)
    field.lay(card_models.classic(FOUR))
    field.lay(card_models.classic(bytes([FOUR[0] ^ 0b0100, *FOUR[1:]])))
    assert field.exchange(WUPA, 7) == Answer(b"\x04\x00")
    heard = field.exchange(b"\x93\x20", 0)
    assert heard is not None
    assert heard.collision == 3


def test_cards_that_share_a_level_collide_in_the_next() -> None:
    field = Field()
    field.power(on=True)
    field.lay(card_models.ultralight(SEVEN))
    field.lay(card_models.ultralight(SEVEN_ALIKE))
    field.exchange(WUPA, 7)
    first = field.exchange(b"\x93\x20", 0)
    assert first == Answer(bytes.fromhex("8804A3C6E9"))
    field.exchange(bytes.fromhex("93708804A3C6E9037F"), 0)
    second = field.exchange(b"\x95\x20", 0)
    assert second is not None
    assert second.collision is not None


def test_cards_laid_together_are_never_met_alone() -> None:
    class Turnstile:
        """A lock at which somebody always waits to look."""

        def __init__(self) -> None:
            self.met: list[int] = []

        def __enter__(self) -> None: ...

        def __exit__(self, *_error: object) -> None:
            self.met.append(len(field._cards))

    turnstile = Turnstile()
    field = Field(lock=turnstile)  # type: ignore[arg-type]
    field.lay(card_models.classic(FOUR), card_models.ultralight(SEVEN))
    assert turnstile.met == [2]


def test_laying_a_card_twice_is_laying_it_once() -> None:
    field = Field()
    card = card_models.classic(FOUR)
    field.lay(card)
    field.lay(card)
    assert field.cards == (card,)
    field.clear()
    field.lift(card)
    assert field.cards == ()
