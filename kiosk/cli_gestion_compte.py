"""``kiosk gestion-compte``: a cold start from the office's lists, cards' numbers, and what the server dates wrongly."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk.cli_options import AS_JSON, CONFIG, load_config, show

if TYPE_CHECKING:
    from kiosk.app_gestion_compte import LatePresence

LIST = click.Path(path_type=Path, dir_okay=False, exists=True)
FILTERS = {
    "frozen": ("frozen", "« gelé »."),
    "withdrawn": ("left", "« fermé »."),
    "unpaid": ("fee", "« Non adhéré », or by the day of the last membership; may be given twice."),
    "disabled": ("inactive", "« Non activé »."),
    "exempted": ("exempt", "« exempté »."),
}
"""Each export by filter, as the server calls it, and the standing of whoever is in it."""


@click.group(name="gestion-compte")
def gestion_compte() -> None:
    """A server of gestion-compte: what it does not tell by itself."""


def _import_options(command: Any) -> Any:
    for name, (_, filtered) in reversed(FILTERS.items()):
        command = click.option(f"--{name}", type=LIST, multiple=True, help=f"The export filtered by {filtered}")(
            command
        )
    return command


@gestion_compte.command("import")
@click.option("--members", type=LIST, help="« Export CSV » of everyone, the filter « fermé » emptied.")
@_import_options
@click.option("--cards", type=LIST, help="The coop's own list: carte, numéro and, where two share it, prénom.")
@click.option("--dry-run", is_flag=True, help="Only say what would be read.")
@CONFIG
def import_(
    members: Path | None, cards: Path | None, config_file: Path | None, *, dry_run: bool, **filtered: tuple[Path, ...]
) -> None:
    """Tell the terminal, which may be running, who there is and whose each card is, before anyone's first scan."""
    from kiosk.app_gestion_compte import Lists, import_lists
    from kiosk.app_parts import make_hasher
    from kiosk.clock import SystemClock
    from kiosk.types import Status

    if not (members or cards or any(filtered.values())):
        raise click.UsageError("there is nothing to read: name at least one list")
    config, _ = load_config(config_file)
    standings = {Status(FILTERS[name][0]): paths for name, paths in filtered.items()}
    lists = Lists(members=members, standings=standings, cards=cards)
    report = import_lists(config, make_hasher(config), SystemClock(), lists, keep=not dry_run)
    for problem in report.problems:
        click.echo(problem, err=True)
    click.echo(f"{report.people} people, {report.cards} cards: {'nothing was kept.' if dry_run else 'kept.'}")
    if report.problems:
        sys.exit(1)


@gestion_compte.command("code")
@click.argument("uids", metavar="[UID]...", nargs=-1)
@CONFIG
def code(uids: tuple[str, ...], config_file: Path | None) -> None:
    """The thirteen digits under which the office pairs a contactless card: of each UID, or of each line of input."""
    from kiosk.app_gestion_compte import number_of_card
    from kiosk.app_parts import make_hasher

    config, _ = load_config(config_file)
    hasher = make_hasher(config)
    if not uids and sys.stdin.isatty():
        click.echo("Lay card after card on a reader that types, or type uids; end with Ctrl-D.", err=True)
    for uid in uids or (line.strip() for line in sys.stdin):
        if uid:
            click.echo(number_of_card(config, hasher, uid))


@gestion_compte.command("late")
@CONFIG
@AS_JSON
def late(config_file: Path | None, *, as_json: bool) -> None:
    """Presences that the server has taken after their shift, with the true time of each: it dates them itself."""
    from kiosk.app_gestion_compte import late_presences
    from kiosk.app_parts import make_hasher

    config, _ = load_config(config_file)
    show(map(_row_of, late_presences(config, make_hasher(config))), as_json=as_json)


def _row_of(late: "LatePresence") -> dict[str, str]:
    return {
        "shift": f"{late.starts_at:%Y-%m-%d %H:%M}-{late.ends_at:%H:%M}",
        "job": late.job,
        "number": late.number,
        "name": late.name,
        "came_at": f"{late.came_at:%Y-%m-%d %H:%M}",
        "dated": f"{late.noted_at:%Y-%m-%d %H:%M}",
    }
