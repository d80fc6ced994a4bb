"""The day of the tour: what hands do in the room, and what the screen must come to show.

A step acts, then waits for its view. The checks look at the frozen view that the rules built and at the door itself, so
a step that only looks right fails.
"""

from collections.abc import Callable

from kiosk.actions import Action
from kiosk.demo.acting import Actor, Step, body, home, is_idle, says, taps, then, titled, touches, types, wait
from kiosk.demo.cast import OTHER_COOP_BADGE, STRANGER_CARD, Kind, character
from kiosk.demo.staff_steps import STAFF_STEPS
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


def _picked(actor: Actor) -> None:
    """The emptiest shift is booked."""
    actor.touch(Action.PICK)


STICKER = "7:04B7A1D2C36480"
"""A contactless sticker for jars; no member's."""


def _empty_pan(actor: Actor) -> None:
    """The jar is lifted, and the screen is ready for the next."""
    actor.room.scale.remove(settle_seconds=0)
    actor.pass_time(1)
    actor.pass_time(11)


def _next_jar(grams: int) -> Callable[[Actor], None]:
    def act(actor: Actor) -> None:
        actor.room.scale.remove(settle_seconds=0)
        actor.wait_for(lambda view: not isinstance(view, ResultView))
        actor.room.scale.place(grams, settle_seconds=0.3)

    return act


def _jar_number(view: View) -> object:
    """Of the jar on the panel."""
    panel = getattr(view, "panel", None)
    return None if panel is None else dict(panel.left.values)["n"]


def _is_noted(view: View) -> bool:
    """At the terminal; some servers note a presence only when they are told."""
    return body(ResultView, "shift.noted")(view) or body(ResultView, "shift.noted.here")(view)


def _is_kept(view: View) -> bool:
    """Here alone: it leaves once there is a way to the server."""
    return body(ResultView, "shift.queued")(view) or body(ResultView, "shift.noted.here")(view)


def _asks(key: str) -> Callable[[View], bool]:
    return lambda view: isinstance(view, JarView) and view.ask.key == key


STEPS: tuple[Step, ...] = (
    Step("idle", "the invitation and the shift board", lambda _: None, is_idle, door=False),
    Step(
        "idle-english",
        "the same in English at a touch",
        touches(Action.LANGUAGE),
        lambda view: is_idle(view) and view.frame.language == "en",
    ),
    Step(
        "welcome",
        "C'est ouvert ! with the next shift",
        then(home, taps(Kind.OK)),
        lambda view: isinstance(view, ResultView) and says(view, "open.title") and view.panel is not None,
        door=True,
        needs="next_shifts",
        otherwise=titled(ResultView, "open.title"),
    ),
    Step(
        "welcome-reopen",
        "after a touch the button opens again",
        touches(Action.LANGUAGE, Action.LANGUAGE),
        lambda view: any(b.action is Action.REOPEN for b in getattr(view, "buttons", ())),
    ),
    Step(
        "my-shifts",
        "the next shifts and the balance, behind a touch",
        touches(Action.MY_SHIFTS),
        titled(ShiftsView, "my.title"),
        needs="next_shifts",
        otherwise=titled(ShiftsView, "my.balance"),
    ),
    Step(
        "still-there", "Toujours là ? before anything is lost", wait(31), lambda view: isinstance(view, StillThereView)
    ),
    Step(
        "welcome-english",
        "Emma is greeted in English",
        then(home, taps(Kind.ENGLISH)),
        lambda view: isinstance(view, ResultView) and view.frame.language == "en",
        door=True,
    ),
    Step(
        "attention",
        "the door is open, and there is a word, behind a touch",
        then(home, taps(Kind.WARN)),
        lambda view: isinstance(view, ResultView) and view.tone is ResultTone.SUN,
        door=True,
    ),
    Step("attention-read", "what there is to say", touches(Action.READ), titled(ShiftsView, "alert.title")),
    Step(
        "question",
        "Tu viens faire ton créneau ? while the door is open already",
        then(home, taps(Kind.SHIFT_NOW)),
        titled(QuestionView, "shift.ask"),
        door=True,
    ),
    Step("present", "no touch: the presence is noted", wait(16), _is_noted),
    Step(
        "present-again",
        "the card laid again within 30 s offers to undo",
        taps(Kind.SHIFT_NOW),
        lambda view: any(b.action is Action.UNDO for b in getattr(view, "buttons", ())),
    ),
    Step("undone", "taken back", touches(Action.UNDO), titled(ResultView, "shift.undone")),
    Step(
        "present-by-touch",
        "asked again, answered yes",
        then(home, taps(Kind.SHIFT_NOW), touches(Action.START_SHIFT)),
        _is_noted,
    ),
    Step(
        "team",
        "who is on shift, by name, for one of the team",
        touches(Action.ROLL_CALL),
        lambda view: isinstance(view, RollCallView) and bool(view.people),
    ),
    Step(
        "roll-call",
        "without a card, counts by job",
        then(home, touches(Action.ROLL_CALL)),
        lambda view: isinstance(view, RollCallView) and bool(view.jobs),
    ),
    Step(
        "closed",
        "On fait le point ? and the way in first",
        then(home, taps(Kind.BLOCKED)),
        titled(NoticeView, "closed.title"),
        door=False,
    ),
    Step("closed-why", "the reason, once it is asked for", touches(Action.WHY), body(NoticeView, "closed.hours")),
    Step(
        "sign-up",
        "the shifts that need people, the emptiest first",
        touches(Action.SIGN_UP),
        lambda view: isinstance(view, SignUpView) and bool(view.offers),
    ),
    Step("booked", "a make-up is booked and the door opens", _picked, body(ResultView, "need.booked.open"), door=True),
    Step(
        "closed-frozen",
        "an account on hold: a calm screen with what to do",
        then(home, taps(Kind.FROZEN), touches(Action.WHY)),
        body(NoticeView, "closed.frozen"),
        door=False,
    ),
    Step(
        "closed-fee",
        "a membership to renew",
        then(home, taps(Kind.FEE), touches(Action.WHY)),
        body(NoticeView, "closed.fee"),
        door=False,
    ),
    Step(
        "unknown",
        "a card that nobody knows",
        then(home, lambda actor: actor.lay(STRANGER_CARD)),
        titled(NoticeView, "unknown.title"),
        door=False,
    ),
    Step(
        "badge",
        "an old bar-code badge, read by the gun",
        then(home, lambda actor: actor.room.scan(character(Kind.BADGE).card)),
        titled(ResultView, "open.title"),
        door=True,
    ),
    Step(
        "two-cards",
        "one card at a time",
        then(home, lambda actor: actor.lay(character(Kind.OK).card, STRANGER_CARD)),
        titled(NoticeView, "card.two"),
    ),
    Step(
        "bank-card",
        "a bank card is told as such",
        then(home, lambda actor: actor.lay("bank")),
        body(NoticeView, "unknown.bank"),
        door=False,
    ),
    Step("no-card", "Sans carte ?", then(home, touches(Action.NO_CARD)), titled(ChoicesView, "nocard.title")),
    Step("ringing", "the bell rings at the desk", touches(Action.FORGOT_CARD), titled(NoticeView, "bell.title")),
    Step(
        "help",
        "a hand: text, sound, language, data, bell",
        then(home, touches(Action.HELP)),
        lambda view: isinstance(view, HelpView),
    ),
    Step(
        "my-data",
        "what is known here, and for how long",
        touches(Action.MY_DATA),
        lambda view: isinstance(view, TextView),
    ),
    *STAFF_STEPS,
    Step("tare-wait", "Pose ton bocal vide", then(home, touches(Action.WEIGH)), titled(PromptView, "tare.wait")),
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
        taps(Kind.OK),
        lambda view: isinstance(view, WeightView) and view.frame.header.band,
        door=True,
    ),
    Step("tare-printed", "the label is there", touches(Action.KEEP_TARE), titled(ResultView, "tare.done")),
    Step(
        "tare-alone",
        "the next jar prints by itself",
        then(touches(Action.PRINT_ALONE), _next_jar(410)),
        lambda view: titled(ResultView, "tare.done")(view) and _jar_number(view) == 2,
    ),
    Step(
        "tare-no-paper",
        "no paper: what to write on the jar",
        then(lambda actor: actor.room.printer.take_paper_out(), _next_jar(98)),
        titled(ResultView, "broken.printer"),
    ),
    Step(
        "tare-paper-again",
        "a new roll, and the label is printed after all",
        then(lambda actor: actor.room.printer.load_paper(), touches(Action.PRINT_AGAIN)),
        titled(ResultView, "tare.done"),
    ),
    Step(
        "tare-overload",
        "too heavy",
        then(_empty_pan, lambda actor: actor.room.scale.overload()),
        titled(NoticeView, "tare.over"),
    ),
    Step(
        "tare-light",
        "too light for this scale",
        then(
            lambda actor: actor.room.scale.remove(),
            lambda actor: actor.pass_time(2),
            lambda actor: actor.room.scale.place(18, settle_seconds=0.3),
        ),
        titled(NoticeView, "tare.light"),
    ),
    Step(
        "tare-under",
        "under zero",
        then(lambda actor: actor.room.scale.remove(), lambda actor: actor.room.scale.drift(-40)),
        titled(NoticeView, "tare.under"),
    ),
    Step(
        "scale-lost",
        "the scale is unplugged",
        lambda actor: actor.room.scale.unplug(),
        titled(NoticeView, "broken.scale"),
    ),
    Step(
        "weight-vouch",
        "someone at work may type a weight: whose card?",
        touches(Action.TYPE_WEIGHT),
        titled(PromptView, "tare.vouch"),
    ),
    Step(
        "weight-typed",
        "a coordinator types the weight of another scale; the label says so",
        then(taps(Kind.COORDINATOR), types("251")),
        lambda view: isinstance(view, ResultView) and "tare.typed.note" in {line.key for line in view.body},
        door=True,
    ),
    Step(
        "scale-back",
        "and back by itself",
        then(
            lambda actor: actor.room.scale.drift(0),
            lambda actor: actor.room.scale.plug(),
            lambda actor: actor.pass_time(11),
        ),
        titled(PromptView, "tare.wait"),
    ),
    Step(
        "jar-code",
        "a jar weighed before: its code",
        touches(Action.JAR_KNOWN),
        lambda view: isinstance(view, KeypadView),
    ),
    Step(
        "jar-known",
        "its tare is remembered",
        lambda actor: actor.type_jar_code(),
        lambda view: isinstance(view, JarView),
    ),
    Step(
        "jar-sticker",
        "a sticker that nobody knows, laid beside a jar, may be that jar's",
        lambda actor: actor.lay(STICKER),
        titled(QuestionView, "jar.tag"),
    ),
    Step("jar-tagged", "linked by a touch, to nobody", touches(Action.TAG_JAR), _asks("jar.tagged")),
    Step(
        "jar-by-sticker",
        "the sticker laid on the reader leads to its jar",
        then(home, lambda actor: actor.lay(STICKER)),
        lambda view: isinstance(view, JarView),
        door=False,
    ),
    Step("jar-printed", "its label again, unweighed", touches(Action.PRINT_JAR), titled(ResultView, "tare.done")),
    Step(
        "offline",
        "the network is cut: a line says since when",
        then(home, lambda actor: actor.room.cut_network(), wait(10)),
        lambda view: is_idle(view) and view.frame.header.second is not None,
    ),
    Step(
        "offline-welcome",
        "the door works all the same",
        taps(Kind.AHEAD),
        titled(ResultView, "open.title"),
        door=True,
    ),
    Step(
        "offline-question",
        "Nour comes for her shift",
        then(home, lambda actor: actor.pass_until(18, 50), taps(Kind.SHIFT_NEXT)),
        titled(QuestionView, "shift.ask"),
        door=True,
    ),
    Step("offline-present", "a check-in is kept here", wait(16), _is_kept),
    Step(
        "online-again",
        "the line is gone, and what waited has left, once each",
        then(home, lambda actor: actor.room.mend_network(), wait(40), lambda actor: actor.wait_delivered()),
        lambda view: is_idle(view) and view.frame.header.second is None,
    ),
    Step(
        "reader-lost",
        "the reader is out of order: the desk opens",
        lambda actor: actor.room.unplug_reader(),
        titled(NoticeView, "broken.reader"),
    ),
    Step("reader-back", "and back by itself", lambda actor: actor.room.plug_reader(), is_idle),
    Step(
        "large-text",
        "large text for who needs it",
        then(home, taps(Kind.LARGE_TEXT)),
        lambda view: isinstance(view, ResultView) and view.frame.large_text,
        door=True,
    ),
    Step(
        "night",
        "closed: when it opens, and the way in for workers",
        then(home, lambda actor: actor.pass_time(6 * 3600)),
        lambda view: isinstance(view, IdleView) and view.frame.night,
    ),
)
