"""The screens of the guide of the first run about PIN, emergency sheet, self-test and the end."""

from typing import Final

from kiosk.actions import Action
from kiosk.rules.guide import LINES_A_PAGE
from kiosk.rules.guide_events import CheckLine
from kiosk.rules.guide_keys import has_printer
from kiosk.rules.guide_showing import (
    back,
    in_its_words,
    main,
    notice,
    plain,
    shown,
    step_of,
    titled,
    trouble,
)
from kiosk.rules.guide_states import (
    Checking,
    ChoosingPin,
    Explaining,
    Finishing,
    Guide,
    Key,
    Progress,
    Sheeting,
    Step,
)
from kiosk.rules.technical import LONGEST_PIN
from kiosk.types import Part
from kiosk.view_parts import Button, Frame, Panel, PanelTone, Say, say
from kiosk.views import CheckRow, ChecksView, CodeView, Edge, KeypadView, Light, NoticeView, PromptView, TextView

# ── PIN, sheet ────────────────────────────────────────────────────────────────────────────────────────────────────


@shown(ChoosingPin)
def show_pin(_guide: Guide, state: ChoosingPin, frame: Frame) -> KeypadView:
    remark = None if state.flaw is None else Say(f"pin.flaw.{state.flaw.value}")
    if state.keeping or state.lost:
        remark = say("pin.broken" if state.lost else "pin.checking")
    return KeypadView(
        frame=frame,
        header=step_of(frame),
        title=say("pin.again" if state.first else "pin.choose"),
        icon="lock-outline",
        typed="•" * len(state.digits),
        length=LONGEST_PIN,
        remark=remark,
        cancel=Button(action=Action.CANCEL, label=say("help.back"), icon="arrow-left"),
    )


@shown(Sheeting)
def show_sheet(guide: Guide, state: Sheeting, frame: Frame) -> PromptView | NoticeView | CodeView:
    if state.trouble == "disk":
        again = main(Action.RETRY, "guide.retry", "restart")
        return trouble(
            frame, "alert-outline", "guide.sheet.trouble", (say("guide.sheet.trouble.sub"),), (again, back())
        )
    if not state.text:
        return PromptView(frame=frame, picture="key-outline", title=say("guide.sheet.making"), buttons=(back(),))
    if state.noted:
        return _show_code(guide, state, frame)
    if guide.progress.key is Key.SHEET:
        buttons = (
            main(Action.YES, "guide.sheet.away", "lock-outline"),
            plain(Action.MORE, "guide.sheet.new", "plus-circle-outline"),
            back(),
        )
        return notice(frame, "key-outline", say("guide.sheet.have"), (say("guide.sheet.have.sub"),), buttons)
    return show_passphrase(state, frame)


def show_passphrase(state: Sheeting, frame: Frame) -> NoticeView:
    """In groups, to be copied by hand."""
    groups = " ".join(state.passphrase[at : at + 4] for at in range(0, len(state.passphrase), 4))
    return NoticeView(
        frame=frame,
        edge=Edge.NONE,
        icon="key-outline",
        title=say("guide.sheet.passphrase"),
        body=(say("guide.sheet.passphrase.sub"),),
        panel=Panel(text=say("guide.sheet.passphrase.is"), code=groups, tone=PanelTone.LEAF_SOFT),
        buttons=(main(Action.MORE, "guide.sheet.noted"), back()),
    )


def _show_code(guide: Guide, state: Sheeting, frame: Frame) -> CodeView:
    printer = has_printer(guide.progress)
    line: Say | None
    if state.printing:
        line = say("guide.printer.printing")
    elif state.trouble:
        line = Say(f"guide.printer.trouble.{state.trouble}")
    elif state.checked is not None:
        line = say("guide.sheet.right" if state.checked else "guide.sheet.wrong")
    elif guide.scanner:
        line = say("guide.sheet.scan")
    else:
        line = say("guide.sheet.printed") if state.printed else None
    return CodeView(
        frame=frame,
        rows=state.rows,
        title=say("guide.sheet"),
        text=say("guide.sheet.label" if printer else "guide.sheet.photo"),
        line=line,
        good=state.checked is True,
        buttons=(
            main(Action.YES, "guide.sheet.away", "lock-outline"),
            *((plain(Action.PRINT_AGAIN, "guide.sheet.print", "printer-outline"),) if printer else ()),
            back(),
        ),
    )


# ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────────

ORDER: Final = (Light.BAD, Light.LOOK, Light.GOOD, Light.OFF)
OURS: Final = {"disk": "disk", "door test": "door_test", "relay line": "relay_line", "hat": "hat", "PIN": "pin"}
NAMED: Final = frozenset({*(part.value for part in Part), "clock"}) - {Part.CONTACT.value}


@shown(Checking)
def show_check(guide: Guide, state: Checking, frame: Frame) -> PromptView | ChecksView:
    """What is out of order comes first, with what to do."""
    if state.rows is None:
        return PromptView(frame=frame, picture="clipboard-check-outline", title=say("guide.check.making"))
    rows = sorted(state.rows, key=lambda row: ORDER.index(row.light))
    first = state.page * LINES_A_PAGE
    more = plain(Action.MORE, "settle.more", "chevron-right")
    again = plain(Action.RETRY, "guide.retry", "restart")
    return ChecksView(
        frame=titled(frame),
        title=say("guide.check"),
        rows=tuple(_check_row(row, guide.progress) for row in rows[first : first + LINES_A_PAGE]),
        buttons=(main(Action.DONE, "guide.check.finish"), more if len(rows) > LINES_A_PAGE else again, back()),
    )


def _check_row(row: CheckLine, progress: Progress) -> CheckRow:
    if row.part == Part.SCREEN and Step.TOUCH in progress.passed - progress.off:
        # What the self-test asks a person for was done in a step of its own.
        return CheckRow(name=say("part.screen"), text=say("part.screen.tried"), light=Light.GOOD)
    own = OURS.get(row.part)
    name = Say(f"guide.check.{own}" if own else f"part.{row.part}")
    if row.light is Light.OFF:
        text = say("part.off")
    elif row.light is Light.GOOD:
        text = say("guide.check.fine" if own or row.part == "clock" else "part.fine")
    elif own:
        text = Say(f"guide.check.{own}.do")
    elif row.part in NAMED - {"clock", Part.SERVER.value}:
        text = Say(f"part.{row.part}.do")
    else:
        text = say("part.server.never") if row.part == Part.SERVER.value else _clock(row.light)
    return CheckRow(name=name, text=text, light=row.light)


def _clock(light: Light) -> Say:
    return say("guide.check.clock" if light is Light.LOOK else "part.clock.never")


@shown(Finishing)
def show_finish(_guide: Guide, state: Finishing, frame: Frame) -> PromptView | NoticeView:
    if state.done:
        return notice(
            frame,
            "check-circle-outline",
            say("guide.finish.done"),
            (say("guide.finish.done.sub"),),
            (main(Action.DONE, "guide.finish.start", "restart"),),
        )
    if state.faults:
        body = (in_its_words(state.faults[0]),)
        return trouble(frame, "alert-outline", "guide.finish.trouble", body, (back(),))
    return PromptView(frame=frame, picture="timer-sand", title=say("guide.finish.writing"))


ABOUT: Final = {Step.NETWORK: "network", Step.READER: "reader", Step.SHEET: "sheet"}


@shown(Explaining)
def show_help(guide: Guide, _state: Explaining, frame: Frame) -> TextView:
    """What holds for every step, and what there is to say of this one."""
    about = ABOUT.get(guide.progress.step)
    return TextView(
        frame=titled(frame),
        title=say("guide.help.title"),
        paragraphs=(
            *((Say(f"guide.help.{about}"),) if about else ()),
            say("guide.help.tried"),
            say("guide.help.kept"),
            say("guide.help.docs"),
        ),
        buttons=(back(),),
    )
