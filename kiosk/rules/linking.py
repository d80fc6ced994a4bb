"""Whose card it is: linking one card after the other, looking for a person, blocking what was lost."""

from dataclasses import replace
from typing import TypeVar

from kiosk.actions import Action
from kiosk.effects import CountLinked, Play, Prefer
from kiosk.events import CardTapped, CodeNotKnown, JarScanned, LinkedCounted, TareScanned, Touched, TwoCardsSeen
from kiosk.rules.coordinating import add_to_shift, menu_of
from kiosk.rules.entering import language_of
from kiosk.rules.ownership import bearer_of, judge, search
from kiosk.rules.staff_states import (
    Blocked,
    Coordinating,
    Linked,
    Linking,
    LinkTrouble,
    Maintaining,
    Noting,
    Seek,
    Seeking,
    Staff,
    Transferring,
    Tuning,
)
from kiosk.rules.states import STATES, State
from kiosk.rules.turn import Turn, on
from kiosk.types import Card, CardHash, CardKind, Fact, FactKind, Member, MemberId, Role, Sound
from kiosk.views import LANGUAGES

LONGEST_TYPED = 20

L = TypeVar("L", bound=Linking | Seeking)


def _trouble(turn: Turn, state: L, trouble: LinkTrouble) -> L:
    turn.do(Play(Sound.UNKNOWN))
    return replace(state, trouble=trouble)


@on((Coordinating, Maintaining), Touched, Action.LINK_CARDS)
def start_linking(turn: Turn, state: Coordinating | Maintaining, _event: Touched) -> Linking:
    turn.do(CountLinked())
    return Linking(staff=state.staff)


@on(STATES, LinkedCounted)
def count_linked(turn: Turn, state: State, event: LinkedCounted) -> State:
    turn.change(given=event.members)
    return state


# ── two gestures ──────────────────────────────────────────────────────────────────────────────────────────────────


@on((Linking, Transferring, Tuning), CardTapped)
def lay_card_to_link(turn: Turn, state: Linking | Transferring | Tuning, tap: CardTapped) -> Linking | Transferring:
    """First whose it is, then the new card. Nobody enters with a card laid here: 800 badges are not 800 visits."""
    turn.do(Play(Sound.CARD))
    linking = state if isinstance(state, Linking) else state.linking
    if isinstance(state, Transferring) and state.tap.hash == tap.hash:
        return state
    found = bearer_of(turn.around.knowledge, tap)
    # A badge that is someone's says who is next, whoever was meant before.
    if linking.who is None or (tap.kind is CardKind.BADGE and isinstance(found, Member) and found.id != linking.who):
        if isinstance(found, LinkTrouble):
            return _trouble(turn, linking, found)
        return replace(linking, who=found.id, trouble=None)
    answer = judge(turn.around.knowledge, tap, linking.who)
    if isinstance(answer, LinkTrouble):
        return _trouble(turn, linking, answer)
    if isinstance(answer, Card):
        turn.do(Play(Sound.UNKNOWN))
        return Transferring(linking=linking, tap=tap, owner=answer)
    return _link(turn, linking, linking.who, tap.hash, before=None)


def _link(turn: Turn, linking: Linking, who: MemberId, card: CardHash, before: Card | None) -> Linking:
    """It leaves for the server once it can no longer be taken back."""
    details = {"card": card, "by": linking.staff.by}
    fact = turn.fact(FactKind.CARD_LINKED, member=who, details=details)
    turn.record(fact, hold_seconds=turn.around.policy.undo_seconds)
    turn.do(Play(Sound.PRESENT))
    given = turn.session.given
    turn.change(given=given | {who})
    last = Linked(fact=fact.id, member_id=who, card=card, before=before, first=who not in given)
    return Linking(staff=linking.staff, last=last)


@on(Transferring, Touched, Action.TRANSFER)
def transfer(turn: Turn, state: Transferring, _event: Touched) -> Linking:
    assert state.linking.who is not None
    return _link(turn, state.linking, state.linking.who, state.tap.hash, before=state.owner)


@on(Transferring, Touched, Action.CANCEL)
def leave_as_it_is(_turn: Turn, state: Transferring, _event: Touched) -> Linking:
    return replace(state.linking, trouble=None)


@on(Linking, Touched, Action.UNDO)
def undo_link(turn: Turn, state: Linking, _event: Touched) -> Linking:
    """The card is nobody's again, or whose it was before."""
    last = state.last
    if last is None:
        return state
    by = state.staff.by
    details = {"card": last.card, "by": by}
    undo = turn.fact(FactKind.CARD_UNLINKED, member=last.member_id, about=last.fact, details=details)
    turn.withdraw(last.fact, undo)
    if last.before is not None:
        turn.record(_card_fact(turn, last.before, by))
    if last.first:
        turn.change(given=turn.session.given - {last.member_id})
    return Linking(staff=state.staff, trouble=LinkTrouble.UNDONE)


def _card_fact(turn: Turn, card: Card, by: MemberId | None, *, blocked: bool | None = None) -> Fact:
    """What makes a card as it says, or blocked as said."""
    is_blocked = card.blocked if blocked is None else blocked
    kind = FactKind.CARD_BLOCKED if is_blocked else FactKind.CARD_LINKED
    return turn.fact(kind, member=card.member_id, details={"card": card.hash, "by": by})


@on((Linking, Transferring, Tuning), TwoCardsSeen)
def see_two_cards(turn: Turn, state: Linking | Transferring | Tuning, _event: TwoCardsSeen) -> Linking:
    return _trouble(turn, state if isinstance(state, Linking) else state.linking, LinkTrouble.TWO)


@on(Seeking, TwoCardsSeen)
def see_two_cards_while_seeking(turn: Turn, state: Seeking, _event: TwoCardsSeen) -> Seeking:
    return _trouble(turn, state, LinkTrouble.TWO)


@on((Linking, Seeking), CodeNotKnown)
def read_something_else(turn: Turn, state: Linking | Seeking, event: CodeNotKnown) -> Linking | Seeking:
    return _trouble(turn, state, LinkTrouble.UNREADABLE if event.is_card else LinkTrouble.NO_BADGE)


@on((Linking, Seeking), JarScanned)
@on((Linking, Seeking), TareScanned)
def read_a_jar(turn: Turn, state: Linking | Seeking, _event: JarScanned | TareScanned) -> Linking | Seeking:
    return _trouble(turn, state, LinkTrouble.NO_BADGE)


# ── what a person needs ───────────────────────────────────────────────────────────────────────────────────────────


@on(Linking, Touched, Action.TUNE)
def tune(turn: Turn, state: Linking, _event: Touched) -> Tuning | Linking:
    """« Porte plus longue ? Gros texte ? » of whoever is meant, or was given a card a moment ago."""
    who = state.who or (None if state.last is None else state.last.member_id)
    member = None if who is None else turn.around.knowledge.members.get(who)
    return state if member is None else Tuning(staff=state.staff, member=member, linking=state)


@on(Tuning, Touched, Action.LONG_PULSE, Action.LARGE_TEXT, Action.CARD_LANGUAGE)
def prefer(turn: Turn, state: Tuning, event: Touched) -> Tuning:
    member = state.member
    match event.action:
        case Action.LONG_PULSE:
            member = replace(member, long_pulse=not member.long_pulse)
        case Action.LARGE_TEXT:
            member = replace(member, large_text=not member.large_text)
        case _:
            spoken = LANGUAGES.index(language_of(member, turn.around))
            member = replace(member, language=LANGUAGES[(spoken + 1) % len(LANGUAGES)])
    wish = Prefer(
        member_id=member.id, language=member.language, large_text=member.large_text, long_pulse=member.long_pulse
    )
    turn.do(wish)
    return replace(state, member=member)


GRANTS = {
    Role.COORDINATOR: (Role.MEMBER, Role.COORDINATOR),
    Role.TECHNICIAN: (Role.MEMBER, Role.COORDINATOR, Role.TECHNICIAN),
}
"""Which roles staff may give: their own, and those below."""


def may_grant(staff: Staff, member: Member, *, server_roles: bool) -> bool:
    """Where the server knows roles, they are given there."""
    return not server_roles and member.role in GRANTS.get(staff.role, ())


@on(Tuning, Touched, Action.GRANT)
def grant(turn: Turn, state: Tuning, _event: Touched) -> Tuning:
    """The next role, round and round."""
    member = state.member
    if not may_grant(state.staff, member, server_roles=turn.around.knowledge.capabilities.roles):
        return state
    roles = GRANTS[state.staff.role]
    role = roles[(roles.index(member.role) + 1) % len(roles)]
    turn.record(turn.fact(FactKind.ROLE_GRANTED, member=member.id, details={"role": role.value, "by": state.staff.by}))
    return replace(state, member=replace(member, role=role))


@on(Tuning, Touched, Action.BACK)
def stop_tuning(_turn: Turn, state: Tuning, _event: Touched) -> Linking:
    return state.linking


# ── looking for a person ──────────────────────────────────────────────────────────────────────────────────────────


@on(Linking, Touched, Action.SEARCH)
def look_for_someone(_turn: Turn, state: Linking, _event: Touched) -> Seeking:
    return Seeking(staff=state.staff, seek=Seek.LINK, linking=state)


@on((Coordinating, Maintaining), Touched, Action.BLOCK_CARD)
def look_for_a_loser(_turn: Turn, state: Coordinating | Maintaining, _event: Touched) -> Seeking:
    return Seeking(staff=state.staff, seek=Seek.BLOCK)


@on(Seeking, Touched, Action.KEY, Action.ERASE)
def type_name(turn: Turn, state: Seeking, event: Touched) -> Seeking:
    typed = state.typed + event.target if event.action is Action.KEY else state.typed[:-1]
    typed = typed[:LONGEST_TYPED]
    return replace(state, typed=typed, found=search(turn.around.knowledge, typed), trouble=None)


@on(Seeking, Touched, Action.PAD)
def change_keys(_turn: Turn, state: Seeking, _event: Touched) -> Seeking:
    return replace(state, pad=not state.pad)


@on(Seeking, Touched, Action.ENTER)
def take_the_only_one(turn: Turn, state: Seeking, _event: Touched) -> Seeking | Linking | Blocked | Noting:
    if len(state.found) != 1:
        turn.do(Play(Sound.UNKNOWN))
        return state
    return _found(turn, state, state.found[0], None)


@on(Seeking, Touched, Action.CHOOSE)
def choose_someone(turn: Turn, state: Seeking, event: Touched) -> Seeking | Linking | Blocked | Noting:
    return _found(turn, state, MemberId(event.target), None)


@on(Seeking, CardTapped)
def recognise_someone(turn: Turn, state: Seeking, tap: CardTapped) -> Seeking | Linking | Blocked | Noting:
    """A card or a badge says it faster than letters."""
    turn.do(Play(Sound.CARD))
    found = bearer_of(turn.around.knowledge, tap)
    if isinstance(found, LinkTrouble):
        return _trouble(turn, state, found)
    # Whoever has lost their card may still have the old badge: that one only says who they are.
    card = None if tap.kind is CardKind.BADGE else turn.around.knowledge.card(tap.hash)
    return _found(turn, state, found.id, card)


def _found(turn: Turn, state: Seeking, member_id: MemberId, card: Card | None) -> Seeking | Linking | Blocked | Noting:
    match state.seek:
        case Seek.LINK:
            linking = state.linking or Linking(staff=state.staff)
            return replace(linking, who=member_id, trouble=None)
        case Seek.ADD:
            return add_to_shift(turn, state, member_id)
        case Seek.BLOCK:
            return _block(turn, state.staff, member_id, card) or _trouble(turn, state, LinkTrouble.NO_CARD)


@on(Seeking, Touched, Action.CANCEL)
def stop_looking(_turn: Turn, state: Seeking, _event: Touched) -> Linking | Coordinating | Maintaining:
    return menu_of(state.staff) if state.linking is None else state.linking


# ── blocking ──────────────────────────────────────────────────────────────────────────────────────────────────────


@on(Tuning, Touched, Action.BLOCK_CARD)
def block_theirs(turn: Turn, state: Tuning, _event: Touched) -> Blocked | Linking:
    blocked = _block(turn, state.staff, state.member.id, None)
    return blocked or _trouble(turn, state.linking, LinkTrouble.NO_CARD)


def _block(turn: Turn, staff: Staff, member_id: MemberId, card: Card | None) -> Blocked | None:
    """The card that was found, or else all that the person has: which one is lost, nobody can tell from here."""
    theirs = (card,) if card is not None else turn.around.knowledge.cards_of(member_id)
    cards = tuple(each for each in theirs if not each.blocked)
    for each in cards:
        turn.record(_card_fact(turn, each, staff.by, blocked=True))
    return Blocked(staff=staff, member_id=member_id, cards=cards) if cards else None


@on(Blocked, Touched, Action.UNDO)
def free_again(turn: Turn, state: Blocked, _event: Touched) -> Blocked:
    for card in state.cards:
        turn.record(_card_fact(turn, card, state.staff.by, blocked=False))
    return replace(state, undone=True)


@on(Blocked, Touched, Action.LINK_CARDS)
def link_another(turn: Turn, state: Blocked, _event: Touched) -> Linking:
    turn.do(CountLinked())
    return Linking(staff=state.staff, who=state.member_id)
