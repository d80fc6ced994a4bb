"""What ``kiosk member`` does: telling a person what is known of them, and forgetting them."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from kiosk.app_parts import control_path
from kiosk.config import Config
from kiosk.control import NotRunning, ask
from kiosk.errors import KioskError
from kiosk.looking import store_command, sync_once
from kiosk.member_learned import learned_of, numbers_of, unlearn
from kiosk.member_words import Done, Page, forgotten, stopped, told
from kiosk.store.aside import set_aside_in
from kiosk.store.retention import Retention

DELIVERY_SECONDS = 20
WRITING_SECONDS = 300.0
"""For writing both files afresh on a slow card."""


def export(config: Config, member_id: str) -> str:
    """All that this terminal knows of a person, in French.

    Raises:
        KioskError: it knows nothing of this number, or cannot answer, in words.
    """
    return told(_dossier(config, numbers_of(config, member_id)), member_id, _page(config))


def forget(
    config: Config, member_id: str, *, anyway: bool, pause: Callable[[float], object] = time.sleep
) -> tuple[str, bool]:
    """Deliver what waits, forget a person, tell the server: what to say of it, and whether it was done whole.

    Args:
        config: the terminal's.
        member_id: whom.
        anyway: give up what cannot be delivered.
        pause: waits while a running terminal delivers.

    Raises:
        KioskError: nothing is known of this number, or nobody can answer, in words.
    """
    numbers = numbers_of(config, member_id)
    dossier = _dossier(config, numbers)
    if _waiting(dossier):
        _deliver(config, pause, lambda: not _waiting(_dossier(config, numbers)))
    outcome: Counter[str] = Counter()
    for number in reversed(numbers):
        outcome += store_command(config, "member forget", {"id": number, "anyway": anyway}, WRITING_SECONDS)
        if outcome["waiting"] or outcome["refused"]:
            return stopped(outcome, number), False
    is_clean = unlearn(config, numbers[0]) and outcome["is_clean"] == len(numbers)
    server_knows = _deliver(config, pause, lambda: not _words_waiting(config, numbers))
    done = Done(
        is_clean=is_clean,
        learned=bool(dossier["learned"]),
        server_knows=server_knows,
        server_tells=config.backend.kind == "rest",
        aside=[str(copy) for copy in set_aside_in(config.terminal.data_dir)],
    )
    return forgotten(outcome, _page(config), done), is_clean


def _dossier(config: Config, numbers: tuple[str, ...]) -> dict[str, Any]:
    """What is known under all of a person's numbers, the present one first."""
    found: dict[str, Any] = store_command(config, "member export", {"id": numbers[0]})
    for number in numbers[1:]:
        former = store_command(config, "member export", {"id": number})
        found |= {name: found[name] + former[name] for name in ("lines", "cards_blocked", "places")}
        found |= {name: found[name] or former[name] for name in ("member", "preference", "role")}
    found["learned"] = learned_of(config, numbers[0])
    if not any(found.values()):
        raise KioskError(f"this terminal knows nothing of a member {numbers[0]!r}")
    return found


def _waiting(dossier: dict[str, Any]) -> bool:
    return any(line["own"] and line["state"] == "waiting" for line in dossier["lines"])


def _words_waiting(config: Config, numbers: tuple[str, ...]) -> bool:
    return any(store_command(config, "member export", {"id": number})["word_waits"] for number in numbers)


def _deliver(config: Config, pause: Callable[[float], object], is_done: Callable[[], bool]) -> bool:
    """Have everything sent that can be; True when ``is_done``."""
    try:
        sync_once(config)
    except KioskError:
        # Nobody can send anything from here: what that means is for ``is_done`` to say.
        return is_done()
    for _ in range(DELIVERY_SECONDS if _is_running(config) else 0):
        if is_done():
            break
        pause(1.0)
    return is_done()


def _is_running(config: Config) -> bool:
    try:
        ask(control_path(config), "outbox list", {})
    except NotRunning:
        return False
    return True


def _page(config: Config) -> Page:
    retention = config.retention
    return Page(
        terminal=config.terminal.name,
        zone=config.terminal.timezone,
        now=datetime.now(UTC),
        retention=Retention(
            passage_days=retention.passages_days,
            presence_days=retention.presences_days,
            unknown_card_days=retention.unknown_cards_days,
        ),
    )
