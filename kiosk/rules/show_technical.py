"""The technician's screens: the PIN, the menu with the state of every part, the parts one by one."""

from kiosk import __version__
from kiosk.actions import Action
from kiosk.events import LogLine
from kiosk.rules.show_staff import back_button, settle_button
from kiosk.rules.showing import days_ago, done_button, shown
from kiosk.rules.staff_states import (
    CORNERS,
    Examining,
    Maintaining,
    ReadingLog,
    Restarting,
    SettingPin,
    TryingGlass,
    Unlocking,
)
from kiosk.rules.states import Session
from kiosk.rules.technical import LINES_A_PAGE, LONGEST_PIN, has_technician
from kiosk.rules.turn import Surroundings
from kiosk.types import ClockTrust, Part
from kiosk.view_parts import Button, ButtonKind, Day, Frame, Hour, Say, literal, say
from kiosk.views import (
    CheckRow,
    ChecksView,
    Edge,
    GlassView,
    KeypadView,
    Light,
    LogRow,
    LogView,
    NoticeView,
    PromptView,
    StatusTile,
    TilesView,
)

CANCEL = Button(action=Action.CANCEL, label=say("help.cancel"), icon="close")
TRY_GLASS = Button(action=Action.TRY_GLASS, label=say("part.screen.try"), icon="gesture-tap")
RESTART = Button(action=Action.RESTART, label=say("tech.restart"), icon="restart")


# ── the PIN ───────────────────────────────────────────────────────────────────────────────────────────────────────


@shown(Unlocking)
def show_pin_pad(session: Session, state: Unlocking, around: Surroundings, frame: Frame) -> KeypadView | NoticeView:
    """Only dots: whoever stands behind sees how many, never which."""
    if session.pin is None or not session.pin.chosen:
        return _ask_for_card(session, around, frame)
    return KeypadView(
        frame=frame,
        header=say("tech.button"),
        title=say("pin.ask"),
        icon="lock-outline",
        typed="•" * len(state.digits),
        length=LONGEST_PIN,
        remark=_pin_remark(session, state, around),
        cancel=CANCEL,
    )


def _ask_for_card(session: Session, around: Surroundings, frame: Frame) -> NoticeView:
    broken = session.pin is None
    by_card = has_technician(around.knowledge)
    body = (say("pin.broken"),) if broken else (say("pin.none"),)
    return NoticeView(
        frame=frame,
        edge=Edge.SUN,
        icon="key-outline",
        title=say("pin.card" if by_card else "pin.later"),
        body=body,
        buttons=(done_button(),),
    )


def _pin_remark(session: Session, state: Unlocking, around: Surroundings) -> Say | None:
    left = session.pin_pause_until - around.monotonic
    if state.checking:
        return say("pin.checking")
    if left > 60:
        return say("pin.pause", n=-(-int(left) // 60))
    if state.short:
        return say("pin.flaw.short")
    if state.wrong:
        return say("pin.wrong")
    return say("pin.moment") if left > 0 else None


@shown(SettingPin)
def show_new_pin(_session: Session, state: SettingPin, _around: Surroundings, frame: Frame) -> KeypadView:
    return KeypadView(
        frame=frame,
        header=say("tech.button"),
        title=say("pin.again" if state.first else "pin.choose"),
        icon="lock-outline",
        typed="•" * len(state.digits),
        length=LONGEST_PIN,
        remark=None if state.flaw is None else Say(f"pin.flaw.{state.flaw.value}"),
        cancel=CANCEL,
    )


# ── the menu ──────────────────────────────────────────────────────────────────────────────────────────────────────

PARTS = (
    Part.READER, Part.SCANNER, Part.DOOR, Part.SCALE, Part.PRINTER, Part.BELL, Part.STORE,
)  # fmt: skip
"""In the order in which they are looked at; the server comes last."""


def watched(around: Surroundings) -> tuple[Part, ...]:
    """What is configured; there is always a disk."""
    return tuple(part for part in PARTS if part in around.parts or part is Part.STORE)


def _part_tile(session: Session, around: Surroundings, part: Part, button: Button) -> StatusTile:
    """A part that is not configured is off, not out of order."""
    if part not in around.parts:
        return StatusTile(button=button, status=say("part.off"), light=Light.OFF)
    lost = part in session.lost
    return StatusTile(
        button=button, status=say("part.lost" if lost else "part.fine"), light=Light.BAD if lost else Light.GOOD
    )


def _test_button(part: Part, icon: str) -> Button:
    return Button(action=Action.SELF_TEST, label=Say(f"part.{part.value}"), icon=icon, target=part.value)


@shown(Maintaining)
def show_tiles(session: Session, _state: Maintaining, around: Surroundings, frame: Frame) -> TilesView:
    """Every tile says how it is, and leads to what can be done."""
    lost = len(session.lost.intersection(watched(around))) + (not around.link.online)
    cards = Button(action=Action.LINK_CARDS, label=say("tech.cards"), icon="card-plus-outline")
    door = Button(action=Action.OPEN_DOOR, label=say("part.door"), icon="door")
    return TilesView(
        frame=frame,
        title=say("tech.title", version=__version__),
        tiles=(
            StatusTile(
                button=Button(action=Action.SELF_TEST, label=say("tech.test"), icon="clipboard-check-outline"),
                status=say("tech.see", n=lost) if lost else say("tech.nothing"),
                light=Light.LOOK if lost else Light.GOOD,
            ),
            _part_tile(session, around, Part.READER, cards),
            _part_tile(session, around, Part.DOOR, door),
            _part_tile(session, around, Part.SCALE, _test_button(Part.SCALE, "scale")),
            _part_tile(session, around, Part.PRINTER, _test_button(Part.PRINTER, "printer-outline")),
            StatusTile(
                button=Button(action=Action.SELF_TEST, label=say("tech.network"), icon="wifi", target=Part.SERVER),
                status=say("tech.online" if around.link.online else "tech.offline"),
                light=Light.GOOD if around.link.online else Light.LOOK,
            ),
            _log_tile(session, around),
            _part_tile(session, around, Part.BELL, _test_button(Part.BELL, "bell-outline")),
        ),
        buttons=(
            Button(action=Action.DONE, label=say("tech.leave"), icon="logout", kind=ButtonKind.DARK),
            Button(action=Action.CHANGE_PIN, label=say("tech.pin"), icon="lock-outline"),
            *((RESTART,) if around.restarts else ()),
        ),
    )


def _log_tile(session: Session, around: Surroundings) -> StatusTile:
    """How much the program has complained since someone last looked, and what the server has turned away."""
    new = max(0, around.troubles - session.troubles_read)
    status = say("tech.see", n=new) if new else say("tech.nothing")
    if around.refused and not new:
        status = say("tech.settle", n=around.refused)
    return StatusTile(
        button=Button(action=Action.LOG, label=say("tech.log"), icon="text-box-search-outline"),
        status=status,
        light=Light.LOOK if new or around.refused else Light.GOOD,
    )


PROVE = Button(action=Action.PROVE_DOOR, label=say("proof.try"), icon="door")


@shown(Examining)
def show_parts(session: Session, _state: Examining, around: Surroundings, frame: Frame) -> ChecksView:
    """One line a part: how it is, or what to do. What only a person can tell is to be looked at until one has."""
    rows = [_part_row(part, lost=part in session.lost) for part in watched(around)]
    return ChecksView(
        frame=frame,
        title=say("tech.test"),
        rows=(*rows, _glass_row(session), _clock_row(around), _server_row(around)),
        buttons=(*((PROVE,) if Part.DOOR in around.parts else ()), TRY_GLASS, back_button()),
    )


def _part_row(part: Part, *, lost: bool) -> CheckRow:
    return CheckRow(
        name=Say(f"part.{part.value}"),
        text=Say(f"part.{part.value}.do") if lost else say("part.fine"),
        light=Light.BAD if lost else Light.GOOD,
    )


def _glass_row(session: Session) -> CheckRow:
    key = "part.screen.tried" if session.glass_tried else "part.screen.do"
    return CheckRow(name=say("part.screen"), text=Say(key), light=Light.GOOD if session.glass_tried else Light.LOOK)


def _clock_row(around: Surroundings) -> CheckRow:
    light = {ClockTrust.SYNCED: Light.GOOD, ClockTrust.SINCE: Light.LOOK, ClockTrust.NEVER: Light.BAD}[around.trust]
    return CheckRow(
        name=say("part.clock"), text=say(f"part.clock.{around.trust.value}", time=Hour(around.now)), light=light
    )


@shown(TryingGlass)
def show_glass(_session: Session, state: TryingGlass, _around: Surroundings, frame: Frame) -> GlassView:
    return GlassView(
        frame=frame,
        title=say("part.screen.try"),
        text=say("glass.do", n=len(CORNERS) - len(state.touched)),
        corners=tuple(
            Button(
                action=Action.CHOOSE,
                label=literal(""),
                icon="check-circle-outline" if corner in state.touched else "gesture-tap",
                kind=ButtonKind.MAIN if corner in state.touched else ButtonKind.PLAIN,
                target=corner,
            )
            for corner in CORNERS
        ),
        back=back_button(),
    )


def _server_row(around: Surroundings) -> CheckRow:
    link = around.link
    if link.online:
        text = say("part.server.fine", n=len(around.knowledge.members))
    elif link.not_authorised:
        text = say("part.server.token")
    elif link.since is None:
        text = say("part.server.never")
    elif days_ago(link.since, around) == 0:
        text = say("part.server.since", time=Hour(link.since))
    else:
        text = say("part.server.since.day", day=Day(link.since))
    light = Light.GOOD if link.online else Light.BAD if link.not_authorised else Light.LOOK
    return CheckRow(name=say("part.server"), text=text, light=light)


# ── the log ───────────────────────────────────────────────────────────────────────────────────────────────────────


@shown(ReadingLog)
def show_log(_session: Session, state: ReadingLog, around: Surroundings, frame: Frame) -> LogView:
    """In the words of the program, for whoever looks after it: masked, and about nobody."""
    lines = state.lines or ()
    if state.opened is not None and state.opened < len(lines):
        return _whole_line(lines[state.opened], frame)
    first = state.page * LINES_A_PAGE
    more = Button(action=Action.MORE, label=say("log.more"), icon="chevron-right")
    settle = (settle_button(around),) if around.refused or around.waiting else ()
    empty = say("settle.wait" if state.lines is None else "log.empty")
    return LogView(
        frame=frame,
        title=say("log.title", n=len(lines)) if lines else say("tech.log"),
        rows=tuple(_log_row(number, line) for number, line in list(enumerate(lines))[first : first + LINES_A_PAGE]),
        empty=None if lines else empty,
        buttons=(*((more,) if len(lines) > LINES_A_PAGE else ()), *settle, back_button()),
    )


def _log_row(number: int, line: LogLine) -> LogRow:
    return LogRow(
        text=literal(line.said),
        sub=say("log.line", day=Day(line.at), time=Hour(line.at), part=".".join(line.part.split(".")[-2:])),
        light=Light.BAD if line.severe else Light.LOOK,
        target=str(number),
    )


def _whole_line(line: LogLine, frame: Frame) -> LogView:
    source = " · ".join(part for part in (line.part, line.cause) if part)
    return LogView(
        frame=frame,
        title=say("log.when", day=Day(line.at), time=Hour(line.at)),
        whole=(literal(line.said), literal(source)),
        buttons=(back_button(),),
    )


@shown(Restarting)
def show_restart(_session: Session, state: Restarting, _around: Surroundings, frame: Frame) -> NoticeView | PromptView:
    """What it means, before it is done."""
    if state.begun:
        return PromptView(frame=frame, picture="restart", title=say("restart.begun"), sub=(say("restart.begun.sub"),))
    return NoticeView(
        frame=frame,
        edge=Edge.SUN,
        icon="restart",
        title=say("restart.title"),
        body=(say("restart.sub"), say("restart.door")),
        buttons=(
            Button(action=Action.RESTART, label=say("tech.restart"), icon="restart", kind=ButtonKind.MAIN),
            back_button(),
        ),
    )
