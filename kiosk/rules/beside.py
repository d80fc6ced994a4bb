"""A card that is laid while a jar is weighed: the door opens beside the weighing, which goes on."""

from dataclasses import replace

from kiosk.effects import Play
from kiosk.events import CardTapped
from kiosk.rules import strangers
from kiosk.rules.entering import (
    WEIGHING,
    ask_who_it_is,
    because,
    can_ask_server,
    greet,
    is_pausing,
    journal_visit,
    maybe_same_visit,
    turn_away,
    verdict_on,
)
from kiosk.rules.policy import Station
from kiosk.rules.states import Asking, Noticing, Recalling, State, Tagging, TareKept, Taring
from kiosk.rules.stickers import maybe_lay_sticker
from kiosk.rules.turn import Turn, on
from kiosk.rules.working import maybe_question, settle_question
from kiosk.types import CardKind, FactKind, Member, Reason, Sound, Verdict


@on(WEIGHING, CardTapped)
def lay_card_beside_the_scale(turn: Turn, state: State, tap: CardTapped) -> State:
    """The door opens, a band says so; the weighing goes on. What needs an answer waits."""
    turn.do(Play(Sound.CARD))
    jar = maybe_lay_sticker(turn, state, tap)
    if jar is not None:
        if isinstance(jar, Recalling):
            settle_question(turn, state)
        return jar
    card, member = turn.around.knowledge.card(tap.hash), turn.around.knowledge.bearer(tap.hash)
    is_asked_about = isinstance(state, Tagging) and state.sticker == tap.hash
    if turn.around.station is Station.BULK or is_asked_about or is_pausing(turn, tap):
        return state
    if tap.kind in {CardKind.BANK, CardKind.PHONE}:
        turn_away(turn, tap)
        return state
    if member is None:
        is_blocked = card is not None and card.blocked
        _turn_away(turn, tap, Reason.CARD_BLOCKED if is_blocked else Reason.UNKNOWN)
        return state
    verdict = verdict_on(turn, member, tap.kind)
    if verdict.allowed and turn.door_obeys:
        return _let_in(turn, state, tap, member, verdict)
    if not verdict.allowed:
        turn.record(turn.fact(FactKind.REFUSAL, member=member.id, details=because(verdict)))
    turn.do(Play(Sound.UNKNOWN))
    return state


def _turn_away(turn: Turn, tap: CardTapped, reason: Reason) -> None:
    """The screen is someone else's: a tone says it. Whom the server knows all the same is let in the next time."""
    turn_away(turn, tap, reason)
    if reason is not Reason.UNKNOWN:
        return
    strangers.count(turn)
    if can_ask_server(turn):
        ask_who_it_is(turn, tap)


def _let_in(turn: Turn, state: State, tap: CardTapped, member: Member, verdict: Verdict) -> State:
    visit = maybe_same_visit(turn, tap, verdict) or journal_visit(turn, tap, member, verdict)
    turn.change(last_visit=visit)
    turn.open_door(member, verdict.reason, visit.passage)
    greeting = greet(turn, visit)
    waiting = greeting if isinstance(greeting, Asking | Noticing) else None
    asked = maybe_question(state)
    again = asked is not None and asked.visit.member.id == member.id
    if isinstance(state, Taring | TareKept):
        if waiting is not None and state.waiting is not None and not again:
            settle_question(turn, state)
        return replace(state, band=visit, waiting=waiting or state.waiting)
    if waiting is not None and not again:
        settle_question(turn, waiting)
    return state
