"""What became of a tare: its label is printed, is there, or is not; and the sticker that may be its jar's."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.events import PrintTrouble
from kiosk.rules.show_jars import headed
from kiosk.rules.showing import done_button, shown
from kiosk.rules.states import LabelState, Session, Tagging, TareKept
from kiosk.rules.turn import Surroundings
from kiosk.view_parts import Button, ButtonKind, Frame, Panel, PanelTone, say
from kiosk.views import QuestionView, ResultTone, ResultView, View

ANOTHER = Button(action=Action.ANOTHER_JAR, label=say("tare.another"), icon="plus-circle-outline", kind=ButtonKind.MAIN)
AGAIN = Button(action=Action.PRINT_AGAIN, label=say("tare.again"), icon="printer-outline")
POINT = Button(action=Action.READ, label=say("tare.band.read"), icon="message-text-outline", kind=ButtonKind.ATTENTION)

TROUBLES = {
    PrintTrouble.PAPER: "broken.printer",
    PrintTrouble.COVER: "broken.printer.cover",
    PrintTrouble.OFFLINE: "broken.printer.offline",
    PrintTrouble.FAULT: "broken.printer.fault",
}


@shown(TareKept)
def show_kept(_session: Session, state: TareKept, _around: Surroundings, frame: Frame) -> View:
    frame = headed(frame)
    match state.label:
        case LabelState.NONE:
            return _to_be_written(state, frame)
        case LabelState.PRINTING:
            return _printing(state, frame)
        case LabelState.PRINTED | LabelState.SENT:
            return _printed(state, frame)
        case LabelState.FAILED:
            return _failed(state, frame)


def _panel(state: TareKept, tone: PanelTone = PanelTone.LEAF_DARK) -> Panel:
    return Panel(
        icon="jar",
        tone=tone,
        left=say("tare.count", n=state.count),
        text=say("tare.done.line", grams=state.jar.grams),
        code=state.jar.code,
    )


def _buttons(state: TareKept, *buttons: Button) -> tuple[Button, ...]:
    """With the question of a card laid meanwhile in the place of the least of them."""
    if state.waiting is not None and state.band is None:
        return (POINT, *buttons[-2:])
    return buttons


def _to_be_written(state: TareKept, frame: Frame) -> ResultView:
    """Without a printer: what to write on the jar. It is « gardé » only once it is on the disk."""
    note = say("jar.tagged") if state.tagged else say("tare.kept.fill")
    return ResultView(
        frame=frame,
        tone=ResultTone.LEAF,
        icon="jar",
        title=say("tare.kept" if state.committed else "tare.keeping"),
        body=(say("tare.kept.write"), note),
        panel=_panel(state),
        buttons=_buttons(state, ANOTHER, done_button()),
    )


def _printing(state: TareKept, frame: Frame) -> ResultView:
    return ResultView(
        frame=frame,
        tone=ResultTone.LEAF,
        icon="printer-outline",
        title=say("tare.printing"),
        panel=_panel(state),
        buttons=_buttons(state, done_button()),
    )


def _printed(state: TareKept, frame: Frame) -> ResultView:
    """The label is true by itself: nothing waits for the disk. Of a silent printer no more is said than is known."""
    alone = Button(action=Action.PRINT_ALONE, label=say("tare.auto"), on=state.alone)
    sure = state.label is LabelState.PRINTED
    note = "tare.typed.note" if state.typed else "tare.done.stick"
    body = say("jar.tagged" if state.tagged else note) if sure else say("tare.sent.note", grams=state.jar.grams)
    return ResultView(
        frame=frame,
        tone=ResultTone.LEAF,
        icon="printer-check" if sure else "printer-outline",
        title=say("tare.done" if sure else "tare.sent"),
        body=(body,),
        panel=_panel(state),
        buttons=_buttons(state, alone, AGAIN, done_button(ButtonKind.MAIN)),
    )


def _failed(state: TareKept, frame: Frame) -> ResultView:
    """No label: the jar is written on, as people did before there were printers."""
    return ResultView(
        frame=frame,
        tone=ResultTone.SUN,
        icon="printer-alert",
        title=say(TROUBLES[state.trouble or PrintTrouble.FAULT]),
        body=(say("tare.noprint.write", grams=state.jar.grams),),
        panel=_panel(state, PanelTone.SUN_SOFT),
        buttons=_buttons(state, AGAIN, done_button(), replace(ANOTHER, kind=ButtonKind.DARK)),
    )


@shown(Tagging)
def show_tagging(_session: Session, state: Tagging, _around: Surroundings, frame: Frame) -> QuestionView:
    """A sticker lies there; it becomes the jar's by a touch only."""
    jar = state.back.jar
    return QuestionView(
        frame=headed(frame),
        title=say("jar.tag"),
        panel=Panel(icon="jar", tone=PanelTone.SKY_SOFT, text=say("tare.done.line", grams=jar.grams), code=jar.code),
        main=Button(
            action=Action.TAG_JAR,
            label=say("jar.tag.yes"),
            sub=say("jar.tag.yes.sub"),
            icon="check",
            kind=ButtonKind.MAIN,
        ),
        others=(Button(action=Action.CANCEL, label=say("jar.tag.no"), icon="close"),),
    )
