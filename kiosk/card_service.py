"""Commands about cards: at the running terminal through its socket, else on the files under their lock."""

from collections.abc import Mapping
from typing import Any, Final

from kiosk.app_parts import control_path
from kiosk.card_commands import CardCommandError, carry_out, desk_on
from kiosk.clock import SystemClock
from kiosk.config import Config
from kiosk.control import NotRunning, ask
from kiosk.effects import Prefer
from kiosk.errors import KioskError
from kiosk.events import FactsRecalled, KnowledgePage
from kiosk.ids import FactIds
from kiosk.looking import ANSWER_SECONDS, opened
from kiosk.rules.knowledge import Knowledge
from kiosk.store.cards import Preference

Rows = list[dict[str, Any]]

ROWS_AT_ONCE: Final = 300
"""Rows of one request to the terminal, which bounds their length."""


def card_command(config: Config, name: str, given: Mapping[str, Any]) -> Rows:
    """The answer to one of :data:`~kiosk.card_commands.CARD_COMMANDS`.

    Raises:
        KioskError: it cannot be done, or nobody can do it, in words.
    """
    try:
        answer: Rows = ask(control_path(config), name, given)["value"]
    except NotRunning:
        return _on_files(config, name, given)
    return answer


def link_rows(config: Config, rows: Rows, *, transfer: bool, dry: bool) -> Rows:
    """Link many cards; one outcome a row.

    Raises:
        KioskError: nobody can do it, in words.
    """
    outcomes: Rows = []
    for first in range(0, len(rows), ROWS_AT_ONCE):
        given = {"rows": rows[first : first + ROWS_AT_ONCE], "transfer": transfer, "dry": dry}
        outcomes += card_command(config, "cards link", given)
    return outcomes


def _on_files(config: Config, name: str, given: Mapping[str, Any]) -> Rows:
    clock, ids = SystemClock(), FactIds()
    with opened(config, clock) as (store, events):
        # What the disk holds is posted first.
        store.cursor().result(ANSWER_SECONDS)
        knowledge = Knowledge()
        while not events.empty():
            match events.get():
                case KnowledgePage() as page:
                    knowledge.apply(page)
                case FactsRecalled() as recalled:
                    knowledge.recall(recalled)

        def prefer(wish: Prefer) -> None:
            store.prefer(
                Preference(
                    member_id=wish.member_id,
                    language=wish.language,
                    large_text=wish.large_text,
                    long_pulse=wish.long_pulse,
                )
            )

        desk = desk_on(knowledge, store.record, prefer, lambda: ids(clock.now()), clock)
        try:
            rows = carry_out(name, desk, given)
        except CardCommandError as wrong:
            raise KioskError(str(wrong)) from None
        # The answer of the store's thread comes after all it was given before.
        store.given_to().result(ANSWER_SECONDS)
        return rows
