"""What the samples share: times, headers, buttons."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.actions import Action
from kiosk.view_parts import Button, ButtonKind, Day, Header, Hour, Line, Slot, say
from kiosk.views import BoardLine

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2025, 10, 14, 12, 32, tzinfo=UTC)
DONE = Button(action=Action.DONE, label=say("my.done"), icon="check")
CALL = Button(action=Action.CALL_DESK, label=say("closed.call"), icon="bell-ring-outline", kind=ButtonKind.MAIN)
MY_SHIFTS = Button(
    action=Action.MY_SHIFTS, label=say("open.shifts"), icon="calendar-account-outline", kind=ButtonKind.MAIN
)
KNOWN_JAR = Button(action=Action.JAR_KNOWN, label=say("tare.known"), icon="barcode-scan")
UNDO_HOW = Line(text=say("shift.undo_how", n=30), icon="undo")
HEADER = Header(text=say("idle.header", day=Day(NOW), time=Hour(NOW), week="B"))
NIGHT_HEADER = Header(text=say("idle.header.closed", day=Day(NOW), time=Hour(NOW)), icon="weather-night")
OFFLINE = Header(
    text=say("offline.header", time=Hour(NOW - timedelta(minutes=27))),
    second=say("offline.header2", day=Day(NOW), time=Hour(NOW)),
    icon="cloud-off-outline",
    bold=True,
)
TARE = Header(text=say("tare.header"))
BAND = Header(
    text=say("tare.band.hello", name="Camille"), second=say("tare.band"), icon="check-circle-outline", band=True
)


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    """A time in Paris."""
    return datetime(2025, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def slot(day: int, start: tuple[int, int], end: tuple[int, int], month: int = 10) -> Slot:
    """A shift of one day."""
    return Slot(at(day, *start, month=month), at(day, *end, month=month))


BOARD = (
    BoardLine(label=say("board.now"), headline=say("board.here", n=5, m=6), here=5, of=6),
    BoardLine(label=say("board.next", time=Hour(at(14, 19))), headline=None, here=0, of=0, gap=say("board.gap", n=2)),
)
IDLE_BUTTONS = (
    Button(action=Action.WEIGH, label=say("idle.weigh"), icon="scale"),
    Button(action=Action.ROLL_CALL, label=say("idle.team"), icon="account-group-outline"),
    Button(action=Action.NO_CARD, label=say("idle.nocard"), icon="card-account-details-outline"),
)
