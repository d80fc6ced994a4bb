"""A whole room without hardware: a reader's chip, a scale, a door and a bell for the real drivers, and a server.

Only what lies below the drivers is pretended, and the configuration says where it is. The terminal built on it is the
one of a shop.
"""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gpiozero import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPin

from kiosk.clock import AdjustableClock
from kiosk.config import Config, parse
from kiosk.demo.cast import ZONE, demo_moment
from kiosk.demo.data import make_coop
from kiosk.devices.cards import CardHasher, parse_uid
from kiosk.devices.labels.png import encode_png
from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.stock import Stock
from kiosk.devices.pins import Pins
from kiosk.devices.simulated import card_models
from kiosk.devices.simulated.chip import Chip
from kiosk.devices.simulated.door import WHOLE, SimulatedDoor
from kiosk.devices.simulated.modules import Board, installed
from kiosk.devices.simulated.network import Cable
from kiosk.devices.simulated.printer import SimulatedPrinter
from kiosk.devices.simulated.scale import SimulatedScale
from kiosk.devices.simulated.wedge import UsbHub, Wedge

if TYPE_CHECKING:
    from kiosk.backends.reference_server import ReferenceServer
    from kiosk.demo.gestion_compte_room import GestionCompteRoom
    from kiosk.demo.odoo_room import OdooRoom

BELL_PIN: Final = 22
RESET_PIN: Final = 24
SCANNER_PATH: Final = "/dev/input/by-id/usb-Demo_Scanner-event-kbd"
UNSEEN_TRANSFERS: Final = 250
"""More than the looks at an empty field take after which the driver believes it is empty."""
SEEN_TRANSFERS: Final = 300
"""More than one look at an empty field and one reading of a card take."""
DEMO_KEY: Final = "00" * 31 + "2a"
"""The demo's cards are invented; its key guards nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What kind of demo is wanted.

    Attributes:
        directory: everything of the demo is below it, and what is there goes on being used; None: a passing one.
        backend: ``rest``, ``folder``, ``gestion-compte`` or ``odoo``.
        scale: a key of :data:`~kiosk.devices.scales.registry.SCALES`.
        network_scale: the scale is behind a serial server instead of on a serial port.
        printer: a key of :data:`~kiosk.devices.simulated.printer.TONGUES`.
    """

    directory: Path | None = None
    backend: str = "rest"
    seed: int = 400
    members: int = 800
    screen: str = "rpi7"
    language: str = "fr"
    station: str = "both"
    scale: str = "mt_sics"
    network_scale: bool = False
    printer: str = "tspl"


class Room:
    """The hardware and the hands on it. Every method may be called from any thread.

    Args:
        wish: what kind of room.
        directory: everything of the demo is below it; what is there goes on being used.
        clock: the time of everything in it.
    """

    def __init__(self, wish: Wish, directory: Path, clock: AdjustableClock) -> None:
        self.wish = wish
        self.directory = directory
        self.clock = clock
        self.chip = Chip()
        self.board = Board()
        self.board.wire(self.chip, bus=0, device=0, reset_pin=RESET_PIN)
        self.door = SimulatedDoor(WHOLE)
        port = 0 if wish.network_scale else directory / "scale"
        self.scale = SimulatedScale(port, clock, protocol=wish.scale, seed=wish.seed, division=2)
        self.printer = SimulatedPrinter(wish.printer, self._keep_label)
        self.hasher = CardHasher(bytes.fromhex(DEMO_KEY), "demo")
        self._scanner = Wedge(SCANNER_PATH)
        self._usb = UsbHub(self._scanner)
        self._bell_factory = MockFactory(revision="a02082", pin_class=MockPin)
        self._cards: dict[str, card_models.Card] = {}
        self._token = secrets.token_hex(16)
        self._pause = threading.Event()
        self.server: ReferenceServer | None = None
        self.odoo: OdooRoom | None = None
        self.gestion_compte: GestionCompteRoom | None = None
        self.cable: Cable | None = None

    # ── below the drivers ─────────────────────────────────────────────────────────────────────────────────────────

    def make_door_pins(self) -> Pins:
        return self.door.make_pins()

    def make_bell_pins(self) -> Pins:
        return Pins(factory=self._bell_factory, faults=(GPIOZeroError,), close=_keep)

    def make_input_devices(self) -> UsbHub:
        return self._usb

    @property
    def bell_sounds(self) -> bool:
        """The sounder's line is on."""
        return bool(self._bell_factory.pin(BELL_PIN).state)

    @contextmanager
    def running(self) -> Iterator["Room"]:
        """The chip wired, the scale plugged in, the server up, until the context ends."""
        with ExitStack() as stack:
            self.directory.mkdir(parents=True, exist_ok=True)
            stack.enter_context(installed(self.board))
            members = self.directory / "members"
            if not (members / "members.csv").exists():
                today = self.clock.now().astimezone(ZONE).date()
                make_coop(members, self.wish.members, self.wish.seed, today=today)
            for device in (self.scale, self.printer):
                device.plug()
                stack.callback(device.unplug)
            if self.wish.backend == "rest":
                # The demo's servers need Flask, which a terminal in a shop and its self-test do without.
                from kiosk.backends.reference_server import ReferenceServer  # noqa: PLC0415 - see above

                database = self.directory / "server.db"
                server = ReferenceServer(
                    members, self.hasher.hash_canonical, ZONE, self._token, self.clock, key_id="demo", database=database
                )
                server.start()
                stack.callback(server.close)
                self.server = server
                self.cable = cable = Cable(server.port)
                stack.callback(cable.close)
            elif self.wish.backend == "odoo":
                from kiosk.demo.odoo_room import odoo_room  # noqa: PLC0415 - see above

                odoo = odoo_room(members, self.directory / "data", self.hasher, self.clock, self._token)
                self.odoo = stack.enter_context(odoo)
                self.cable = self.odoo.cable
            elif self.wish.backend == "gestion-compte":
                from kiosk.demo.gestion_compte_room import gestion_compte_room  # noqa: PLC0415 - see above

                data = self.directory / "data"
                room = gestion_compte_room(members, data, self.hasher, self.clock)
                self.gestion_compte = stack.enter_context(room)
                self.cable = self.gestion_compte.cable
            yield self

    def config(self) -> Config:
        """The configuration of the terminal in this room, once it is running."""
        return parse(self._toml(), source="the demo's configuration", folder=self.directory)

    def toml(self) -> str:
        """The same as text: what a set-up code or a USB key brings to a terminal in this room."""
        return self._toml()

    def _toml(self) -> str:
        wish = self.wish
        url = "" if self.cable is None else f'url = "{self.cable.url}"\n'
        more = ""
        if wish.backend == "odoo":
            from kiosk.demo.odoo_room import SETTINGS as more  # noqa: PLC0415, N811 - as the server
        elif wish.backend == "gestion-compte":
            from kiosk.demo.gestion_compte_room import CONFIGURATION as more  # noqa: PLC0415, N811 - as the server

        return f"""
[terminal]
name = "demo"
station = "{wish.station}"
language = "{wish.language}"
screen = "{wish.screen}"
timezone = "{ZONE.key}"
data_dir = "data"
runtime_dir = "run"

[coop]
name = "Les 400 Coop"
phone = "01 40 00 04 00"

[cards]
key = "{DEMO_KEY}"
key_id = "demo"

[reader]
enabled = true
bus = "simulated"
reset_pin = {RESET_PIN}

[scanner]
enabled = true
device = "{SCANNER_PATH}"

[scale]
enabled = true
protocol = "{wish.scale}"
port = "{self.scale.url}"
# A pseudo terminal takes seven bits once and never again; the decoders take the parity bit off.
line = "8N1"
division_grams = 2
maximum_grams = 6000

[printer]
kind = "tcp"
address = "127.0.0.1:{self.printer.port}"
language = "{wish.printer}"

[door]
enabled = true
pins = "mock"
relay_pin = 17
contact_pin = 27
exit_pin = 5
fire_pin = 6
tamper_pin = 13
lamp_pin = 23
buzzer_pin = 26

[bell]
kind = "gpio"
pin = {BELL_PIN}

[backend]
kind = "{wish.backend}"
folder = "members"
{url}token = "{self._token}"
timeout_seconds = 5
sync_seconds = 5

[policy]
hours_late_block = true
{more}"""

    # ── the hands ─────────────────────────────────────────────────────────────────────────────────────────────────

    def lay_card(self, *card_ids: str) -> None:
        """Lay a card, or several at once; each is a canonical id (``7:04A3C6CAE26180``), ``phone`` or ``bank``."""
        for card_id in card_ids:
            if card_id not in self._cards:
                self._cards[card_id] = self._make_card(card_id)
        self.chip.field.lay(*(self._cards[card_id] for card_id in card_ids))

    def lift_card(self, card_id: str) -> None:
        if card_id in self._cards:
            self.chip.field.lift(self._cards.pop(card_id))

    def wait_until_unseen(self, seconds: float = 5.0) -> None:
        """Return once the driver has looked at the field often enough to know that a card is gone."""
        self._wait_for_transfers(UNSEEN_TRANSFERS, seconds)

    def wait_until_seen(self, seconds: float = 5.0) -> None:
        """Return once the driver has had the time to read whatever lies there."""
        self._wait_for_transfers(SEEN_TRANSFERS, seconds)

    def _wait_for_transfers(self, count: int, seconds: float) -> None:
        enough = self.chip.transfers + count
        deadline = time.monotonic() + seconds
        while self.chip.transfers < enough and time.monotonic() < deadline:
            self._pause.wait(0.02)

    def lift_cards(self) -> None:
        """Take everything off the reader."""
        self.chip.field.clear()
        self._cards.clear()

    @staticmethod
    def _make_card(card_id: str) -> card_models.Card:
        match card_id:
            case "phone":
                return card_models.phone()
            case "bank":
                return card_models.bank_card(bytes.fromhex("5A17C3E9"))
        uid = parse_uid(card_id)
        return card_models.classic(uid.data) if len(uid.data) == 4 else card_models.ultralight(uid.data)

    def scan(self, code: str) -> None:
        """Hold a bar code before the gun: a badge (``ean:0420…``, or its digits) or a jar's label."""
        self._scanner.scan(code.removeprefix("ean:"))

    def _keep_label(self, label: Raster) -> None:
        """Every label that comes out of the printer is a picture in the room's folder."""
        folder = self.directory / "labels"
        folder.mkdir(exist_ok=True)
        number = sum(1 for _ in folder.iterdir()) + 1
        (folder / f"{number:03d}.png").write_bytes(encode_png(label, Stock()))

    def unplug_reader(self) -> None:
        """The chip's wires come off: the bus reads nothing but zeroes."""
        self.chip.faults.bus_level = 0x00

    def plug_reader(self) -> None:
        self.chip.faults.bus_level = None

    def cut_network(self) -> None:
        if self.cable is not None:
            self.cable.cut()

    def mend_network(self) -> None:
        if self.cable is not None:
            self.cable.mend()


def _keep() -> None:
    """The bell's lines live as long as the room."""


def demo_clock() -> AdjustableClock:
    """A clock that stands at the moment of the story, today."""
    return AdjustableClock(start=demo_moment(datetime.now(UTC).astimezone(ZONE).date()))
