"""The demo in a window, and the tour without one: a room, a terminal on it, and a face."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from kiosk.app import Terminal
from kiosk.app_looks import make_looks
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.demo.tour import Tour
from kiosk.demo.workbench import workbench
from kiosk.effects import ResetDoor
from kiosk.screens.face import Face


def play_demo(wish: Wish) -> None:
    """The terminal in a window, the workbench beside it, until the window is closed."""
    with running_room(wish) as room:
        terminal = Terminal(room.config(), room.clock, room)
        face = Face(
            wish.screen,
            terminal.reactor.post,
            room.clock.monotonic,
            terminal.reactor.settings.zone,
            looks=make_looks(room.config()),
            tools=workbench(room, lambda: _reset(terminal)),
        )
        terminal.run(face)


def _reset(terminal: Terminal) -> None:
    if terminal.door is not None:
        terminal.door.obey(ResetDoor())


def play_tour(wish: Wish, folder: Path, tell: Callable[[str], None]) -> bool:
    """The tour, pictures and ``report.json`` in ``folder``; whether every step reached its view."""
    prepare_unseen()
    with running_room(wish) as room:
        terminal = Terminal(room.config(), room.clock, room)
        face = Face(wish.screen, terminal.reactor.post, room.clock.monotonic, terminal.reactor.settings.zone)
        return Tour(room, terminal, face, folder, tell).play()


def prepare_unseen() -> None:
    """A window that nobody looks at, and nobody listens to."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        # SDL draws into memory: no display is needed for pictures.
        os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    # Nobody listens to a tour, and a machine without a sound card complains at length.
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")


@contextmanager
def running_room(wish: Wish) -> Iterator[Room]:
    """A running room, in a folder that goes with it unless one was named."""
    with ExitStack() as stack:
        folder = wish.directory or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coop-kiosk-")))
        yield stack.enter_context(Room(wish, folder, demo_clock()).running())
