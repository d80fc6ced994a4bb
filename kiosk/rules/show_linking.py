"""The screens on which cards are linked and blocked, and people looked for. Full names: for staff alone."""

from kiosk.actions import Action
from kiosk.rules.entering import language_of
from kiosk.rules.linking import may_grant
from kiosk.rules.ownership import full_name
from kiosk.rules.show_staff import back_button, person
from kiosk.rules.showing import shown
from kiosk.rules.staff_states import Blocked, Linking, LinkTrouble, Seeking, Transferring, Tuning
from kiosk.rules.states import Session
from kiosk.rules.turn import Surroundings
from kiosk.types import Member, MemberId, Status
from kiosk.view_parts import Button, ButtonKind, Frame, Say, literal, say
from kiosk.views import ChoicesView, Edge, Gesture, GesturesView, KeyboardView, NoticeView

MATCHES = 2


@shown(Linking)
def show_linking(session: Session, state: Linking, around: Surroundings, frame: Frame) -> GesturesView:
    """« Scanne l'ancien badge » → « Pose la nouvelle carte » → « Camille Dupont, n° 312 : relié »."""
    known = state.who is not None
    given, everyone = _progress(session, around)
    return GesturesView(
        frame=frame,
        title=say("coord.link"),
        gestures=(
            Gesture(
                title=say("link.badge"),
                sub=person(around, state.who) if known else say("link.badge.sub"),
                icon="barcode-scan",
                done=known,
                now=not known,
            ),
            Gesture(title=say("link.card"), sub=say("link.card.sub"), icon="card-plus-outline", now=known),
        ),
        line=_line(state, around),
        trouble=state.trouble not in {None, LinkTrouble.UNDONE},
        beside=_beside(state),
        share=(given, everyone),
        tally=say("link.tally", n=given, left=everyone - given),
        buttons=(
            Button(action=Action.SEARCH, label=say("link.search"), icon="magnify"),
            Button(action=Action.BACK, label=say("my.done"), icon="check"),
        ),
    )


def _progress(session: Session, around: Surroundings) -> tuple[int, int]:
    """Who has a card from here, of all who have not left the coop."""
    everyone = [member.id for member in around.knowledge.members.values() if member.status is not Status.LEFT]
    return sum(member in session.given for member in everyone), len(everyone)


def _line(state: Linking, around: Surroundings) -> Say | None:
    if state.trouble is not None:
        return Say(f"link.trouble.{state.trouble.value}")
    if state.last is None or state.who is not None:
        return None
    return _said_of(around, state.last.member_id, "link.done")


def _said_of(around: Surroundings, member_id: MemberId, key: str) -> Say:
    member = around.knowledge.members.get(member_id)
    return say(key, name="?" if member is None else full_name(member), number=member_id)


def _beside(state: Linking) -> tuple[Button, ...]:
    tune = Button(action=Action.TUNE, label=say("link.options"), icon="account-outline")
    undo = Button(action=Action.UNDO, label=say("help.cancel"), icon="undo")
    if state.who is not None:
        return (tune,)
    return (tune, undo) if state.last is not None and state.trouble is None else ()


@shown(Transferring)
def show_transfer(_session: Session, state: Transferring, around: Surroundings, frame: Frame) -> NoticeView:
    """« Cette carte est déjà à quelqu'un. On la transfère ? »."""
    blocked = state.owner.blocked
    assert state.linking.who is not None
    body = [_said_of(around, state.owner.member_id, "transfer.was" if blocked else "transfer.is")]
    if state.owner.member_id != state.linking.who:
        body.append(_said_of(around, state.linking.who, "transfer.to"))
    return NoticeView(
        frame=frame,
        edge=Edge.SUN,
        icon="swap-horizontal",
        title=say("transfer.blocked" if blocked else "transfer.title"),
        body=tuple(body),
        buttons=(
            Button(
                action=Action.TRANSFER,
                label=say("transfer.free" if blocked else "transfer.yes"),
                icon="check",
                kind=ButtonKind.MAIN,
            ),
            Button(action=Action.CANCEL, label=say("transfer.no"), icon="close"),
        ),
    )


@shown(Tuning)
def show_tuning(_session: Session, state: Tuning, around: Surroundings, frame: Frame) -> ChoicesView:
    """« Porte plus longue ? Gros texte ? »: seen here and on no other screen."""
    member = state.member
    language = language_of(member, around)
    grant = Button(action=Action.GRANT, label=Say(f"tune.role.{member.role.value}"), icon="key-outline")
    may = may_grant(state.staff, member, server_roles=around.knowledge.capabilities.roles)
    return ChoicesView(
        frame=frame,
        title=say("staff.person", name=full_name(member), number=member.id),
        choices=(
            Button(action=Action.LONG_PULSE, label=say("tune.pulse"), on=member.long_pulse),
            Button(action=Action.LARGE_TEXT, label=say("help.big"), on=member.large_text),
            Button(action=Action.CARD_LANGUAGE, label=Say(f"tune.language.{language}"), icon="translate"),
            *((grant,) if may else ()),
            Button(action=Action.BLOCK_CARD, label=say("tune.block"), icon="lock-outline"),
            back_button(),
        ),
    )


# ── looking for a person ──────────────────────────────────────────────────────────────────────────────────────────


@shown(Seeking)
def show_keyboard(_session: Session, state: Seeking, around: Surroundings, frame: Frame) -> KeyboardView:
    matches = [around.knowledge.members[found] for found in state.found if found in around.knowledge.members]
    remark = None if state.trouble is None else Say(f"link.trouble.{state.trouble.value}")
    if remark is None and state.typed and not matches:
        remark = say("seek.none")
    return KeyboardView(
        frame=frame,
        title=Say(f"seek.{state.seek.value}"),
        typed=state.typed,
        hint=say("seek.hint"),
        keys=say("seek.keys.digits" if state.pad else "seek.keys"),
        matches=tuple(_match(member) for member in matches[:MATCHES]),
        more=max(0, len(matches) - MATCHES),
        remark=remark,
        pad=Button(action=Action.PAD, label=literal("ABC" if state.pad else "123")),
        cancel=Button(action=Action.CANCEL, label=say("help.cancel"), icon="close"),
    )


def _match(member: Member) -> Button:
    return Button(
        action=Action.CHOOSE,
        label=literal(full_name(member)),
        sub=say("staff.number", number=member.id),
        target=member.id,
    )


# ── blocking ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _elsewhere(around: Surroundings) -> Say:
    """What becomes of it on other terminals: the server tells them, where it keeps links."""
    if not around.knowledge.capabilities.card_links:
        return say("blocked.here")
    return say("blocked.everywhere" if around.link.online else "blocked.offline")


@shown(Blocked)
def show_blocked(_session: Session, state: Blocked, around: Surroundings, frame: Frame) -> NoticeView:
    link = Button(action=Action.LINK_CARDS, label=say("blocked.link"), icon="card-plus-outline", kind=ButtonKind.MAIN)
    if state.undone:
        return NoticeView(
            frame=frame,
            edge=Edge.NONE,
            icon="lock-open-variant-outline",
            title=say("blocked.undone"),
            body=(person(around, state.member_id),),
            buttons=(back_button(ButtonKind.MAIN),),
        )
    return NoticeView(
        frame=frame,
        edge=Edge.SUN,
        icon="lock-outline",
        title=say("blocked.title"),
        body=(
            person(around, state.member_id),
            say("blocked.cards", n=len(state.cards)),
            _elsewhere(around),
        ),
        buttons=(link, Button(action=Action.UNDO, label=say("help.cancel"), icon="undo"), back_button()),
    )
