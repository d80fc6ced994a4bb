"""From a card on the reader to an open door, and what the screen says of it."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.effects import Identify, Play
from kiosk.events import CardTapped, CodeNotKnown, Identified, Timer, TimerFired, Touched, TwoCardsSeen
from kiosk.events_door import DoorMode
from kiosk.rules import access, shifts, strangers
from kiosk.rules.policy import Station
from kiosk.rules.staff_states import LOCKED_BY_CARDS, Linking, Seeking, Unlocking
from kiosk.rules.states import (
    STATES,
    Asking,
    AskingGrace,
    Booked,
    Booking,
    Cardless,
    Choosing,
    Crowded,
    Deed,
    Helping,
    Identifying,
    Idle,
    Informing,
    Noticing,
    OutOfOrder,
    Puzzled,
    Recalling,
    Refusals,
    Refusing,
    Reviewing,
    Ringing,
    RollCalling,
    Session,
    StandingIn,
    State,
    Tagging,
    TareKept,
    Taring,
    Thanking,
    Typing,
    TypingWeight,
    Undone,
    Unrecognised,
    Visit,
    Vouching,
    Welcoming,
    Wondering,
)
from kiosk.rules.stickers import maybe_lay_sticker
from kiosk.rules.turn import TRANSITIONS, Surroundings, Turn, on
from kiosk.rules.working import maybe_deed, maybe_question, note_coming, settle_question
from kiosk.types import CardKind, FactKind, Member, Part, Reason, Remark, Shift, Sound, Verdict
from kiosk.views import LANGUAGES

PERSONAL = (
    Welcoming, Noticing, Asking, Thanking, Undone, Refusing, Reviewing, Choosing, Booking, Booked, RollCalling,
    StandingIn, AskingGrace,
)  # fmt: skip
"""States of one person: their own card taps into them, another one replaces the person."""

OPEN_TO_CARDS = (
    Idle, OutOfOrder, Identifying, Unrecognised, Crowded, Puzzled, Cardless, Ringing, Informing, Helping, Wondering,
    *PERSONAL, *LOCKED_BY_CARDS,
)  # fmt: skip
NOBODYS = (Idle, OutOfOrder, Unrecognised, Crowded, Puzzled, Cardless, Informing)
"""Screens with nobody's own business on them."""
WEIGHING = (Taring, TareKept, Typing, Recalling, Tagging, TypingWeight)


def visit_of(state: State) -> Visit | None:
    """The person whose screen this is."""
    if isinstance(state, Helping | Wondering):
        return visit_of(state.under)
    return state.visit if isinstance(state, PERSONAL) else None


@on([state for state in OPEN_TO_CARDS if state not in {Helping, Wondering}], CardTapped)
def lay_card(turn: Turn, state: State, tap: CardTapped) -> State:
    """A card always wins: it clears whoever was there before, whose open question lapses into what it says."""
    turn.do(Play(Sound.CARD))
    jar = maybe_lay_sticker(turn, state, tap)
    if jar is not None:
        settle_question(turn, state)
        turn.home()
        return jar
    if turn.around.station is Station.BULK or is_pausing(turn, tap):
        return state
    card, member = turn.around.knowledge.card(tap.hash), turn.around.knowledge.bearer(tap.hash)
    visit = visit_of(state)
    if visit is None or member is None or visit.member.id != member.id:
        settle_question(turn, state)
        state = turn.home()
    if tap.kind in {CardKind.BANK, CardKind.PHONE}:
        return turn_away(turn, tap)
    if card is not None and card.blocked:
        return turn_away(turn, tap, Reason.CARD_BLOCKED)
    if member is None:
        return _ask_server(turn, tap)
    after = admit(turn, state, tap, member)
    if maybe_question(after) is None:
        # Their own, which is asked no more: what was asked before is not lost for that.
        settle_question(turn, state)
    return after


@on((Helping, Wondering), CardTapped)
def lay_card_over_a_screen(turn: Turn, state: Helping | Wondering, tap: CardTapped) -> State:
    """The sheet makes way. A weighing below it goes on, as if it were not there."""
    weighing = _weighing_below(state)
    if weighing is None:
        return lay_card(turn, state, tap)
    return TRANSITIONS[type(weighing), CardTapped, None](turn, weighing, tap)


def _weighing_below(state: State) -> State | None:
    """That of whoever reads the help sheet, or has gone to fetch someone who vouches."""
    match state:
        case Helping(under=below) if isinstance(below, (*WEIGHING, Vouching)):
            return below
        case Wondering(under=Vouching() as below):
            return below
    return None


@on((*OPEN_TO_CARDS, Unlocking), TwoCardsSeen)
def lay_two_cards(turn: Turn, state: State, _event: TwoCardsSeen) -> State:
    if _weighing_below(state) is not None:
        return state
    settle_question(turn, state)
    turn.do(Play(Sound.UNKNOWN))
    return Crowded()


@on(NOBODYS, CodeNotKnown)
def read_what_nobody_knows(turn: Turn, _state: State, event: CodeNotKnown) -> Puzzled:
    turn.do(Play(Sound.UNKNOWN))
    return Puzzled(is_card=event.is_card)


def is_set_for_someone(session: Session, around: Surroundings) -> bool:
    """Whoever stands there has chosen how the screen speaks."""
    return session.language != around.language or session.large_text or session.muted


@on((Idle, OutOfOrder), TimerFired, Timer.HOME)
def leave_it_to_the_next(turn: Turn, _state: Idle | OutOfOrder, _event: TimerFired) -> Idle | OutOfOrder:
    """Whoever has chosen a language or a size here and went away chose for themselves."""
    return turn.home()


@on([state for state in STATES if state not in {*NOBODYS, Linking, Seeking}], CodeNotKnown)
def hear_what_nobody_knows(turn: Turn, state: State, _event: CodeNotKnown) -> State:
    """What someone is doing goes on; a sound says that the reader has seen something."""
    turn.do(Play(Sound.UNKNOWN))
    return state


def _ask_server(turn: Turn, tap: CardTapped) -> Identifying | Unrecognised:
    strangers.count(turn)
    if not can_ask_server(turn):
        return turn_away(turn, tap, offline=turn.around.knowledge.capabilities.identify)
    ask_who_it_is(turn, tap)
    return Identifying(tap)


def can_ask_server(turn: Turn) -> bool:
    return turn.around.knowledge.capabilities.identify and turn.around.link.online


def ask_who_it_is(turn: Turn, tap: CardTapped) -> None:
    turn.do(Identify(hash=tap.hash, timeout_seconds=turn.around.times.identify_seconds, code=tap.code))


@on(Identifying, Identified)
def hear_who_it_is(turn: Turn, state: Identifying, answer: Identified) -> State:
    """The server has spoken in time, or could not."""
    if answer.hash != state.tap.hash:
        return state
    if not answer.available:
        return turn_away(turn, state.tap, offline=True)
    if answer.member is None or answer.blocked:
        return turn_away(turn, state.tap, Reason.CARD_BLOCKED if answer.blocked else Reason.UNKNOWN)
    return admit(turn, state, state.tap, answer.member)


@on(Identifying, TimerFired, Timer.HOME)
def stop_waiting_for_the_server(turn: Turn, state: Identifying, _event: TimerFired) -> Unrecognised:
    return turn_away(turn, state.tap, offline=True)


def turn_away(turn: Turn, tap: CardTapped, reason: Reason = Reason.UNKNOWN, *, offline: bool = False) -> Unrecognised:
    details = {"reason": reason.value, "rule": "card_must_be_known", "card": tap.hash}
    turn.record(turn.fact(FactKind.REFUSAL, details=details))
    turn.do(Play(Sound.UNKNOWN))
    return Unrecognised(tail=tap.tail, kind=tap.kind, fresh_offline=offline)


def verdict_on(turn: Turn, member: Member, kind: CardKind = CardKind.CARD) -> Verdict:
    """What the rules say of this person now."""
    around = turn.around
    return access.decide(
        access.Question(
            member=member,
            account=around.knowledge.account_of(member),
            knowledge=around.knowledge,
            policy=around.policy,
            now=around.now,
            zone=around.zone,
            online=around.link.online,
            trust=around.trust,
            kind=kind,
            locked_down=around.keeping.mode is DoorMode.LOCKED_DOWN,
            arrived=turn.arrived,
            entered_seconds_ago=around.knowledge.comings.seconds_since(member.id, around.moment),
        )
    )


def admit(turn: Turn, state: State, tap: CardTapped, member: Member) -> State:
    """Decide, open or not, and find the screen. The same card within a few seconds stays on its screen.

    So does a person who waits for the server, and one who is asked whether they are still there.
    """
    verdict = verdict_on(turn, member, tap.kind)
    last = maybe_same_visit(turn, tap, verdict, goes_on=isinstance(state, Booking | AskingGrace | Wondering))
    if last is not None and visit_of(state) is not None:
        below = state.under if isinstance(state, Wondering) else state
        if not verdict.allowed:
            return below
        opened = turn.open_door(member, verdict.reason, last.passage)
        return _with_undo(turn, below, last) if opened else _apologise(turn, last)
    visit = journal_visit(turn, tap, member, verdict)
    turn.change(last_visit=visit, language=language_of(member, turn.around), large_text=member.large_text)
    if not verdict.allowed:
        return _refuse(turn, visit)
    turn.change(refusals=None)
    if not turn.open_door(member, verdict.reason, visit.passage):
        return _apologise(turn, visit)
    return _with_undo(turn, greet(turn, visit), visit)


def maybe_same_visit(turn: Turn, tap: CardTapped, verdict: Verdict, *, goes_on: bool = False) -> Visit | None:
    """The visit that this card has begun a few seconds ago, or whose screen ``goes_on``."""
    last = turn.session.last_visit
    if last is None or last.card != tap.hash or last.verdict.allowed != verdict.allowed:
        return None
    is_soon = turn.around.monotonic - last.at < turn.around.policy.same_card_seconds
    return last if goes_on or is_soon else None


def _apologise(turn: Turn, visit: Visit) -> State:
    """The door does not answer: whoever comes to work is noted all the same, and the desk opens by hand."""
    turn.do(Play(Sound.UNKNOWN))
    question = _maybe_ask(turn, visit)
    if question is None:
        _come(turn, visit)
    state = _with_undo(turn, question or OutOfOrder(Part.DOOR), visit)
    if isinstance(state, OutOfOrder):
        # It stays for everybody, so it speaks the coop's language.
        turn.home()
    return state


def because(verdict: Verdict) -> dict[str, object]:
    """What the journal keeps of a decision."""
    return {"reason": verdict.reason.value, "rule": verdict.rule, "freshness": verdict.freshness.value}


def language_of(member: Member, around: Surroundings) -> str:
    """In which the screens speak to this person: the server may name a variant, or one that they do not speak."""
    language = (member.language or "").partition("-")[0]
    return language if language in LANGUAGES else around.language


def journal_visit(turn: Turn, tap: CardTapped, member: Member, verdict: Verdict) -> Visit:
    fact = turn.fact(
        FactKind.PASSAGE if verdict.allowed else FactKind.REFUSAL,
        member=member.id,
        details={**because(verdict), "kind": tap.kind.value},
    )
    return Visit(
        card=tap.hash,
        member=member,
        account=turn.around.knowledge.account_of(member) or member,
        verdict=verdict,
        at=turn.around.monotonic,
        passage=turn.record(fact),
        kind=tap.kind,
    )


def is_pausing(turn: Turn, tap: CardTapped) -> bool:
    refusals, now = turn.session.refusals, turn.around.monotonic
    refused = refusals is not None and refusals.card == tap.hash and now < refusals.ends_at
    return refused or strangers.are_tried(turn.session.strangers, now)


def _refuse(turn: Turn, visit: Visit) -> Refusing:
    earlier = turn.session.refusals
    count = earlier.count + 1 if earlier is not None and earlier.card == visit.card else 1
    pauses = turn.around.policy.refusal_pauses_seconds
    pause = pauses[min(count, len(pauses)) - 1] if pauses else 0
    turn.change(refusals=Refusals(card=visit.card, count=count, ends_at=turn.around.monotonic + pause))
    # Closed and unknown sound the same: a queue learns nothing from a tone.
    turn.do(Play(Sound.UNKNOWN))
    return Refusing(visit=visit)


def greet(turn: Turn, visit: Visit) -> Welcoming | Noticing | Asking:
    around = turn.around
    question = _maybe_ask(turn, visit)
    if question is not None:
        turn.do(Play(Sound.OPEN))
        return question
    working = shifts.shift_at_work(around.knowledge, visit.member, around.now, around.policy) or _come(turn, visit)
    if visit.verdict.remark is not Remark.NOTHING and working is None:
        turn.do(Play(Sound.OPEN_ALERT))
        return Noticing(visit)
    turn.do(Play(Sound.OPEN))
    return Welcoming(visit=visit, at_work=None if working is None else working.id)


def _come(turn: Turn, visit: Visit) -> Shift | None:
    """Where presence counts at booking, who is booked is noted without a question."""
    around = turn.around
    coming = shifts.shift_to_come_to(around.knowledge, visit.member, around.now, around.policy)
    if coming is not None:
        note_coming(turn, visit, coming.id)
    return coming


def _maybe_ask(turn: Turn, visit: Visit) -> Asking | None:
    around = turn.around
    coming = shifts.shift_to_check_in(around.knowledge, visit.member, around.now, around.policy)
    if coming is None:
        return None
    ends_at = around.monotonic + _stay(turn, around.times.question_seconds)
    return Asking(visit=visit, shift_id=coming.id, ends_at=ends_at)


def _stay(turn: Turn, seconds: float) -> float:
    return seconds * 2 if turn.session.large_text else seconds


def _with_undo(turn: Turn, state: State, visit: Visit) -> State:
    """Laying the card again within the time to undo shows what was done and the way back; it never undoes by itself."""
    deed = maybe_deed(turn, visit.card)
    if deed is None:
        return state
    return _deed_again(deed, visit, committed=turn.is_on_disk(deed.fact))


def _deed_again(deed: Deed, visit: Visit, *, committed: bool) -> Thanking | Booked:
    if deed.kind is FactKind.CHECK_IN:
        return Thanking(
            visit=visit,
            shift_id=deed.shift_id,
            fact=deed.fact,
            noted_at=deed.done_at,
            committed=committed,
            undoable=True,
        )
    return Booked(
        visit=visit, shift_id=deed.shift_id, fact=deed.fact, committed=committed, opened=deed.opened, undoable=True
    )


# ── on the welcome and attention screens ──────────────────────────────────────────────────────────────────────────


@on(Welcoming, Touched, Action.REOPEN)
def open_again(turn: Turn, state: Welcoming, _event: Touched) -> State:
    """The door may have been lost, or locked down, since the card was laid."""
    visit = state.visit
    if turn.open_door(visit.member, visit.verdict.reason, visit.passage):
        return Welcoming(visit=visit, at_work=state.at_work, touched=True)
    if Part.DOOR in turn.session.lost:
        return _apologise(turn, visit)
    return _refuse(turn, replace(visit, verdict=verdict_on(turn, visit.member)))


@on((Welcoming, Noticing, Booked), Touched, Action.MY_SHIFTS)
def show_my_shifts(_turn: Turn, state: Welcoming | Noticing | Booked, _event: Touched) -> Reviewing:
    return Reviewing(visit=state.visit)


@on(Noticing, Touched, Action.READ)
def read_the_remark(_turn: Turn, state: Noticing, _event: Touched) -> Reviewing:
    return Reviewing(visit=state.visit, remark=True)


@on(Refusing, Touched, Action.WHY)
def explain(_turn: Turn, state: Refusing, _event: Touched) -> Refusing:
    return Refusing(visit=state.visit, explained=True)
