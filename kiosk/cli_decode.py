"""``kiosk decode``: recorded bytes of a device, as the terminal understands them."""

from typing import Any, BinaryIO

import click

from kiosk.cli_options import show
from kiosk.devices.scales.registry import SCALES, decode_stream


@click.group()
def decode() -> None:
    """Bytes of a device into events."""


@decode.command("scale")
@click.argument("protocol")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--regex", "pattern", help="For the protocol regex: what matches one line, as [scale] regex.")
@click.option("--unit", type=click.Choice(("kg", "g", "lb")), help="For regex: the unit of lines that name none.")
def decode_scale(protocol: str, file: BinaryIO, **lines: str | None) -> None:
    """A scale's bytes (FILE or standard input) as events, a JSON object a line."""
    show(decode_stream(_decoder(protocol, lines), file), as_json=True)


def _decoder(protocol: str, lines: dict[str, str | None]) -> Any:
    if protocol not in SCALES:
        raise click.BadParameter(f"{protocol!r} is none of {', '.join(SCALES)}", param_hint="PROTOCOL")
    given = {name: value for name, value in lines.items() if value is not None}
    if given and protocol != "regex":
        raise click.UsageError("--regex and --unit go with the protocol regex")
    try:
        return SCALES[protocol](**given)
    except ValueError as wrong:
        raise click.UsageError(f"--regex {wrong}") from None


@decode.command("keys")
@click.option("--layout", type=click.Choice(("us", "fr")), default="us", show_default=True)
@click.argument("file", type=click.File("rb"), default="-")
def decode_keys(layout: str, file: BinaryIO) -> None:
    """Raw input_event structs (FILE or standard input) as codes, a JSON object a line."""
    from kiosk.devices.keys import Layout
    from kiosk.devices.keys import decode_keys as codes

    show(({"event": "code", "text": text} for text in codes(file, Layout(layout))), as_json=True)
