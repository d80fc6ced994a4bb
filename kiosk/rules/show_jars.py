"""The screens of the bulk station: weighing, what to write on the jar, a jar that is known."""

from dataclasses import replace
from datetime import timedelta

from kiosk.actions import Action
from kiosk.rules import tare
from kiosk.rules.dating import may_be_told
from kiosk.rules.showing import desk_button, done_button, shown
from kiosk.rules.states import Recalling, Session, Taring, Typing, TypingWeight, Vouching
from kiosk.rules.turn import Surroundings
from kiosk.tares import CODE_LENGTH, is_jar_code
from kiosk.types import Grams, Jar, Part
from kiosk.view_parts import Button, ButtonKind, Day, Frame, Header, Say, say
from kiosk.views import Edge, JarView, KeypadView, NoticeView, PromptView, View, WeightView

OLD_AFTER = timedelta(days=365)


def headed(frame: Frame) -> Frame:
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
    frame = headed(frame)
    if Part.SCALE in session.lost:
        type_weight = Button(action=Action.TYPE_WEIGHT, label=say("tare.type"), icon="keyboard-outline")
        return NoticeView(
            frame=frame,
            edge=Edge.SUN,
            icon="scale",
            title=say("broken.scale"),
            body=(say("broken.scale.do"),),
            buttons=(desk_button(ButtonKind.MAIN), type_weight, done_button()),
        )
    match session.weighing.pan:
        case tare.Steady(grams=grams):
            label, icon = ("tare.print", "printer-outline") if around.printer else ("tare.keep", "check")
            keep = Button(action=Action.KEEP_TARE, label=say(label), icon=icon, kind=ButtonKind.MAIN)
            return replace(_weight(state, frame, grams, "tare.steady", keep), steady=True)
        case tare.Settling(grams=grams, slow=slow):
            return _weight(state, frame, grams, "tare.still_moving" if slow else "tare.moving", known_button())
        case tare.Stale() if session.weighing.last_at is not None:
            return _weight(state, frame, None, "tare.silent", known_button())
        case _:
            return _show_other_pan(session, state, around, frame)


def _weight(state: Taring, frame: Frame, grams: Grams | None, caption: str, first: Button) -> WeightView:
    corner = None if state.count == 0 else say("tare.count", n=state.count + 1)
    return WeightView(
        frame=frame, grams=grams, steady=False, caption=say(caption), corner=corner, buttons=_buttons(state, first)
    )


TROUBLES: dict[type[tare.Pan], tuple[Edge, str, tuple[str, ...]]] = {
    tare.Overload: (Edge.BRICK, "weight", ("tare.over", "tare.over.max", "tare.over.do")),
    tare.UnderZero: (Edge.SUN, "scale", ("tare.under", "tare.under.do")),
    tare.NetIndicated: (Edge.SUN, "scale", ("tare.net", "tare.net.do")),
    tare.TooLight: (Edge.SUN, "scale", ("tare.light", "tare.light.do", "tare.zero.do")),
    tare.Occupied: (Edge.NONE, "scale", ("tare.clear", "tare.clear.do")),
    tare.NearZero: (Edge.NONE, "scale", ("tare.clear", "tare.zero.do")),
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


CANCEL = Button(action=Action.CANCEL, label=say("help.cancel"), icon="close")


@shown(Typing)
def show_keypad(session: Session, state: Typing, around: Surroundings, frame: Frame) -> KeypadView:
    """A code with a slip in it stays, to be held against the label; one that is right may be of an unknown jar."""
    scans = Part.SCANNER in around.parts and Part.SCANNER not in session.lost
    mistyped = state.unknown and not is_jar_code(state.digits)
    unknown = "jar.mistyped" if mistyped else "jar.unknown"
    remark = unknown if state.unknown else "jar.other_code" if state.tare_code else None
    return KeypadView(
        frame=frame,
        header=say("jar.header"),
        title=say("jar.type" if scans else "jar.type.only"),
        icon="barcode-scan",
        typed="" if state.unknown and not mistyped else state.digits,
        length=CODE_LENGTH,
        remark=None if remark is None else say(remark),
        cancel=CANCEL,
    )


@shown(Vouching)
def show_vouching(_session: Session, state: Vouching, _around: Surroundings, frame: Frame) -> PromptView:
    return PromptView(
        frame=headed(frame),
        picture="card",
        title=say("tare.vouch"),
        sub=(say("tare.vouch.refused" if state.refused else "tare.vouch.sub"),),
        buttons=(CANCEL,),
    )


@shown(TypingWeight)
def show_typed_weight(_session: Session, state: TypingWeight, around: Surroundings, frame: Frame) -> KeypadView:
    return KeypadView(
        frame=frame,
        header=say("tare.header"),
        title=say("tare.typed"),
        icon="scale",
        typed="" if state.refused else state.digits,
        length=5,
        remark=say("tare.typed.range", limit=around.limits.maximum) if state.refused else None,
        cancel=CANCEL,
    )


@shown(Recalling)
def show_jar(session: Session, state: Recalling, around: Surroundings, frame: Frame) -> JarView:
    """A jar that is known, and the one question about it, if there is one: its age, or what the pan says."""
    pan = None if state.as_before else _on_the_pan(session)
    if pan is not None and not around.limits.is_unchanged(state.jar.grams, pan):
        change = pan - state.jar.grams
        ask = say("jar.diff", n=change) if change > 0 else say("jar.diff.less", n=-change)
        empty = Button(action=Action.KEEP_TARE, label=say("jar.empty"), icon="check", kind=ButtonKind.MAIN)
        buttons: tuple[Button, ...] = (
            empty,
            Button(action=Action.CANCEL, label=say("jar.notempty"), icon="close"),
        )
    else:
        ask, buttons = _settled(state, around, same=pan is not None)
    return JarView(
        frame=frame,
        title=say("jar.title"),
        grams=state.jar.grams,
        code=state.jar.code,
        line=_day_of_weighing(state.jar),
        ask=ask,
        buttons=(*buttons, done_button()),
    )


def _day_of_weighing(jar: Jar) -> Say:
    return say("jar.line", date=Day(jar.weighed_on)) if may_be_told(jar.weighed_on) else say("jar.line.undated")


def _on_the_pan(session: Session) -> Grams | None:
    """None with nothing steady on it."""
    pan = session.weighing.pan
    return pan.grams if isinstance(pan, tare.Steady) else None


def _settled(state: Recalling, around: Surroundings, *, same: bool) -> tuple[Say, tuple[Button, ...]]:
    old = around.now.astimezone(around.zone).date() - state.jar.weighed_on > OLD_AFTER
    weigh = Button(
        action=Action.REWEIGH,
        label=say("jar.reweigh"),
        icon="scale",
        kind=ButtonKind.MAIN if old or not around.printer else ButtonKind.PLAIN,
    )
    if state.tagged:
        ask = say("jar.tagged")
    elif state.as_before:
        ask = say("jar.as_before")
    elif old:
        ask = say("jar.old")
    else:
        ask = say("jar.same" if same else "jar.ask")
    if not around.printer:
        return ask, (weigh,)
    label = Button(
        action=Action.PRINT_JAR,
        label=say("tare.print"),
        icon="printer-outline",
        kind=ButtonKind.PLAIN if old else ButtonKind.MAIN,
    )
    return ask, (weigh, label) if old else (label, weigh)
