"""The guide of the first run on simulated hardware, and then, in the same window, the terminal that it has set up."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from kiosk.app import Screen, Terminal, ends_with_signals
from kiosk.app_parts import Wiring
from kiosk.card_key import CardKey, sheet_text
from kiosk.config import load
from kiosk.demo.cast import ZONE, Kind, character
from kiosk.demo.play import prepare_unseen, running_room
from kiosk.demo.room import DEMO_KEY, RESET_PIN, Room, Wish
from kiosk.events import Event
from kiosk.first_run.folder import GuideFolder
from kiosk.first_run.runner import FirstRun
from kiosk.install.settings import FILE, bring_text
from kiosk.install.setup_code import encode
from kiosk.rules.guide_states import Progress
from kiosk.screens.face import Face
from kiosk.screens.workbench import Tool, ToolGroup, Workbench

log = logging.getLogger(__name__)

PASSPHRASE: Final = "482109375512"  # noqa: S105  of the demo's own sheet, which guards nobody
LAY_SECONDS: Final = 1.5


class RoomMachine:
    """A machine whose parts are those of the room.

    Args:
        room: running.
    """

    is_real = False

    def __init__(self, room: Room) -> None:
        self.wiring: Wiring = room
        self._room = room
        self._usb = room.directory / "usb" / FILE

    def address(self) -> str:
        return "192.168.1.40"

    def maybe_usb(self) -> Path | None:
        return self._usb if self._usb.exists() else None

    def plug_usb(self) -> None:
        """A USB key with the room's configuration is plugged in."""
        self._usb.parent.mkdir(exist_ok=True)
        self._usb.write_text(self._room.toml(), encoding="utf-8")

    def unplug_usb(self) -> None:
        self._usb.unlink(missing_ok=True)

    def serial_ports(self) -> Sequence[str]:
        return (self._room.scale.url,)

    def printer_port(self) -> str:
        return f"127.0.0.1:{self._room.printer.port}"


def bare(room: Room) -> Progress:
    """Where a guide in this room begins: with what a real machine needs no word for."""
    screen, language = room.wish.screen, room.wish.language
    return Progress(
        language=language,
        settings={
            ("terminal", "name"): "demo",
            ("terminal", "screen"): screen,
            ("terminal", "timezone"): ZONE.key,
            ("terminal", "data_dir"): "data",
            ("terminal", "runtime_dir"): "run",
            ("backend", "folder"): str(room.directory / "members"),
            ("reader", "bus"): "simulated",
            ("reader", "reset_pin"): RESET_PIN,
        },
    )


def setup_code(room: Room) -> str:
    """The digits of the room's set-up code."""
    brought = bring_text(room.toml(), {})
    return encode(brought.text, brought.secrets)


def emergency_sheet() -> str:
    """What the sheet of the coop's other terminal says."""
    return sheet_text(CardKey(key=bytes.fromhex(DEMO_KEY), key_id="demo"), PASSPHRASE)


class FirstRunShow:
    """The guide, and after it the terminal. Twice stopped does no harm.

    Args:
        room: running.
        folder: what the guide keeps; one that was begun is gone on with.
    """

    def __init__(self, room: Room, folder: Path) -> None:
        self.room = room
        self.machine = RoomMachine(room)
        self.folder = folder
        self.terminal: Terminal | None = None
        self._screen: Screen | None = None
        self._stack = ExitStack()
        self._guard = threading.Lock()
        self._guide = FirstRun(GuideFolder(folder, bare(room)), self.machine, room.clock, self._change_over)

    def post(self, event: Event) -> None:
        """Where the window's touches go: whoever is on the screen."""
        if self.terminal is None:
            self._guide.post(event)
        else:
            self.terminal.reactor.post(event)

    def start(self, screen: Screen) -> None:
        self._screen = screen
        self._guide.show_on(screen)

    def _change_over(self) -> None:
        """From the guide's own thread: another one waits for its end."""
        threading.Thread(target=self._start_terminal, name="change-over", daemon=True).start()

    def _start_terminal(self) -> None:
        self._guide.request_stop()
        self._guide.join()
        with self._guard:
            terminal = Terminal(load(self.folder / FILE, {}), self.room.clock, self.room)
            assert self._screen is not None
            self._stack.enter_context(terminal.running(self._screen))
            self.terminal = terminal
        log.info("the terminal that the guide has set up is running")

    def stop(self) -> None:
        self._guide.request_stop()
        self._guide.join()
        with self._guard:
            self._stack.close()


def workbench(show: FirstRunShow) -> Workbench:
    """The hands on the room, for somebody who plays the technician."""
    room = show.room
    return Workbench(
        groups=(
            ToolGroup(
                title="Configuration",
                tools=(
                    Tool(label="Scanner le code", key="1", call=lambda: room.scan(setup_code(room))),
                    Tool(label="Scanner la feuille", key="2", call=lambda: room.scan(emergency_sheet())),
                    Tool(label="Scanner un badge", key="3", call=lambda: room.scan(character(Kind.BADGE).card)),
                    Tool(label="Brancher la clé USB", key="4", call=show.machine.plug_usb),
                    Tool(label="Enlever la clé USB", key="", call=show.machine.unplug_usb),
                ),
            ),
            ToolGroup(
                title=f"Phrase de passe : {PASSPHRASE}",
                tools=(
                    Tool(label="Poser une carte", key="5", call=lambda: _tap(room, character(Kind.OK).card)),
                    Tool(label="Poser un téléphone", key="6", call=lambda: _tap(room, "phone")),
                ),
            ),
            ToolGroup(
                title="Balance",
                tools=(
                    Tool(label="Bocal 352 g", key="up", call=lambda: room.scale.place(352)),
                    Tool(label="Vider le plateau", key="down", call=room.scale.remove),
                    Tool(label="Éteindre", key="", call=room.scale.unplug),
                    Tool(label="Allumer", key="", call=room.scale.plug),
                ),
            ),
            ToolGroup(
                title="Prises",
                tools=(
                    Tool(label="Débrancher le lecteur", key="f5", call=room.unplug_reader),
                    Tool(label="Rebrancher le lecteur", key="f7", call=room.plug_reader),
                    Tool(label="Imprimante : éteindre", key="", call=room.printer.unplug),
                    Tool(label="Imprimante : allumer", key="", call=room.printer.plug),
                    Tool(label="Couper le réseau", key="f6", call=room.cut_network),
                    Tool(label="Rétablir le réseau", key="f10", call=room.mend_network),
                ),
            ),
        ),
        door_open=lambda: room.door.is_energised,
        lamp_on="LED du relais : allumée",
        lamp_off="LED du relais : éteinte",
    )


def _tap(room: Room, card_id: str) -> None:
    room.lay_card(card_id)
    timer = threading.Timer(LAY_SECONDS, room.lift_card, (card_id,))
    timer.daemon = True
    timer.start()


def play_first_run(wish: Wish) -> None:
    """The guide in a window, then the terminal, until the window is closed."""
    with running_room(wish) as room:
        show = FirstRunShow(room, room.directory / "first-run")
        face = Face(wish.screen, show.post, room.clock.monotonic, ZONE, tools=workbench(show))
        show.start(face)
        try:
            with ends_with_signals(face.stop):
                face.run()
        finally:
            show.stop()


def play_guide_tour(wish: Wish, folder: Path, tell: Callable[[str], None]) -> bool:
    """The tour of the guide, pictures and ``report.json`` in ``folder``; whether every moment was reached."""
    # The tour plays this module's show.
    from kiosk.demo.guide_tour import GuideTour  # noqa: PLC0415 - see above

    prepare_unseen()
    with running_room(wish) as room:
        tour = GuideTour(room, folder, tell)
        face = Face(wish.screen, tour.post, room.clock.monotonic, ZONE)
        return tour.play(face)
