"""The guide of the first run in every one of its states, as it is come to, and with the longest values."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from kiosk.rules.guide_events import CheckLine, NetworkSeen, ServerTried
from kiosk.rules.guide_states import (
    Checking,
    ChoosingPin,
    Explaining,
    Fetching,
    Finishing,
    Greeting,
    Guide,
    Key,
    Keying,
    Locking,
    Marking,
    Networking,
    Opening,
    PickingLine,
    Placing,
    Printing,
    Progress,
    Reading,
    Relaying,
    Scanning,
    Serving,
    Sheeting,
    Step,
    Weighing,
)
from kiosk.rules.staff_states import CORNERS, PinFlaw
from kiosk.types import CardKind, ClockTrust, Part
from kiosk.views import Light

NOON = datetime(2026, 3, 2, 12, 40, tzinfo=UTC)
FAULT = (
    "/var/lib/coop-kiosk/kiosk.toml, line 12: [backend] url would send members' data in clear; use https://, "
    "or see plain_http"
)
PORTS = ("/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0",)
ROWS = tuple("".join("01"[(x * y + x + y // 3) % 5 % 2] for x in range(49)) for y in range(49))
SHEET = Sheeting(text="COOPKEY1:1:ABCD", rows=ROWS, passphrase="482109375512", noted=True)
LINES = (
    *(CheckLine(part=part, light=Light.BAD, said=FAULT, do=FAULT) for part in Part if part is not Part.CONTACT),
    CheckLine(part="clock", light=Light.BAD, said=FAULT),
    CheckLine(part="clock", light=Light.LOOK, said=FAULT),
    *(CheckLine(part=part, light=Light.LOOK, said=FAULT) for part in ("disk", "door test", "relay line", "hat", "PIN")),
)
CALM = tuple(
    CheckLine(part=part, light=light, said="well")
    for part, light in (("reader", Light.GOOD), ("bell", Light.OFF), ("clock", Light.GOOD), ("disk", Light.GOOD))
)


def seen(address: str, trust: ClockTrust) -> Networking:
    return Networking(NetworkSeen(address=address, trust=trust, at=NOON))


SCREENS = {
    Step.LANGUAGE: (Greeting(), Explaining(Greeting())),
    Step.NETWORK: (
        Networking(),
        seen("192.168.100.101", ClockTrust.SYNCED),
        seen("", ClockTrust.NEVER),
        seen("", ClockTrust.SINCE),
        Explaining(Networking()),
    ),
    Step.SETUP: (Fetching(), Fetching(reading=True), Fetching(trouble=FAULT), Fetching(trouble="code")),
    Step.PLACE: (Placing(),),
    Step.KEY: (
        Keying(),
        Keying(trouble="sheet"),
        Keying(trouble="disk"),
        Opening(sheet=("COOPKEY1:1:ABCD",), digits="4821093755"),
        Opening(sheet=("COOPKEY1:1:ABCD",), wrong=True),
        Opening(sheet=("COOPKEY1:1:ABCD",), digits="482109375512", checking=True),
    ),
    Step.SERVER: (
        Serving(),
        Serving(ServerTried(members=12_345)),
        Serving(ServerTried(refused=True)),
        Serving(ServerTried(fault=FAULT)),
    ),
    Step.TOUCH: (Marking(), Marking(touched=CORNERS[:2]), Marking(touched=CORNERS, waiting=True), Marking(twice=True)),
    Step.READER: (
        Reading(),
        Reading(found=True),
        Reading(found=True, strange=True),
        Reading(fault=FAULT),
        Reading(found=True, card=CardKind.CARD),
        Reading(found=True, card=CardKind.BADGE),
        Reading(found=True, card=CardKind.CARD, strange=True),
        Explaining(Reading()),
    ),
    Step.SCANNER: (Scanning(), Scanning(device="05f9:2204"), Scanning(device="05f9:2204", seen=True)),
    Step.DOOR: (
        Locking(),
        PickingLine("2"),
        PickingLine(trouble="range"),
        Relaying(),
        Relaying(fault=FAULT),
        Relaying(found=True),
        Relaying(found=True, unplugged=True),
        Relaying(found=True, unplugged=True, turned=True),
        Relaying(found=True, unplugged=True, dead=True),
        Relaying(found=True, unplugged=True, fired=True),
        Relaying(found=True, unplugged=True, fired=True, lit=True),
    ),
    Step.SCALE: (
        Weighing(),
        Weighing(looking=True),
        Weighing(ports=()),
        Weighing(ports=PORTS),
        Weighing(ports=PORTS, choosing=True),
        Weighing(ports=PORTS, choosing=True, page=1),
        Weighing(ports=PORTS, recording=True),
        Weighing(ports=PORTS, recorded=12_345),
        Weighing(protocol="toledo_8217"),
        Weighing(protocol="toledo_8217", grams=12_345),
        Weighing(protocol="toledo_8217", fault=FAULT),
        Weighing(protocol="toledo_8217", fault=FAULT, ports=PORTS),
    ),
    Step.PRINTER: (
        Printing(),
        Printing(looked=True),
        Printing(looked=True, port="/dev/usb/lp0", language="escpos"),
        Printing(looked=True, port="/dev/usb/lp0", language="escpos", waiting=True),
        Printing(looked=True, port="/dev/usb/lp0", language="escpos", printed=True),
        *(
            Printing(looked=True, port="/dev/usb/lp0", language="tspl", trouble=trouble)
            for trouble in ("paper", "cover", "offline", "fault")
        ),
    ),
    Step.PIN: (
        ChoosingPin(),
        ChoosingPin(digits="48"),
        ChoosingPin(first="4821"),
        ChoosingPin(keeping=True),
        ChoosingPin(lost=True),
        *(ChoosingPin(flaw=flaw) for flaw in PinFlaw),
    ),
    Step.SHEET: (
        Sheeting(),
        Sheeting(trouble="disk"),
        replace(SHEET, noted=False),
        SHEET,
        replace(SHEET, checked=True),
        replace(SHEET, checked=False),
        replace(SHEET, printing=True),
        replace(SHEET, printed=True),
        replace(SHEET, trouble="offline"),
        Explaining(SHEET),
    ),
    Step.CHECK: (
        Checking(),
        Checking(rows=LINES),
        Checking(rows=LINES, page=1),
        Checking(rows=LINES, page=2),
        Checking(rows=CALM),
        Finishing(),
        Finishing(faults=(FAULT,)),
        Finishing(done=True),
    ),
}
"""By the step they belong to."""


def guides() -> Iterator[Guide]:
    """One of each, and those that look different by what is kept."""
    for step, states in SCREENS.items():
        for state in states:
            yield Guide(progress=Progress(step=step), state=state)
    for key in (Key.MADE, Key.BROUGHT, Key.SHEET):
        yield Guide(progress=Progress(step=Step.KEY, key=key), state=Keying())
    paired = Progress(step=Step.SHEET, key=Key.SHEET)
    yield Guide(progress=paired, state=replace(SHEET, noted=False))
    equipped = Progress(step=Step.SHEET, passed=frozenset({Step.PRINTER}))
    yield Guide(progress=equipped, state=SHEET, scanner="05f9:2204")
