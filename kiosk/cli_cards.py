"""``kiosk cards …``: whose card is which, by hand. With a terminal running it is asked; else its files are opened."""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from kiosk.card_import import Reading, Row, judged, read_cards
from kiosk.cli_options import AS_JSON, CONFIG, load_config, show
from kiosk.config import Config
from kiosk.devices.cards import CardHasher, CardUid, is_random_or_blank, parse_uid
from kiosk.devices.uid_formats import UidFormat
from kiosk.errors import KioskError
from kiosk.types import CardHash, Role
from kiosk.views import LANGUAGES

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
LANGUAGE = click.option("--language", type=click.Choice(LANGUAGES), help="Of the screens, for this person.")
LARGE_TEXT = click.option("--large-text/--no-large-text", default=None, help="Large text on the screens.")
LONG_PULSE = click.option("--long-pulse/--no-long-pulse", default=None, help="The door stays unlocked longer.")


@click.group()
def cards() -> None:
    """Cards and badges, and whose they are."""


@cards.command("list")
@click.option("--member", help="Only those of this member.")
@CONFIG
@AS_JSON
def cards_list(member: str | None, config_file: Path | None, *, as_json: bool) -> None:
    """Each card by the first digits of its hash, with its owner and whether it is blocked."""
    show(_ask(_config(config_file), "cards list", {"member": member}), as_json=as_json)


@cards.command("link")
@click.argument("card")
@click.argument("member")
@click.option("--transfer", is_flag=True, help="Also if it is someone else's, or blocked.")
@LANGUAGE
@LARGE_TEXT
@LONG_PULSE
@CONFIG
def cards_link(card: str, member: str, config_file: Path | None, *, transfer: bool, **wishes: Any) -> None:
    """Make CARD (7:04A3…, 4:1A2B…, ean:0420…) a card of MEMBER (a number)."""
    from kiosk.card_service import link_rows

    config = _config(config_file)
    row = Row(line=0, member=member, card=_linkable(config, card), wishes=wishes)
    (outcome,) = link_rows(config, [row.request()], transfer=transfer, dry=False)
    answer = judged(row, outcome)
    if answer.fault:
        raise KioskError(answer.fault)
    click.echo("linked" if outcome["outcome"] == "linked" else "it was this member's already")


def _linkable(config: Config, card: str) -> CardHash:
    """The hash of a card in canonical form, if it may be anyone's.

    Raises:
        KioskError: it may not.
    """
    hasher = _hasher(config)
    try:
        if not card.startswith("ean:") and is_random_or_blank(parse_uid(card)):
            raise KioskError("this id is random or blank, so it is nobody's")
        return hasher.hash_canonical(card)
    except ValueError as wrong:
        raise KioskError(f"{wrong}: a card is written 7:04A3C6CAE26180 or 4:1A2B3C4D, a badge ean:0420…") from None


@cards.command("set")
@click.argument("member")
@LANGUAGE
@LARGE_TEXT
@LONG_PULSE
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Where the server knows no roles.")
@CONFIG
@AS_JSON
def cards_set(member: str, config_file: Path | None, *, as_json: bool, **wishes: Any) -> None:
    """Remember what MEMBER needs: language, large text, a longer door; without options, show it."""
    show(_ask(_config(config_file), "cards set", {"member": member, **wishes}), as_json=as_json)


@cards.command("block")
@click.argument("who")
@CONFIG
@AS_JSON
def cards_block(who: str, config_file: Path | None, *, as_json: bool) -> None:
    """Block WHO: a card (7:04A3…, ean:0420…), the digits that `list` shows, or all cards of a member's number."""
    config = _config(config_file)
    show(_ask(config, "cards block", _meant(config, who)), as_json=as_json)


def _meant(config: Config, who: str) -> Mapping[str, str]:
    if ":" in who:
        try:
            return {"card": _hasher(config).hash_canonical(who)}
        except ValueError as wrong:
            raise KioskError(str(wrong)) from None
    known = _ask(config, "cards list", {"member": who})
    return {"member": who} if known else {"card": who.lower()}


@cards.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would be done and what is wrong.")
@click.option("--transfer", is_flag=True, help="Also cards that are someone else's, or blocked.")
@click.option(
    "--uid-format",
    type=click.Choice([each.value for each in UidFormat]),
    help="Ids as this kind of USB reader types them; else 7:04A3…, 4:1A2B… or the digits of a badge.",
)
@click.option("--stock", is_flag=True, help="Ids as numbers that the mfrc522 library's read_id() gave.")
@click.option("--uids", type=FILE, help="With --stock: a file of whole ids (7:04A3…), one a line, to look up in.")
@CONFIG
@AS_JSON
def cards_import(file: Path, config_file: Path | None, *, dry_run: bool, as_json: bool, **how: Any) -> None:
    """Link the cards of a CSV FILE: card, member, and if you like language, large_text, long_pulse."""
    from kiosk.card_service import link_rows

    config = _config(config_file)
    reading = Reading(
        hasher=_hasher(config),
        uid_format=None if how["uid_format"] is None else UidFormat(how["uid_format"]),
        stock=how["stock"],
        uids=() if how["uids"] is None else _uids(how["uids"]),
    )
    sheet = read_cards(file.read_bytes(), reading)
    usable = [row for row in sheet.rows if row.card is not None]
    outcomes = link_rows(config, [row.request() for row in usable], transfer=how["transfer"], dry=dry_run)
    answers = {row.line: judged(row, outcome) for row, outcome in zip(usable, outcomes, strict=True)}
    said = {row.line: outcome["outcome"] for row, outcome in zip(usable, outcomes, strict=True)}
    rows = [answers.get(row.line, row) for row in sheet.rows]
    for problem in sheet.problems:
        click.echo(problem, err=True)
    for row in rows:
        _tell(row, said.get(row.line, "skipped"), as_json=as_json)
    faults = sum(bool(row.fault) for row in rows) + len(sheet.problems)
    if not as_json:
        _sum_up(Counter("fault" if row.fault else said.get(row.line, "skipped") for row in rows), dry=dry_run)
    if faults:
        sys.exit(1)


def _uids(file: Path) -> tuple[CardUid, ...]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        return tuple(parse_uid(line.strip()) for line in lines if line.strip())
    except ValueError:
        raise KioskError(f"{file}: a line is no id like 7:04A3C6CAE26180") from None


def _tell(row: Row, outcome: str, *, as_json: bool) -> None:
    if as_json:
        told = {"line": row.line, "member": row.member, "outcome": "fault" if row.fault else outcome}
        click.echo(json.dumps({**told, "fault": row.fault or None, "note": row.note or None}, ensure_ascii=False))
    elif row.fault or row.note:
        click.echo(f"line {row.line}, member {row.member or '?'}: {row.fault or row.note}", err=bool(row.fault))


def _sum_up(counts: Mapping[str, int], *, dry: bool) -> None:
    linked = "would be linked" if dry else "linked"
    words = (("linked", linked), ("same", "were linked already"), ("skipped", "left out"), ("fault", "cannot be"))
    click.echo(", ".join(f"{counts[name]} {word}" for name, word in words if counts.get(name)) or "no cards in it")


def _config(config_file: Path | None) -> Config:
    return load_config(config_file)[0]


def _hasher(config: Config) -> CardHasher:
    from kiosk.app_parts import make_hasher

    return make_hasher(config)


def _ask(config: Config, name: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    from kiosk.card_service import card_command

    return card_command(config, name, given)
