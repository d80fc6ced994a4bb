"""The command line, a promise to scripts: 0 is well, 1 found something wrong and says it, 2 was used wrongly.

Every command is thin: what it does is a function elsewhere. Whatever pulls in Kivy, hardware or a server is imported by
the command that needs it, and the commands of other modules when they are asked for: a door waits for one of them.
"""

import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from kiosk import __version__
from kiosk.cli_options import AS_JSON, CONFIG, load_config, show, write_private
from kiosk.config import SYSTEM_FILE, Config
from kiosk.errors import ConfigError, KioskError
from kiosk.first_run.finding import is_guide_wanted, maybe_configuration


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
        if isinstance(wrong, PermissionError) and not isinstance(wrong, KioskError) and os.geteuid() != 0:
            click.echo("Root may: call it again with sudo.", err=True)
        sys.exit(1)


ELSEWHERE: Final = {
    "backend": "cli_backend",
    "backup": "cli_keep",
    "cards": "cli_cards",
    "check": "cli_check",
    "data": "cli_demo",
    "decode": "cli_decode",
    "demo": "cli_demo",
    "door": "cli_door",
    "gestion-compte": "cli_gestion_compte",
    "jars": "cli_bulk",
    "journal": "cli_facts",
    "key": "cli_keep",
    "label": "cli_bulk",
    "member": "cli_member",
    "odoo": "cli_odoo",
    "outbox": "cli_facts",
    "scale": "cli_bulk",
    "simulate": "cli_simulate",
    "sync": "cli_facts",
    "tour": "cli_demo",
    "update": "cli_update",
}
"""The module of each command that is not in this one."""


class Commands(click.Group):
    """Those of this module, and those of :data:`ELSEWHERE`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"kiosk.{ELSEWHERE[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kiosk")
def cli() -> None:
    """The terminal at the entrance of a cooperative supermarket."""


def _load(config_file: Path | None) -> Config:
    return load_config(config_file)[0]


# ── the terminal ──────────────────────────────────────────────────────────────────────────────────────────────────


@cli.command()
@CONFIG
def run(config_file: Path | None) -> None:
    """Run the terminal, as systemd starts it.

    Where there is no configuration yet, the screen asks for it; where there is one with faults, it says which.
    """
    if config_file is None and is_guide_wanted(SYSTEM_FILE):
        _set_up()
        return
    from kiosk.app import Terminal
    from kiosk.app_looks import make_looks
    from kiosk.clock import SystemClock, last_seen
    from kiosk.logs import configure
    from kiosk.screens.face import Face

    try:
        config = _load(config_file)
        configure(config.log.level)
        clock = SystemClock(last_seen(config.terminal.data_dir))
        terminal = Terminal(config, clock)
    except ConfigError as wrong:
        _have_mended(config_file, wrong)
        return
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


def _have_mended(config_file: Path | None, wrong: ConfigError) -> None:
    """Faults that whoever typed the command is told; under systemd they are shown until they are mended."""
    from kiosk.app_parts import make_backend, make_hasher
    from kiosk.clock import SystemClock
    from kiosk.logs import configure
    from kiosk.mending import show_faults
    from kiosk.watchdog import Notifier

    file = config_file or maybe_configuration(SYSTEM_FILE)
    if file is None or not Notifier().is_heard:
        raise wrong

    def judge() -> list[str]:
        if config_file is None and is_guide_wanted(SYSTEM_FILE):
            return []
        try:
            config = _load(config_file)
            make_backend(config, make_hasher(config), SystemClock()).close()
        except ConfigError as still:
            return still.faults
        return []

    configure("info")
    show_faults(file, wrong.faults, judge, _input_provider())


def _set_up() -> None:
    """The guide of the first run, until the terminal can start."""
    from kiosk.first_run.playing import play_guide
    from kiosk.logs import configure

    configure("info")
    if not play_guide(_input_provider()):
        click.echo("The terminal is set up: kiosk run starts it.", err=True)


# ── the configuration ────────────────────────────────────────────────────────────────────────────────────────


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
    write_private(out, svg(encode(brought.text, brought.secrets)))
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
def config_show(config_file: Path | None) -> None:
    """Print the configuration in force, secrets masked."""
    click.echo(_load(config_file).masked(), nl=False)


# ── looking in ────────────────────────────────────────────────────────────────────────────────────────────────────


@cli.command()
@CONFIG
@AS_JSON
def status(config_file: Path | None, *, as_json: bool) -> None:
    """How the running terminal is."""
    from kiosk.app_parts import control_path
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
