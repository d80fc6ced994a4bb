"""The technician's menu, and the PIN that opens it where no card can be read."""

from dataclasses import replace
from itertools import pairwise
from typing import Final

from kiosk.actions import Action
from kiosk.effects import AskPin, CheckPin, ChoosePin, ListLog, Play, Restart
from kiosk.events import CardTapped, LogListed, PinChecked, PinKnown, Touched
from kiosk.rules.coordinating import sign_in
from kiosk.rules.entering import lay_card, verdict_on
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.staff_states import (
    CORNERS,
    Examining,
    Maintaining,
    PinFlaw,
    ReadingLog,
    Restarting,
    SettingPin,
    TryingGlass,
    Unlocking,
)
from kiosk.rules.states import STATES, Idle, Noticing, OutOfOrder, State, Thanking, Visit, Welcoming
from kiosk.rules.turn import Turn, on
from kiosk.types import Member, Reason, Role, Sound, Verdict

SHORTEST_PIN: Final = 4
LONGEST_PIN: Final = 6
LINES_A_PAGE: Final = 3
PAUSES_SECONDS: Final = (1, 2, 4, 8, 300)
"""After the first wrong try, the second …: from the fifth on, five minutes each."""

NOT_ABOUT_THE_PERSON: Final = frozenset({Reason.CLOSED, Reason.UNSTAFFED, Reason.EXPIRED, Reason.LOCKED_DOWN})
"""Reasons that keep a technician from the shop, not from the terminal. A badge that nobody sees is none of them."""


def has_technician(knowledge: Knowledge) -> bool:
    """Someone with a card can open the menu, so that nobody else may choose its first PIN."""
    return any(
        (member := knowledge.members.get(card.member_id)) is not None and member.role is Role.TECHNICIAN
        for card in knowledge.cards.values()
        if not card.blocked
    )


# ── the way in ────────────────────────────────────────────────────────────────────────────────────────────────────


@on((Idle, OutOfOrder), Touched, Action.UNLOCK)
def ask_for_the_pin(turn: Turn, _state: Idle | OutOfOrder, _event: Touched) -> Unlocking | SettingPin:
    """On a new terminal, whoever sets it up chooses the PIN; there is none to be guessed."""
    pin = turn.session.pin
    if pin is None:
        turn.do(AskPin())
    elif not pin.chosen and not has_technician(turn.around.knowledge):
        return SettingPin(staff=sign_in(turn, Role.TECHNICIAN, None))
    return Unlocking()


@on(Unlocking, CardTapped)
def lay_card_instead(turn: Turn, state: Unlocking, tap: CardTapped) -> State:
    """A technician's card opens the menu at once; any other one ends the asking."""
    member = turn.around.knowledge.bearer(tap.hash)
    if member is None:
        return lay_card(turn, state, tap)
    verdict = verdict_on(turn, member, tap.kind)
    if not _may_maintain(member, verdict):
        return lay_card(turn, state, tap)
    turn.do(Play(Sound.CARD))
    visit = Visit(
        card=tap.hash,
        member=member,
        account=turn.around.knowledge.account_of(member) or member,
        verdict=verdict,
        at=turn.around.monotonic,
        passage=turn.around.new_id(),
        kind=tap.kind,
    )
    return _enter(turn, visit)


def _may_maintain(member: Member, verdict: Verdict) -> bool:
    return member.role is Role.TECHNICIAN and (verdict.allowed or verdict.reason in NOT_ABOUT_THE_PERSON)


@on((Welcoming, Thanking, Noticing), Touched, Action.TECHNICAL)
def open_menu(
    turn: Turn, state: Welcoming | Thanking | Noticing, _event: Touched
) -> Maintaining | SettingPin | Welcoming:
    """The card has just shown who it is; a member's card has no such button."""
    visit: Visit = state.visit
    if visit.member.role is not Role.TECHNICIAN:
        return Welcoming(visit=visit)
    return _enter(turn, visit)


def _enter(turn: Turn, visit: Visit | None) -> Maintaining | SettingPin:
    """Without a PIN there would be no way in on the day the reader fails: the first one is chosen now."""
    pin = turn.session.pin
    staff = sign_in(turn, Role.TECHNICIAN, visit)
    return SettingPin(staff=staff) if pin is not None and not pin.chosen else Maintaining(staff)


# ── the PIN ───────────────────────────────────────────────────────────────────────────────────────────────────────


@on(STATES, PinKnown)
def learn_about_the_pin(turn: Turn, state: State, event: PinKnown) -> State:
    """The pause begins with the wrong try; after a restart it begins anew."""
    before = turn.session.pin
    turn.change(pin=event)
    if event.tries and (before is None or event.tries > before.tries):
        pause = PAUSES_SECONDS[min(event.tries, len(PAUSES_SECONDS)) - 1]
        turn.change(pin_pause_until=turn.around.monotonic + pause)
    elif not event.tries:
        turn.change(pin_pause_until=0.0)
    return state


@on((Unlocking, SettingPin), Touched, Action.KEY)
def type_digit(_turn: Turn, state: Unlocking | SettingPin, event: Touched) -> Unlocking | SettingPin:
    digits = (state.digits + event.target)[:LONGEST_PIN]
    if isinstance(state, Unlocking):
        return replace(state, digits=digits, wrong=False, short=False)
    return replace(state, digits=digits, flaw=None)


@on((Unlocking, SettingPin), Touched, Action.ERASE)
def erase_digit(_turn: Turn, state: Unlocking | SettingPin, _event: Touched) -> Unlocking | SettingPin:
    return replace(state, digits=state.digits[:-1])


@on(Unlocking, Touched, Action.ENTER)
def try_the_pin(turn: Turn, state: Unlocking, _event: Touched) -> Unlocking:
    """During a pause nothing is looked at, not even the right one."""
    if state.checking or turn.around.monotonic < turn.session.pin_pause_until:
        return replace(state, digits="")
    if len(state.digits) < SHORTEST_PIN:
        return replace(state, short=True)
    turn.do(CheckPin(state.digits))
    return Unlocking(checking=True)


@on(Unlocking, PinChecked)
def hear_about_the_pin(turn: Turn, state: Unlocking, event: PinChecked) -> Unlocking | Maintaining:
    if not state.checking:
        return state
    if not event.right:
        turn.do(Play(Sound.UNKNOWN))
        return Unlocking(wrong=True)
    return Maintaining(sign_in(turn, Role.TECHNICIAN, None))


@on(SettingPin, Touched, Action.ENTER)
def choose_the_pin(turn: Turn, state: SettingPin, _event: Touched) -> SettingPin | Maintaining:
    """Typed twice, so that a slip of the finger locks nobody out."""
    digits = state.digits
    if state.first:
        if digits != state.first:
            return SettingPin(staff=state.staff, flaw=PinFlaw.DIFFERENT)
        turn.do(ChoosePin(digits))
        turn.change(pin=PinKnown(chosen=True))
        return Maintaining(state.staff)
    if len(digits) < SHORTEST_PIN:
        return replace(state, flaw=PinFlaw.SHORT)
    if is_easy(digits):
        return SettingPin(staff=state.staff, flaw=PinFlaw.EASY)
    return SettingPin(staff=state.staff, first=digits)


def is_easy(digits: str) -> bool:
    """One digit only, or a run such as 1234."""
    steps = {int(after) - int(before) for before, after in pairwise(digits)}
    return steps in ({0}, {1}, {-1})


@on(Unlocking, Touched, Action.CANCEL, Action.DONE)
def stop_asking(turn: Turn, _state: Unlocking, _event: Touched) -> Idle | OutOfOrder:
    return turn.home()


@on(SettingPin, Touched, Action.CANCEL)
def stop_choosing(turn: Turn, state: SettingPin, _event: Touched) -> Maintaining | Idle | OutOfOrder:
    """Without any PIN the menu stays shut."""
    pin = turn.session.pin
    return Maintaining(state.staff) if pin is not None and pin.chosen else turn.home()


# ── the menu ──────────────────────────────────────────────────────────────────────────────────────────────────────


@on(Maintaining, Touched, Action.CHANGE_PIN)
def change_the_pin(_turn: Turn, state: Maintaining, _event: Touched) -> SettingPin:
    return SettingPin(staff=state.staff)


@on(Maintaining, Touched, Action.SELF_TEST)
def examine(_turn: Turn, state: Maintaining, _event: Touched) -> Examining:
    return Examining(state.staff)


@on(Examining, Touched, Action.TRY_GLASS)
def try_the_glass(_turn: Turn, state: Examining, _event: Touched) -> TryingGlass:
    return TryingGlass(staff=state.staff)


@on(TryingGlass, Touched, Action.CHOOSE)
def touch_a_corner(turn: Turn, state: TryingGlass, event: Touched) -> TryingGlass | Examining:
    touched = state.touched | {event.target}
    if not touched.issuperset(CORNERS):
        return replace(state, touched=touched)
    turn.do(Play(Sound.PRESENT))
    turn.change(glass_tried=True)
    return Examining(state.staff)


@on(TryingGlass, Touched, Action.BACK)
def leave_the_glass(_turn: Turn, state: TryingGlass, _event: Touched) -> Examining:
    return Examining(state.staff)


# ── the log ───────────────────────────────────────────────────────────────────────────────────────────────────────


@on(Maintaining, Touched, Action.LOG)
def open_log(turn: Turn, state: Maintaining, _event: Touched) -> ReadingLog:
    turn.do(ListLog())
    turn.change(troubles_read=turn.around.troubles)
    return ReadingLog(staff=state.staff)


@on(ReadingLog, LogListed)
def show_log(_turn: Turn, state: ReadingLog, event: LogListed) -> ReadingLog:
    """As it was when it was asked for: lines that come meanwhile do not move what someone reads."""
    return replace(state, lines=event.lines)


@on(ReadingLog, Touched, Action.MORE)
def show_older_lines(_turn: Turn, state: ReadingLog, _event: Touched) -> ReadingLog:
    pages = max(1, -(-len(state.lines or ()) // LINES_A_PAGE))
    return replace(state, page=(state.page + 1) % pages)


@on(ReadingLog, Touched, Action.CHOOSE)
def open_line(_turn: Turn, state: ReadingLog, event: Touched) -> ReadingLog:
    return replace(state, opened=int(event.target))


@on((ReadingLog, Restarting), Touched, Action.BACK)
def leave_log(_turn: Turn, state: ReadingLog | Restarting, _event: Touched) -> ReadingLog | Maintaining:
    """From a line to the lines, from them to the menu."""
    if isinstance(state, ReadingLog) and state.opened is not None:
        return replace(state, opened=None)
    return Maintaining(state.staff)


# ── starting anew ─────────────────────────────────────────────────────────────────────────────────────────────────


@on(Maintaining, Touched, Action.RESTART)
def tell_of_restart(turn: Turn, state: Maintaining, _event: Touched) -> Restarting | Maintaining:
    """Only where someone starts the program again: a terminal that nobody revives stays up."""
    return Restarting(staff=state.staff) if turn.around.restarts else state


@on(Restarting, Touched, Action.RESTART)
def restart(turn: Turn, state: Restarting, _event: Touched) -> Restarting:
    if not state.begun and turn.around.restarts:
        turn.do(Restart())
    return replace(state, begun=True)
