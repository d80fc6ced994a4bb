"""« Demander un délai »: the coop's own grace period, for someone whom only hours keep out.

Asked of the server when the person touches the button, never by looking at a card and never from what is known here:
some coops' own readers grant it to whoever is scanned, whether they come in or not.
"""

from kiosk.actions import Action
from kiosk.effects import AskGrace
from kiosk.events import CardTapped, GraceAnswered, Timer, TimerFired, Touched
from kiosk.rules.entering import admit, verdict_on
from kiosk.rules.states import AskingGrace, Plea, Refusing, State, Visit
from kiosk.rules.turn import Surroundings, Turn, on
from kiosk.types import Reason


def may_ask_for_grace(visit: Visit, around: Surroundings) -> bool:
    """Hours alone keep the person out, the coop gives grace periods here, and its server answers."""
    return visit.verdict.reason is Reason.HOURS and around.knowledge.capabilities.grace and around.link.online


@on(Refusing, Touched, Action.ASK_GRACE)
def ask_for_grace(turn: Turn, state: Refusing, _event: Touched) -> AskingGrace | Refusing:
    """The grace is the account's, whoever of its people asks."""
    visit = state.visit
    if not may_ask_for_grace(visit, turn.around):
        return Refusing(visit=visit, explained=True, plea=Plea.UNANSWERED)
    seconds = turn.around.times.book_seconds
    turn.do(AskGrace(card=visit.card, member_id=visit.account.id, timeout_seconds=seconds))
    return AskingGrace(visit)


@on(AskingGrace, GraceAnswered)
def hear_about_the_grace(turn: Turn, state: AskingGrace, answer: GraceAnswered) -> State:
    """Whoever was granted one is decided on anew: grace lets in what the coop's rules let in, and no more."""
    visit = state.visit
    if answer.card != visit.card:
        return state
    person = turn.around.knowledge.members.get(visit.member.id, visit.member)
    if answer.member is None or not verdict_on(turn, person, visit.kind).allowed:
        plea = Plea.REFUSED if answer.available else Plea.UNANSWERED
        return Refusing(visit=visit, explained=True, plea=plea)
    turn.change(refusals=None)
    return admit(turn, state, CardTapped(hash=visit.card, tail="", kind=visit.kind), person)


@on(AskingGrace, TimerFired, Timer.HOME)
def stop_waiting_for_grace(_turn: Turn, state: AskingGrace, _event: TimerFired) -> Refusing:
    """What the server grants all the same is known with the next round, and the card opens then."""
    return Refusing(visit=state.visit, explained=True, plea=Plea.UNANSWERED)
