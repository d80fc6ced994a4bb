"""``kiosk backup`` and ``kiosk key``: what must outlive the SD card."""

import os
import sys
from itertools import takewhile
from pathlib import Path

import click

from kiosk.cli_options import CONFIG, first_line, load_config, write_private

PASSPHRASE = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Take the passphrase from the first line of this file; else it is asked for, or taken from KIOSK_PASSPHRASE.",
)
FILE = click.Path(path_type=Path, dir_okay=False)


def passphrase_from(file: Path | None, *, new: bool) -> str:
    """The passphrase, from a file, the environment or the keyboard, never from the command line."""
    if file is not None:
        return first_line(file)
    given = os.environ.get("KIOSK_PASSPHRASE")
    if given is not None:
        return given
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True))


@click.group()
def backup() -> None:
    """Everything precious, encrypted, and back."""


@backup.command("create")
@click.argument("file", type=FILE)
@CONFIG
@PASSPHRASE
def backup_create(file: Path, config_file: Path | None, passphrase_file: Path | None) -> None:
    """Write journal, card links, jars, card key and configuration to FILE. The terminal may be running."""
    from kiosk.keeping import create_backup

    config, config_file = load_config(config_file)
    create_backup(config, config_file, file, passphrase_from(passphrase_file, new=True))
    click.echo(f"{file}: written. Keep it away from the terminal, and the passphrase away from the file.")


@backup.command("nightly")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--keep", type=click.IntRange(1, 400), default=7, show_default=True, help="How many to leave there.")
@CONFIG
@PASSPHRASE
def backup_nightly(folder: Path, keep: int, config_file: Path | None, passphrase_file: Path | None) -> None:
    """Write a backup of today into FOLDER and take the oldest away: for a timer."""
    from kiosk.keeping import nightly_backup

    config, config_file = load_config(config_file)
    written = nightly_backup(config, config_file, folder, passphrase_from(passphrase_file, new=True), keep)
    click.echo(f"{written}: written.")


@backup.command("restore")
@click.argument("file", type=FILE)
@click.option("--key-file", type=FILE, required=True, help="Where the card key goes; [cards] key_file names it.")
@CONFIG
@PASSPHRASE
def backup_restore(file: Path, key_file: Path, config_file: Path | None, passphrase_file: Path | None) -> None:
    """Put the backup FILE back on a terminal that has nothing yet and does not run."""
    from kiosk.card_key import PREVIOUS_CREDENTIAL, previous_of
    from kiosk.durable import put_whole
    from kiosk.keeping import restore_backup

    config, _ = load_config(config_file, with_card_key=False)
    contents = restore_backup(config, file, passphrase_from(passphrase_file, new=False), key_file)
    click.echo(
        f"{config.terminal.data_dir}: restored from the backup of {contents.terminal}, {contents.made_at:%d %B %Y}."
    )
    click.echo(f"The card key is in {key_file}; {_wanted(key_file, contents.key_id)}.")
    if "previous.key" in contents.extras:
        previous = previous_of(key_file)
        click.echo(f"The key before is in {previous}: some cards are known by it alone.")
        if previous.name != PREVIOUS_CREDENTIAL:
            click.echo(f'  previous_key_file = "{previous}"')
    if "kiosk.toml" in contents.extras:
        then = config.terminal.data_dir / "kiosk.toml.restored"
        # It may hold secrets, and the folder is another user's: a link that lies there is not followed.
        put_whole(then, contents.extras["kiosk.toml"], 0o600)
        click.echo(f"The configuration of then is in {then}.")


@click.group()
def key() -> None:
    """The coop's card key."""


@key.command("export")
@click.option("-o", "file", type=FILE, required=True, help="The sheet, an SVG picture of one page A4.")
@CONFIG
@PASSPHRASE
def key_export(file: Path, config_file: Path | None, passphrase_file: Path | None) -> None:
    """Write the emergency sheet: the card key as a QR code under a passphrase, to be printed and locked away."""
    from kiosk.card_key import sheet_svg
    from kiosk.keeping import card_key_of

    config, _ = load_config(config_file)
    sheet = sheet_svg(card_key_of(config), passphrase_from(passphrase_file, new=True), config.coop.name)
    write_private(file, sheet)
    click.echo(f"{file}: written. Print it, and delete the file.")


@key.command("rotate")
@click.argument("new_id", metavar="NEW_ID")
@CONFIG
def key_rotate(new_id: str, config_file: Path | None) -> None:
    """Make a new card key named NEW_ID; the old one goes on being understood until each card was laid once."""
    from kiosk.card_key import PREVIOUS_CREDENTIAL, rotate_key_file

    config, _ = load_config(config_file)
    if config.cards.key_file is None:
        raise click.UsageError("[cards] key_file is not set: there is no file to change")
    previous = rotate_key_file(config.cards.key_file, config.cards.key_id, new_id)
    click.echo(f"{config.cards.key_file}: a new key. In [cards] set, here and on every terminal of the coop:")
    click.echo(f'  key_id = "{new_id}"')
    if previous.name != PREVIOUS_CREDENTIAL:
        click.echo(f'  previous_key_file = "{previous}"')
    click.echo(
        "Then restart, print a new emergency sheet (kiosk key export) and bring the key to the other terminals by it."
    )


@key.command("import")
@click.option("-o", "file", type=FILE, required=True, help="The key file to write; [cards] key_file names it.")
@PASSPHRASE
def key_import(file: Path, passphrase_file: Path | None) -> None:
    """Read the text of an emergency sheet (from standard input: scan it, or type it) and write the key file."""
    from kiosk.card_key import read_sheet, write_key_file

    if sys.stdin.isatty():
        click.echo("Scan the sheet, or type its groups; end with an empty line.", err=True)
    text = "".join(takewhile(str.strip, iter(sys.stdin.readline, "")))
    card_key = read_sheet(text, passphrase_from(passphrase_file, new=False))
    write_key_file(file, card_key)
    click.echo(f"{file}: written; {_wanted(file, card_key.key_id)}.")


def _wanted(file: Path, key_id: str) -> str:
    """What the configuration has to say of a card key. Where systemd lends it, a key_file of it could not be read."""
    from kiosk.card_key import CREDENTIAL
    from kiosk.config import CREDENTIALS

    lent = file.name == CREDENTIAL and file.absolute().parent.name == CREDENTIALS
    return f'[cards] needs key_id = "{key_id}"' + (
        ", and no key_file: systemd lends it" if lent else " and key_file for it"
    )
