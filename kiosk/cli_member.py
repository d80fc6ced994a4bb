"""``kiosk member``: a person's data, and its erasure."""

import sys
from pathlib import Path

import click

from kiosk.cli_options import CONFIG, load_config, write_private

WHO = click.argument("member_id", metavar="ID")


@click.group()
def member() -> None:
    """A member's data, and its erasure."""


@member.command("export")
@WHO
@click.option("-o", "file", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The text, in French.")
@CONFIG
def member_export(member_id: str, file: Path, config_file: Path | None) -> None:
    """Write all that this terminal knows of the member ID, and how long it is kept, for that person to read."""
    from kiosk.member_data import export

    write_private(file, export(load_config(config_file)[0], member_id))
    click.echo(f"{file}: written. Hand it over, and delete the file.")


@member.command("forget")
@WHO
@click.option("--anyway", is_flag=True, help="Give up what the server has not taken.")
@CONFIG
def member_forget(member_id: str, config_file: Path | None, *, anyway: bool) -> None:
    """Send what waits of the member ID, erase the rest, and tell the server, so that every terminal forgets them."""
    from kiosk.member_data import forget

    said, well = forget(load_config(config_file)[0], member_id, anyway=anyway)
    click.echo(said, err=not well)
    if not well:
        sys.exit(1)
