"""``kiosk scale``, ``kiosk label`` and ``kiosk jars``: the bulk station, from a shell."""

import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from kiosk.cli_options import AS_JSON, CONFIG, load_config, show

LONGEST_CODE = 12
PORT = click.argument("port")
OUT = click.option("-o", "out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file.")


@click.group()
def scale() -> None:
    """A shop's scale: what it says, and how it speaks."""


@scale.command("record")
@PORT
@click.option("--protocol", required=True, help="How it is asked; its usual line settings hold.")
@click.option("--seconds", type=click.FloatRange(min=0.1), help="Until Ctrl-C without it.")
@click.option("--baud", type=int, help="Bits a second, where not as usual.")
@click.option("--line", help="Data bits, parity and stop bits like 8N1, where not as usual.")
@click.option("--request", help="What asks for a reading, with Python's escapes; empty for a scale that streams.")
@OUT
def scale_record(port: str, protocol: str, out: Path, seconds: float | None, **settings: Any) -> None:
    """Write what the scale on PORT says into a file, for a bug report."""
    from kiosk.clock import SystemClock
    from kiosk.devices.scale_finding import record
    from kiosk.devices.scale_line import FAULTS, Dialect
    from kiosk.devices.scales.registry import SCALES, decode_stream

    if protocol not in SCALES:
        raise click.BadParameter(f"{protocol!r} is none of {', '.join(SCALES)}", param_hint="--protocol")
    settings["request"] = _bytes(settings["request"])
    total = 0
    try:
        with out.open("wb", buffering=0) as file:
            for brought in record(port, Dialect(protocol=protocol, **settings), SystemClock(), file, seconds):
                total += brought
    except KeyboardInterrupt:
        click.echo("", err=True)
    except FAULTS as fault:
        click.echo(f"{port}: {fault}", err=True)
        sys.exit(1)
    with out.open("rb") as file:
        understood = sum(event["event"] != "garbage" for event in decode_stream(SCALES[protocol](), file))
    click.echo(
        f"{out}: {total} bytes, {understood} answers understood. kiosk decode scale {protocol} {out} shows them."
    )
    if not understood:
        click.echo(f"Nothing the scale said was {protocol}.", err=True)
        sys.exit(1)


def _bytes(text: str | None) -> bytes | None:
    """A request as it is typed in a shell, control characters as Python writes them."""
    if text is None:
        return None
    try:
        return text.encode("latin-1").decode("unicode_escape").encode("latin-1")
    except UnicodeError as fault:
        raise click.BadParameter(f"{text!r}: {fault}", param_hint="--request") from None


@scale.command("detect")
@PORT
@click.option("--baud", type=int, help="Bits a second, where it is known not to be 9600.")
def scale_detect(port: str, baud: int | None) -> None:
    """Find out how the scale on PORT speaks: listen, then ask harmless questions only.

    Put something on the pan before: some scales tell nothing of an empty one. Nothing is tared, zeroed or printed.
    """
    from kiosk.clock import SystemClock
    from kiosk.devices.scale_finding import detect, settings_of

    tried, faults = False, set[str]()
    for finding in detect(port, SystemClock(), baud=baud):
        if finding.understood and finding.dialect is not None:
            click.echo(f"{finding.how}: yes, {finding.sample}")
            click.echo("")
            click.echo("[scale]")
            click.echo("enabled = true")
            click.echo(f'port = "{port}"')
            click.echo(settings_of(finding.dialect))
            return
        tried |= not finding.fault
        if finding.fault not in faults:
            click.echo(f"{finding.how}: {finding.fault or (finding.garbage and 'speaks, but not so') or 'no answer'}")
        if finding.fault:
            faults.add(finding.fault)
    advice = (
        "no protocol fits. kiosk scale record makes a file for a bug report."
        if tried
        else "cannot be opened. Is it plugged in? A terminal that runs holds it: sudo systemctl stop kiosk."
    )
    click.echo(f"{port}: {advice}", err=True)
    sys.exit(1)


@click.command()
@click.option("--grams", type=click.IntRange(1, 99_999), required=True, help="The tare.")
@click.option("--jar", help="The jar's code: six digits, the last one a check digit.")
@click.option("--to", "language", type=click.Choice(("zpl", "tspl", "escpos", "png")), required=True)
@CONFIG
@OUT
def label(grams: int, jar: str | None, language: str, config_file: Path | None, out: Path) -> None:
    """Write one tare label as a printer's bytes, or as a picture. Size and bar code are those of the configuration."""
    from kiosk.devices.labels.layout import WORDS, Label, draw_label
    from kiosk.devices.labels.registry import LANGUAGES
    from kiosk.tares import is_jar_code
    from kiosk.types import Grams, JarCode

    if jar is not None and not (jar.isascii() and jar.isdigit() and len(jar) <= LONGEST_CODE):
        raise click.BadParameter(f"{jar!r} is no jar code: those are digits", param_hint="--jar")
    if jar is not None and not is_jar_code(jar):
        click.echo(
            f"{jar}: not a code that a kiosk gives (six digits, the last one checks); it will not know it", err=True
        )
    config = load_config(config_file)[0]
    today = datetime.now(UTC).astimezone(config.terminal.timezone).date()
    wanted = Label(grams=Grams(grams), weighed_on=today, jar=None if jar is None else JarCode(jar))
    stock = config.printer.stock()
    try:
        raster = draw_label(wanted, stock, config.printer.tares(), WORDS[config.terminal.language])
    except ValueError as wrong:
        click.echo(str(wrong), err=True)
        sys.exit(1)
    out.write_bytes(LANGUAGES[language].encode(raster, stock))


@click.group()
def jars() -> None:
    """The jars whose tare is remembered. No person is tied to them."""


@jars.command("list")
@CONFIG
@AS_JSON
def jars_list(config_file: Path | None, *, as_json: bool) -> None:
    """Each jar's code, grams, day, and whether a sticker leads to it."""
    from kiosk.looking import known_jars

    show(known_jars(load_config(config_file)[0]), as_json=as_json)


@jars.command("export")
@CONFIG
@click.option("-o", "out", type=click.File("w", encoding="utf-8", lazy=True), default="-", help="The file.")
def jars_export(config_file: Path | None, out: TextIO) -> None:
    """Write the jars as CSV for the till: code, grams, the label's bar code, day."""
    from kiosk.looking import known_jars

    config = load_config(config_file)[0]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "grams", "ean13", "weighed_on"))
    writer.writerows(_for_the_till(known_jars(config), config.printer.tares()))


def _for_the_till(rows: list[dict[str, Any]], tares: Any) -> Iterator[tuple[object, ...]]:
    for row in rows:
        try:
            code = tares.code(row["grams"])
        except ValueError:
            # A weight from before the coop changed its prefix: the till can still look it up by its code.
            code = ""
        yield row["code"], row["grams"], code, row["weighed_on"]
