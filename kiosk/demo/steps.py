"""The day of the tour: what hands do in the room, and what the screen must come to show.

A step acts, then waits for its view. The checks look at the frozen view that the rules built and at the door itself, so
a step that only looks right fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.demo.cast import OTHER_COOP_BADGE, STRANGER_CARD, Kind, character
from kiosk.demo.room import Room
from kiosk.events import Action
from kiosk.views import (
    ChoicesView,
    HelpView,
    IdleView,
    JarView,
    KeypadView,
    NoticeView,
    PromptView,
    QuestionView,
    ResultTone,
    ResultView,
    RollCallView,
    ShiftsView,
    SignUpView,
    StillThereView,
    TextView,
    View,
    WeightView,
)

__all__ = ["OTHER_COOP_BADGE", "STEPS", "Actor", "Step"]


class Actor(Protocol):
    """Whoever plays the tour: hands in the room and fingers on the screen."""

    room: Room

    def touch(self, action: Action, target: str = "") -> None: ...
    def lay(self, card_id: str) -> None: ...
    def lay_two(self, one: str, other: str) -> None: ...
    def pass_time(self, seconds: float) -> None: ...
    def pass_until(self, hour: int, minute: int) -> None: ...
    def wait_delivered(self) -> None: ...
    def type_jar_code(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One picture of the tour.

    Attributes:
        name: of the picture.
        expected: what should be seen, in words.
        act: what hands do.
        seen: whether a view is the one.
        door: whether the door is unlocked; None does not matter.
    """

    name: str
    expected: str
    act: Callable[[Actor], None]
    seen: Callable[[View], bool]
    door: bool | None = None


def _says(view: View, key: str) -> bool:
    """The title of the view is this sentence."""
    title = getattr(view, "title", None)
    return title is not None and title.key == key


def _titled(kind: type, key: str) -> Callable[[View], bool]:
    return lambda view: isinstance(view, kind) and _says(view, key)


def _body(kind: type, *keys: str) -> Callable[[View], bool]:
    def seen(view: View) -> bool:
        return isinstance(view, kind) and {*keys} <= {line.key for line in getattr(view, "body", ())}

    return seen


def _taps(kind: Kind) -> Callable[[Actor], None]:
    return lambda actor: actor.lay(character(kind).card)


def _touches(*actions: Action) -> Callable[[Actor], None]:
    def act(actor: Actor) -> None:
        for action in actions:
            actor.touch(action)

    return act


def _then(*acts: Callable[[Actor], None]) -> Callable[[Actor], None]:
    def act(actor: Actor) -> None:
        for one in acts:
            one(actor)

    return act


def _wait(seconds: float) -> Callable[[Actor], None]:
    return lambda actor: actor.pass_time(seconds)


def _home(actor: Actor) -> None:
    """Everyone leaves: whatever is shown times out, « Toujours là ? » included."""
    for _ in range(3):
        actor.pass_time(61)


def _is_idle(view: View) -> bool:
    return isinstance(view, IdleView) and _says(view, "idle.title")


def _picked(actor: Actor) -> None:
    """The emptiest shift is booked."""
    actor.touch(Action.PICK)


STEPS: tuple[Step, ...] = (
    Step("idle", "the invitation and the shift board", lambda _: None, _is_idle, door=False),
    Step(
        "idle-english",
        "the same in English at a touch",
        _touches(Action.LANGUAGE),
        lambda view: _is_idle(view) and view.frame.language == "en",
    ),
    Step(
        "welcome",
        "C'est ouvert ! with the next shift",
        _then(_home, _taps(Kind.OK)),
        lambda view: isinstance(view, ResultView) and _says(view, "open.title") and view.panel is not None,
        door=True,
    ),
    Step(
        "welcome-reopen",
        "after a touch the button opens again",
        _touches(Action.LANGUAGE, Action.LANGUAGE),
        lambda view: any(b.action is Action.REOPEN for b in getattr(view, "buttons", ())),
    ),
    Step(
        "my-shifts",
        "the next shifts and the balance, behind a touch",
        _touches(Action.MY_SHIFTS),
        _titled(ShiftsView, "my.title"),
    ),
    Step(
        "still-there", "Toujours là ? before anything is lost", _wait(31), lambda view: isinstance(view, StillThereView)
    ),
    Step(
        "welcome-english",
        "Emma is greeted in English",
        _then(_home, _taps(Kind.ENGLISH)),
        lambda view: isinstance(view, ResultView) and view.frame.language == "en",
        door=True,
    ),
    Step(
        "attention",
        "the door is open, and there is a word, behind a touch",
        _then(_home, _taps(Kind.WARN)),
        lambda view: isinstance(view, ResultView) and view.tone is ResultTone.SUN,
        door=True,
    ),
    Step("attention-read", "what there is to say", _touches(Action.READ), _titled(ShiftsView, "alert.title")),
    Step(
        "question",
        "Tu viens faire ton créneau ? while the door is open already",
        _then(_home, _taps(Kind.SHIFT_NOW)),
        _titled(QuestionView, "shift.ask"),
        door=True,
    ),
    Step("present", "no touch: the presence is noted", _wait(16), _body(ResultView, "shift.noted")),
    Step(
        "present-again",
        "the card laid again within 30 s offers to undo",
        _taps(Kind.SHIFT_NOW),
        lambda view: any(b.action is Action.UNDO for b in getattr(view, "buttons", ())),
    ),
    Step("undone", "taken back", _touches(Action.UNDO), _titled(ResultView, "shift.undone")),
    Step(
        "present-by-touch",
        "asked again, answered yes",
        _then(_home, _taps(Kind.SHIFT_NOW), _touches(Action.START_SHIFT)),
        _body(ResultView, "shift.noted"),
    ),
    Step(
        "team",
        "who is on shift, by name, for one of the team",
        _touches(Action.ROLL_CALL),
        lambda view: isinstance(view, RollCallView) and bool(view.people),
    ),
    Step(
        "roll-call",
        "without a card, counts by job",
        _then(_home, _touches(Action.ROLL_CALL)),
        lambda view: isinstance(view, RollCallView) and bool(view.jobs),
    ),
    Step(
        "closed",
        "On fait le point ? and the way in first",
        _then(_home, _taps(Kind.BLOCKED)),
        _titled(NoticeView, "closed.title"),
        door=False,
    ),
    Step("closed-why", "the reason, once it is asked for", _touches(Action.WHY), _body(NoticeView, "closed.hours")),
    Step(
        "sign-up",
        "the shifts that need people, the emptiest first",
        _touches(Action.SIGN_UP),
        lambda view: isinstance(view, SignUpView) and bool(view.offers),
    ),
    Step("booked", "a make-up is booked and the door opens", _picked, _body(ResultView, "need.booked.open"), door=True),
    Step(
        "closed-frozen",
        "an account on hold: a calm screen with what to do",
        _then(_home, _taps(Kind.FROZEN), _touches(Action.WHY)),
        _body(NoticeView, "closed.frozen"),
        door=False,
    ),
    Step(
        "closed-fee",
        "a membership to renew",
        _then(_home, _taps(Kind.FEE), _touches(Action.WHY)),
        _body(NoticeView, "closed.fee"),
        door=False,
    ),
    Step(
        "unknown",
        "a card that nobody knows",
        _then(_home, lambda actor: actor.lay(STRANGER_CARD)),
        _titled(NoticeView, "unknown.title"),
        door=False,
    ),
    Step(
        "badge",
        "an old bar-code badge, read by the gun",
        _then(_home, lambda actor: actor.room.scan(character(Kind.BADGE).card)),
        _titled(ResultView, "open.title"),
        door=True,
    ),
    Step(
        "two-cards",
        "one card at a time",
        _then(_home, lambda actor: actor.lay_two(character(Kind.OK).card, STRANGER_CARD)),
        _titled(NoticeView, "card.two"),
    ),
    Step(
        "bank-card",
        "a bank card is told as such",
        _then(_home, lambda actor: actor.lay("bank")),
        _body(NoticeView, "unknown.bank"),
        door=False,
    ),
    Step("no-card", "Sans carte ?", _then(_home, _touches(Action.NO_CARD)), _titled(ChoicesView, "nocard.title")),
    Step("ringing", "the bell rings at the desk", _touches(Action.FORGOT_CARD), _titled(NoticeView, "bell.title")),
    Step(
        "help",
        "a hand: text, sound, language, data, bell",
        _then(_home, _touches(Action.HELP)),
        lambda view: isinstance(view, HelpView),
    ),
    Step(
        "my-data",
        "what is known here, and for how long",
        _touches(Action.MY_DATA),
        lambda view: isinstance(view, TextView),
    ),
    Step("tare-wait", "Pose ton bocal vide", _then(_home, _touches(Action.WEIGH)), _titled(PromptView, "tare.wait")),
    Step(
        "tare-moving",
        "a figure that is not kept",
        lambda actor: actor.room.scale.place(352, settle_seconds=6),
        lambda view: isinstance(view, WeightView) and not view.steady and (view.grams or 0) > 300,
    ),
    Step(
        "tare-steady",
        "the weight stands still",
        lambda actor: actor.room.scale.place(352, settle_seconds=0.3),
        lambda view: isinstance(view, WeightView) and view.steady and view.grams == 352,
    ),
    Step(
        "tare-card",
        "a card laid meanwhile opens the door and ends nothing",
        _taps(Kind.OK),
        lambda view: isinstance(view, WeightView) and view.frame.header.band,
        door=True,
    ),
    Step("tare-kept", "what to write on the jar", _touches(Action.KEEP_TARE), _titled(ResultView, "tare.kept")),
    Step(
        "tare-overload",
        "too heavy",
        _then(_touches(Action.ANOTHER_JAR), lambda actor: actor.room.scale.overload()),
        _titled(NoticeView, "tare.over"),
    ),
    Step(
        "tare-light",
        "too light for this scale",
        _then(
            lambda actor: actor.room.scale.remove(),
            lambda actor: actor.pass_time(2),
            lambda actor: actor.room.scale.place(18, settle_seconds=0.3),
        ),
        _titled(NoticeView, "tare.light"),
    ),
    Step(
        "tare-under",
        "under zero",
        _then(lambda actor: actor.room.scale.remove(), lambda actor: actor.room.scale.drift(-40)),
        _titled(NoticeView, "tare.under"),
    ),
    Step(
        "scale-lost",
        "the scale is unplugged",
        lambda actor: actor.room.scale.unplug(),
        _titled(NoticeView, "broken.scale"),
    ),
    Step(
        "scale-back",
        "and back by itself",
        _then(lambda actor: actor.room.scale.drift(0), lambda actor: actor.room.scale.plug()),
        _titled(PromptView, "tare.wait"),
    ),
    Step(
        "jar-code",
        "a jar weighed before: its code",
        _touches(Action.JAR_KNOWN),
        lambda view: isinstance(view, KeypadView),
    ),
    Step(
        "jar-known",
        "its tare is remembered",
        lambda actor: actor.type_jar_code(),
        lambda view: isinstance(view, JarView),
    ),
    Step(
        "offline",
        "the network is cut: a line says since when",
        _then(_home, lambda actor: actor.room.cut_network(), _wait(10)),
        lambda view: _is_idle(view) and view.frame.header.second is not None,
    ),
    Step(
        "offline-welcome",
        "the door works all the same",
        _taps(Kind.AHEAD),
        _titled(ResultView, "open.title"),
        door=True,
    ),
    Step(
        "offline-question",
        "Nour comes for her shift",
        _then(_home, lambda actor: actor.pass_until(18, 50), _taps(Kind.SHIFT_NEXT)),
        _titled(QuestionView, "shift.ask"),
        door=True,
    ),
    Step("offline-present", "a check-in is kept here", _wait(16), _body(ResultView, "shift.noted")),
    Step(
        "online-again",
        "the line is gone, and what waited has left, once each",
        _then(_home, lambda actor: actor.room.mend_network(), _wait(40), lambda actor: actor.wait_delivered()),
        lambda view: _is_idle(view) and view.frame.header.second is None,
    ),
    Step(
        "reader-lost",
        "the reader is out of order: the desk opens",
        lambda actor: actor.room.unplug_reader(),
        _titled(NoticeView, "broken.reader"),
    ),
    Step("reader-back", "and back by itself", lambda actor: actor.room.plug_reader(), _is_idle),
    Step(
        "large-text",
        "large text for who needs it",
        _then(_home, _taps(Kind.LARGE_TEXT)),
        lambda view: isinstance(view, ResultView) and view.frame.large_text,
        door=True,
    ),
    Step(
        "night",
        "closed: when it opens, and the way in for workers",
        _then(_home, lambda actor: actor.pass_time(6 * 3600)),
        lambda view: isinstance(view, IdleView) and view.frame.night,
    ),
)
