"""The command line, a promise to scripts: 0 is well, 1 found something wrong and says it, 2 was used wrongly.

Every command is thin: what it does is a function elsewhere. Whatever pulls in Kivy, hardware or a server is imported by
the command that needs it.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from kiosk import __version__
from kiosk.cli_backend import backend
from kiosk.cli_bulk import jars, label, scale
from kiosk.cli_cards import cards
from kiosk.cli_check import check
from kiosk.cli_door import door
from kiosk.cli_facts import journal, outbox, sync
from kiosk.cli_gestion_compte import gestion_compte
from kiosk.cli_keep import backup, key
from kiosk.cli_member import member
from kiosk.cli_odoo import odoo
from kiosk.cli_options import AS_JSON, CONFIG, load_config, show
from kiosk.cli_simulate import simulate
from kiosk.cli_update import update
from kiosk.config import SYSTEM_FILE, Config
from kiosk.devices.scales.registry import SCALES
from kiosk.errors import ConfigError, KioskError
from kiosk.first_run.finding import is_guide_wanted

F = TypeVar("F", bound=Callable[..., Any])

BACKENDS = ("rest", "folder", "gestion-compte", "odoo")
SCREENS = ("rpi7", "td2", "td2-portrait", "hd7")


def main() -> None:
    """Run the command line; errors of the program itself become one sentence and status 1."""
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except ConfigError as wrong:
        for fault in wrong.faults:
            click.echo(fault, err=True)
        sys.exit(1)
    except (KioskError, OSError) as wrong:
        # A file that cannot be read or written is named by the error itself.
        click.echo(str(wrong), err=True)
        sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kiosk")
def cli() -> None:
    """The terminal at the entrance of a cooperative supermarket."""


def _load(config_file: Path | None) -> Config:
    return load_config(config_file)[0]


for _group in (
    backend,
    backup,
    cards,
    check,
    door,
    gestion_compte,
    jars,
    journal,
    key,
    label,
    member,
    odoo,
    outbox,
    scale,
    simulate,
    sync,
    update,
):
    cli.add_command(_group)


# ── the terminal ──────────────────────────────────────────────────────────────────────────────────────────────────


@cli.command()
@CONFIG
def run(config_file: Path | None) -> None:
    """Run the terminal, as systemd starts it. Where there is no configuration yet, the screen asks for it."""
    if config_file is None and is_guide_wanted(SYSTEM_FILE):
        _set_up()
        return
    from kiosk.app import Terminal
    from kiosk.app_looks import make_looks
    from kiosk.clock import SystemClock
    from kiosk.logs import configure
    from kiosk.screens.face import Face

    config = _load(config_file)
    configure(config.log.level)
    clock = SystemClock()
    terminal = Terminal(config, clock)
    face = Face(
        config.terminal.screen,
        terminal.reactor.post,
        clock.monotonic,
        config.terminal.timezone,
        looks=make_looks(config),
        now=clock.now,
        touched=None if terminal.backlight is None else terminal.backlight.wake,
        fullscreen=True,
        input_provider=_input_provider(),
    )
    terminal.run(face)


def _input_provider() -> str:
    """Under KMSDRM no display server feeds the window: Kivy reads the touch panel itself."""
    return "probesysfs,provider=mtdev" if os.environ.get("SDL_VIDEODRIVER") == "KMSDRM" else ""


def _set_up() -> None:
    """The guide of the first run, until the terminal can start."""
    from kiosk.first_run.playing import play_guide
    from kiosk.logs import configure

    configure("info")
    if not play_guide(_input_provider()):
        click.echo("The terminal is set up: kiosk run starts it.", err=True)


def _demo_options(command: F) -> F:
    for option in (
        click.option(
            "--data", type=click.Path(path_type=Path, file_okay=False), help="Keep everything in this folder."
        ),
        click.option("--lang", type=click.Choice(("fr", "en")), default="fr", show_default=True),
        click.option("--printer", type=click.Choice(("tspl", "zpl", "escpos")), default="tspl", show_default=True),
        click.option("--network-scale", is_flag=True, help="The scale is behind a serial server (TCP)."),
        click.option("--scale", type=click.Choice(tuple(SCALES)), default="mt_sics", show_default=True),
        click.option("--screen", type=click.Choice(SCREENS), default="rpi7", show_default=True, help="The panel."),
        click.option("--members", type=click.IntRange(40, 100_000), default=800, show_default=True),
        click.option("--seed", type=int, default=400, show_default=True, help="Another coop, always the same."),
        click.option("--backend", type=click.Choice(BACKENDS), default="rest", show_default=True),
    ):
        command = option(command)
    return command


@cli.command()
@_demo_options
@click.option("--first-run", is_flag=True, help="As it comes: the guide on the screen sets it up first.")
def demo(*, first_run: bool, **wish: Any) -> None:
    """The terminal in a window, with simulated hardware and an invented coop, and a workbench beside it.

    Keys 1 to 9 tap cards, up and down load the scale, F5 unplugs the reader, F6 cuts the network.
    """
    from kiosk.demo.first_run import play_first_run
    from kiosk.demo.play import play_demo
    from kiosk.logs import configure

    configure("info")
    (play_first_run if first_run else play_demo)(_wish(wish))


@cli.command()
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@_demo_options
@click.option("--first-run", is_flag=True, help="The guide that sets a terminal up, instead of a coop's day.")
def tour(out: Path, *, first_run: bool, **wish: Any) -> None:
    """Play a coop's day unattended; one picture a step and report.json go to OUT. Needs no display."""
    from kiosk.demo.first_run import play_guide_tour
    from kiosk.demo.play import play_tour
    from kiosk.logs import configure

    configure("warning")
    well = (play_guide_tour if first_run else play_tour)(_wish(wish), out, click.echo)
    click.echo(f"The pictures are in {out}, the report in {out / 'report.json'}.")
    if not well:
        click.echo("Not every step reached its view.", err=True)
        sys.exit(1)


def _wish(options: dict[str, Any]) -> Any:
    from kiosk.demo.room import Wish

    return Wish(
        directory=options["data"],
        backend=options["backend"],
        seed=options["seed"],
        members=options["members"],
        screen=options["screen"],
        language=options["lang"],
        scale=options["scale"],
        network_scale=options["network_scale"],
        printer=options["printer"],
    )


# ── data and configuration ────────────────────────────────────────────────────────────────────────────────────────


@cli.group()
def data() -> None:
    """Invented coops."""


@data.command("make")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--members", type=click.IntRange(1, 1_000_000), default=800, show_default=True)
@click.option("--seed", type=int, default=400, show_default=True)
def data_make(folder: Path, members: int, seed: int) -> None:
    """Write an invented coop into FOLDER, as the CSV files that the folder backend reads."""
    from kiosk.demo.cast import ZONE
    from kiosk.demo.data import make_coop

    make_coop(folder, members, seed, today=datetime.now(UTC).astimezone(ZONE).date())
    click.echo(
        f"{folder}: a coop of {members} people, the same for every {seed=}. docs/folder.md explains the columns."
    )


@cli.group()
def config() -> None:
    """The configuration."""


@config.command("init")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def config_init(file: Path) -> None:
    """Write a commented configuration to FILE."""
    from kiosk.config import write_initial

    write_initial(file)
    click.echo(f"{file}: written. Say what differs, then: kiosk config check {file}")


@config.command("qr")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("-o", "out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="An SVG picture.")
def config_qr(file: Path, out: Path) -> None:
    """Write FILE with the secrets that it names as a set-up code, which "scripts/install --qr" has scanned."""
    from kiosk.install.settings import bring
    from kiosk.install.setup_code import encode, svg

    brought = bring(file)
    picture = svg(encode(brought.text, brought.secrets))
    # It holds the secrets: for its owner alone, as the files that they are from.
    out.unlink(missing_ok=True)
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write(picture)
    click.echo(f"{out}: written. Whoever has it has the secrets: destroy it once the terminal is installed.")


@config.command("check")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def config_check(file: Path) -> None:
    """Tell every mistake in FILE at once."""
    from kiosk.config import check as faults_of

    faults = faults_of(file)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(1)
    click.echo(f"{file}: well.")


@config.command("show")
@CONFIG
def configshow(config_file: Path | None) -> None:
    """Print the configuration in force, secrets masked."""
    click.echo(_load(config_file).masked(), nl=False)


# ── looking in ────────────────────────────────────────────────────────────────────────────────────────────────────


@cli.command()
@CONFIG
@AS_JSON
def status(config_file: Path | None, *, as_json: bool) -> None:
    """How the running terminal is."""
    from kiosk.app import control_path
    from kiosk.control import ask

    answer = ask(control_path(_load(config_file)), "status", {})
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for name, value in _flat(answer):
            click.echo(f"{name:30} {'-' if value in (None, []) else value}")


def _flat(answer: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """What is inside of what, each on a line of its own: ``door.mode``."""
    for name, value in answer.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


@cli.command()
@click.argument("who")
@click.option(
    "--at", "when", type=click.DateTime(("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")), help="Local time; now without it."
)
@CONFIG
@AS_JSON
def decide(who: str, when: datetime | None, config_file: Path | None, *, as_json: bool) -> None:
    """Explain one access decision about a card (7:04A3…, ean:0420…) or a member number; opens nothing."""
    from kiosk.looking import explain

    answer = explain(_load(config_file), who, when)
    show([answer], as_json=True) if as_json else _tell(answer)


def _tell(answer: dict[str, Any]) -> None:
    for name, value in _flat(answer):
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        click.echo(f"{name:15} {'-' if shown in (None, '') else shown}")


@cli.group()
def decode() -> None:
    """Bytes of a device into events."""


@decode.command("scale")
@click.argument("protocol")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--regex", "pattern", help="For the protocol regex: what matches one line, as [scale] regex.")
@click.option("--unit", type=click.Choice(("kg", "g", "lb")), help="For regex: the unit of lines that name none.")
def decode_scale(protocol: str, file: BinaryIO, **lines: str | None) -> None:
    """A scale's bytes (FILE or standard input) as events, a JSON object a line."""
    from kiosk.devices.scales.registry import decode_stream

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
