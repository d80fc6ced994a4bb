"""``kiosk demo``, ``tour`` and ``data``: the terminal without hardware, and coops that nobody has."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from kiosk.devices.scales.registry import SCALES

F = TypeVar("F", bound=Callable[..., Any])

BACKENDS = ("rest", "folder", "gestion-compte", "odoo")
SCREENS = ("rpi7", "td2", "td2-portrait", "hd7")


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


@click.command()
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


@click.command()
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


@click.group()
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
