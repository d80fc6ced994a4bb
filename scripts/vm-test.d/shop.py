"""A small coop around the guest's terminal: its configuration, people with cards who are on shift now, a scale."""

import contextlib
import csv
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from machine import TOP, Machine

sys.path.insert(0, str(TOP))

from kiosk.clock import SystemClock
from kiosk.devices.simulated.scale import LONGEST_COMMAND_BYTES, SimulatedScale
from kiosk.devices.simulated.scale_voices import VOICES

MEMBERS = "/var/lib/coop-kiosk/members"
"""The folder of members in the guest."""
ZONE = ZoneInfo("Europe/Paris")
PEOPLE = 80
FIRST_NUMBER = 1000
SHIFT = "now"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PROTOCOL = "mt_sics"
CARD_KEY = "5e" * 32
RELAY = 17
CONFIG = f"""[terminal]
name = "essai"
station = "both"
screen = "{{screen}}"

[coop]
name = "La coop d'essai"

[scanner]
enabled = true
usb_id = "08ff:0009"
uid_format = "hex"

[scale]
enabled = true
protocol = "{PROTOCOL}"
port = "/dev/ttyS1"

[door]
enabled = true
relay_pin = {RELAY}
pulse_seconds = 2

[policy]
needs_opening_hours = false
"""


def write_settings(folder: Path, screen: str) -> None:
    """What a technician would have on a USB key."""
    (folder / "kiosk.toml").write_text(CONFIG.format(screen=screen))
    (folder / "card-key").write_text(f"{CARD_KEY}\n")


def number(person: int) -> str:
    """The member number of the person so many."""
    return str(FIRST_NUMBER + person)


def card(person: int) -> str:
    """The seven bytes of a card's uid, as a USB reader types them."""
    return f"04{FIRST_NUMBER + person:010X}80"


def write_people(folder: Path) -> None:
    """The folder of members (docs/folder.md): all of them booked on a shift that has just begun and lasts for hours."""
    began = datetime.now(ZONE) - timedelta(minutes=5)
    ends = began + timedelta(hours=6)
    shift = {"id": SHIFT, "day": began.date(), "starts": f"{began:%H:%M}", "ends": f"{ends:%H:%M}"}
    people = range(PEOPLE)
    _write(folder / "members.csv", [{"id": number(n), "first_name": f"Essai {n}", "status": "ok"} for n in people])
    _write(folder / "cards.csv", [{"card": f"7:{card(n)}", "member": number(n)} for n in people])
    _write(folder / "shifts.csv", [shift | {"job": "Accueil", "places": PEOPLE}])
    _write(folder / "roster.csv", [{"shift": SHIFT, "member": number(n)} for n in people])


def write_hours(folder: Path, *, is_open: bool) -> None:
    """The coop's opening hours: the whole of today and tomorrow, or of two days that are far from both."""
    today = datetime.now(ZONE).weekday()
    days = [(today + ahead) % 7 for ahead in ((0, 1) if is_open else (3, 4))]
    _write(folder / "hours.csv", [{"weekday": WEEKDAYS[day], "opens": "00:01", "closes": "23:59"} for day in days])


def delivered(machine: Machine) -> list[str]:
    """The ids of the presences in the file that the terminal writes, as often as they stand there."""
    rows = csv.DictReader(machine.get(f"{MEMBERS}/checkins.csv").decode().splitlines())
    return [row["fact"] for row in rows]


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@contextmanager
def scale(machine: Machine) -> Iterator[SimulatedScale]:
    """A scale at the other end of the guest's serial line; what lies on it is up to the caller."""
    voice, simulated, over = VOICES[PROTOCOL], SimulatedScale(0, SystemClock(), protocol=PROTOCOL), threading.Event()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(machine.serial))

        def serve() -> None:
            waiting = b""
            while not over.is_set():
                # The line ends with the guest, or with the scale.
                with contextlib.suppress(OSError):
                    waiting = (waiting + line.recv(LONGEST_COMMAND_BYTES))[-LONGEST_COMMAND_BYTES:]
                while (command := voice.command.match(waiting)) is not None:
                    waiting = waiting[command.end() :]
                    line.sendall(simulated.answer(command[0]))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield simulated
        finally:
            over.set()
            line.shutdown(socket.SHUT_RDWR)
            thread.join()
