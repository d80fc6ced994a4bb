"""The screens of the bulk station: weighing, what to write on the jar, a jar that is known."""

from dataclasses import replace
from datetime import timedelta

from kiosk.events import Action
from kiosk.rules import tare
from kiosk.rules.showing import desk_button, done_button, shown
from kiosk.rules.states import Recalling, Session, TareKept, Taring, Typing
from kiosk.rules.turn import Surroundings
from kiosk.types import Part
from kiosk.views import (
    Button,
    ButtonKind,
    Day,
    Edge,
    Frame,
    Header,
    JarView,
    KeypadView,
    NoticeView,
    Panel,
    PromptView,
    ResultTone,
    ResultView,
    Say,
    View,
    WeightView,
    say,
)

OLD_AFTER = timedelta(days=365)


def _headed(frame: Frame) -> Frame:
    return frame if frame.header.text else replace(frame, header=Header(text=say("tare.header")))


def known_button() -> Button:
    return Button(action=Action.JAR_KNOWN, label=say("tare.known"), icon="barcode-scan")


def _buttons(state: Taring, first: Button) -> tuple[Button, ...]:
    if state.waiting is not None and state.band is None:
        point = Button(
            action=Action.READ, label=say("tare.band.read"), icon="message-text-outline", kind=ButtonKind.ATTENTION
        )
        return first, point, done_button()
    return first, done_button()


@shown(Taring)
def show_weighing(session: Session, state: Taring, around: Surroundings, frame: Frame) -> View:
    """What lies on the pan, in words, and the one thing to do about it."""
    frame = _headed(frame)
    if Part.SCALE in session.lost:
        return NoticeView(
            frame=frame,
            edge=Edge.SUN,
            icon="scale",
            title=say("broken.scale"),
            body=(say("broken.scale.do"),),
            buttons=(desk_button(ButtonKind.MAIN), done_button()),
        )
    corner = None if state.count == 0 else say("tare.count", n=state.count + 1)
    match session.weighing.pan:
        case tare.Steady(grams=grams):
            keep = Button(action=Action.KEEP_TARE, label=say("tare.keep"), icon="check", kind=ButtonKind.MAIN)
            return WeightView(
                frame=frame,
                grams=grams,
                steady=True,
                caption=say("tare.steady"),
                corner=corner,
                buttons=_buttons(state, keep),
            )
        case tare.Settling(grams=grams, slow=slow):
            return WeightView(
                frame=frame,
                grams=grams,
                steady=False,
                caption=say("tare.still_moving" if slow else "tare.moving"),
                corner=corner,
                buttons=_buttons(state, known_button()),
            )
        case _:
            return _show_other_pan(session, state, around, frame)


TROUBLES: dict[type[tare.Pan], tuple[Edge, str, tuple[str, ...]]] = {
    tare.Overload: (Edge.BRICK, "weight", ("tare.over", "tare.over.max", "tare.over.do")),
    tare.UnderZero: (Edge.SUN, "scale", ("tare.under", "tare.under.do")),
    tare.NetIndicated: (Edge.SUN, "scale", ("tare.net", "tare.net.do")),
    tare.TooLight: (Edge.SUN, "scale", ("tare.light", "tare.light.do")),
    tare.Occupied: (Edge.NONE, "scale", ("tare.clear", "tare.clear.do")),
    tare.Kept: (Edge.NONE, "scale", ("tare.clear", "tare.clear.do")),
}
"""What is wrong with the pan: edge, icon, the title and what to do."""


def _show_other_pan(session: Session, state: Taring, around: Surroundings, frame: Frame) -> View:
    pan = type(session.weighing.pan)
    buttons = _buttons(state, known_button())
    if pan not in TROUBLES:
        return PromptView(
            frame=frame, picture="jar", title=say("tare.wait"), sub=(say("tare.wait.sub"),), buttons=buttons
        )
    edge, icon, (title, *body) = TROUBLES[pan]
    limit = around.limits.maximum if pan is tare.Overload else int(around.limits.minimum)
    return NoticeView(
        frame=frame,
        edge=edge,
        icon=icon,
        title=say(title),
        body=tuple(say(key, limit=limit) for key in body),
        buttons=buttons,
    )


@shown(TareKept)
def show_kept(_session: Session, state: TareKept, _around: Surroundings, frame: Frame) -> ResultView:
    """Without a printer: what to write on the jar. It is « gardé » only once it is on the disk."""
    panel = Panel(
        icon="jar",
        left=say("tare.count", n=state.count),
        text=say("tare.done.line", grams=state.jar.grams),
        code=state.jar.code,
    )
    another = Button(
        action=Action.ANOTHER_JAR, label=say("tare.another"), icon="plus-circle-outline", kind=ButtonKind.MAIN
    )
    return ResultView(
        frame=_headed(frame),
        tone=ResultTone.LEAF,
        icon="jar",
        title=say("tare.kept" if state.committed else "tare.keeping"),
        body=(say("tare.kept.write"), say("tare.kept.fill")),
        panel=panel,
        buttons=(another, done_button()),
    )


@shown(Typing)
def show_keypad(_session: Session, state: Typing, _around: Surroundings, frame: Frame) -> KeypadView:
    return KeypadView(
        frame=frame,
        header=say("jar.header"),
        title=say("jar.type"),
        icon="barcode-scan",
        typed="" if state.unknown else state.digits,
        length=6,
        remark=say("jar.unknown") if state.unknown else None,
        cancel=Button(action=Action.CANCEL, label=say("help.cancel"), icon="close"),
    )


@shown(Recalling)
def show_jar(session: Session, state: Recalling, around: Surroundings, frame: Frame) -> JarView:
    today = around.now.astimezone(around.zone).date()
    ask = say("jar.old") if today - state.jar.weighed_on > OLD_AFTER else _compare(session, state, around)
    return JarView(
        frame=frame,
        title=say("jar.title"),
        grams=state.jar.grams,
        code=state.jar.code,
        line=say("jar.line", date=Day(state.jar.weighed_on)),
        ask=ask,
        buttons=(
            Button(action=Action.REWEIGH, label=say("jar.reweigh"), icon="scale"),
            done_button(ButtonKind.MAIN),
        ),
    )


def _compare(session: Session, state: Recalling, around: Surroundings) -> Say:
    """With the jar on the pan, its weight speaks for itself: more than two divisions apart is worth a question."""
    pan = session.weighing.pan
    if not isinstance(pan, tare.Steady):
        return say("jar.ask")
    more = pan.grams - state.jar.grams
    if abs(more) <= 2 * around.limits.division:
        return say("jar.ask")
    return say("jar.diff", n=more) if more > 0 else say("jar.diff.less", n=-more)
