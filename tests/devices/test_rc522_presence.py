from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.cards import CardUid
from kiosk.devices.rc522_dialogue import SelectedCard, Sight
from kiosk.devices.rc522_presence import LOOKS_UNTIL_GONE, Presence
from tests.devices.simulated.bench import FOUR, SEVEN

A = SelectedCard(CardUid(FOUR), 0x0004, 0x08)
B = SelectedCard(CardUid(SEVEN), 0x0044, 0x00)
EMPTY, SEVERAL, UNREADABLE = Sight.EMPTY, Sight.SEVERAL, Sight.UNREADABLE


def news(*looks: SelectedCard | Sight) -> list[SelectedCard | Sight]:
    presence = Presence()
    return [new for seen in looks if (new := presence.see(seen)) is not None]


def test_card_held_is_one_tap() -> None:
    assert news(A, A, A, A, A) == [A]


def test_card_missed_now_and_then_is_still_the_same_tap() -> None:
    assert news(A, EMPTY, A, EMPTY, EMPTY, EMPTY, A, UNREADABLE, A) == [A]


def test_card_lifted_and_laid_again_is_two_taps() -> None:
    assert news(A, *[EMPTY] * LOOKS_UNTIL_GONE, A) == [A, A]


def test_card_changed_without_a_gap_is_two_taps() -> None:
    assert news(A, A, B, B, A) == [A, B, A]


def test_card_at_the_edge_of_the_field_does_not_tap_again() -> None:
    assert news(A, *[UNREADABLE] * 20, A) == [A]


def test_two_cards_are_said_once_while_they_lie_there() -> None:
    assert news(*[SEVERAL] * 20) == [SEVERAL]


def test_one_collision_may_be_a_single_card_coming_nearer() -> None:
    assert news(SEVERAL, A, A) == [A]


def test_two_cards_of_which_one_is_sometimes_read_alone_are_said_once() -> None:
    assert news(SEVERAL, SEVERAL, A, SEVERAL, SEVERAL, A, SEVERAL, A) == [SEVERAL, A]


def test_card_that_was_there_before_the_second_one_does_not_tap_again() -> None:
    assert news(A, SEVERAL, SEVERAL, A, A) == [A, SEVERAL]


def test_two_cards_laid_again_are_said_again() -> None:
    assert news(SEVERAL, SEVERAL, *[EMPTY] * LOOKS_UNTIL_GONE, SEVERAL, SEVERAL) == [SEVERAL, SEVERAL]


@given(st.lists(st.sampled_from([A, B, EMPTY, SEVERAL, UNREADABLE])))
def test_nothing_is_tapped_that_was_not_seen_and_no_card_is_swallowed(looks: list[SelectedCard | Sight]) -> None:
    presence = Presence()
    last: SelectedCard | None = None
    for seen in looks:
        new = presence.see(seen)
        assert new is None or new == seen
        if isinstance(seen, SelectedCard):
            assert seen in (new, last)
            last = seen
