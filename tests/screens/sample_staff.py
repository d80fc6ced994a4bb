"""The screens of staff, as the rules build them for a small coop with long names."""

from dataclasses import replace
from datetime import datetime

from kiosk.actions import Action
from kiosk.events import (
    CardTapped,
    Committed,
    DeviceLost,
    LogLine,
    LogListed,
    PinKnown,
    Touched,
    Unsettled,
    UnsettledListed,
)
from kiosk.events_door import ProofAsked, ProofEnded, ProofOutcome
from kiosk.rules.turn import Link
from kiosk.types import (
    Capabilities,
    CardHash,
    CardKind,
    ClockTrust,
    DeskReason,
    FactId,
    FactKind,
    Moment,
    Part,
    Role,
)
from kiosk.view_parts import say
from kiosk.views import View
from tests.rules.staff import LOG
from tests.rules.terminal import ALL, ROSTER, Terminal, at, card_of, member, snapshot, tap

NAMES = {
    "312": "Camille Dupont",
    "540": "Louise Dupuy",
    "209": "Marie-Christine de La Rochebrune",
    "1204": "Jean-Baptiste Dupont-Aignan",
}
LONG_LOG = tuple(
    LogLine(
        at=at(10, 45, days=-1),
        severe=bool(number),
        part="backends.gestion_compte.session",
        said="the server answers, and not as it used to: /members/registration/list/pages/next?token=… "
        "has no table « beneficiaries » any more, so that 812 people keep the standing of yesterday " * 2,
        cause="PageUnreadable: no table named beneficiaries < AttributeError: 'NoneType' object has no attribute "
        "'css_first' (reading.py:120 tree_of > office_pages.py:44 members_in > backend.py:171 _full_page)",
    )
    for number in range(4)
)
OUTCOMES = (ProofOutcome.PASSED, ProofOutcome.FAILED, ProofOutcome.SKIPPED, ProofOutcome.OFF)
WHOLE_TEST = ProofEnded(
    passed=False,
    lock="fail_secure",
    steps=tuple(
        (step, OUTCOMES[number % len(OUTCOMES)])
        for number, step in enumerate(
            (
                "lines",
                "relay",
                "pulse",
                "exit button",
                "forced door",
                "held door",
                "tamper switch",
                "green box",
                "fire alarm",
                "plug pulled",
            )
        )
    ),
)
PARTS = frozenset({Part.READER, Part.SCANNER, Part.SCALE, Part.DOOR, Part.PRINTER})


def terminal(role: Role = Role.COORDINATOR, *, roles: bool = True) -> Terminal:
    """A coordinator or a technician has come in."""
    people = tuple(replace(member(id_), first_name=name.split()[0], name=name) for id_, name in NAMES.items())
    at_work = Terminal(parts=PARTS, refused=3, waiting=5)
    page = snapshot(at_work.now)
    staff = replace(member("17", role=role), first_name="Nadia", name="Nadia Ferreira")
    cards = tuple(replace(page.cards[0], hash=card_of(person.id), member_id=person.id) for person in (*people, staff))
    capabilities = ALL if roles else replace(ALL, roles=False)
    at_work.knowledge.apply(
        snapshot(
            at_work.now,
            members=(*page.members, *people, staff),
            cards=(*page.cards, *cards),
            capabilities=capabilities,
            assignments=(*ROSTER, replace(ROSTER[2], member_id="209", first_name="Marie-Christine")),
        )
    )
    at_work.feed(PinKnown(chosen=True), tap("17"))
    return at_work


def after(*events, role: Role = Role.COORDINATOR, roles: bool = True) -> Terminal:
    """What a member of staff has done since the menu opened."""
    at_work = terminal(role, roles=roles)
    at_work.feed(Touched(Action.TECHNICAL if role is Role.TECHNICIAN else Action.COORDINATION), *events)
    return at_work


def typed(text: str) -> list[Touched]:
    return [Touched(Action.KEY, letter) for letter in text]


def moment(when: datetime) -> Moment:
    return Moment(boot_id="boot", monotonic=0.0, wall=when, trust=ClockTrust.SYNCED)


def new_card(**more) -> CardTapped:
    return CardTapped(hash=CardHash("f" * 64), tail="4F2A", code="7:04A3C6CAE26180", **more)


def staff_samples() -> dict[str, View]:
    """Every screen of staff by its name."""
    link = Touched(Action.LINK_CARDS)
    linked = after(link, tap("312"), new_card())
    back = after(link, tap("209"), new_card())
    back.feed(tap("312"))
    troubled = after(link, tap("312"), new_card(enrolable=False))
    taken = after(link, tap("209"), tap("1204"))
    tuned = after(link, tap("209"), Touched(Action.TUNE), Touched(Action.LONG_PULSE), roles=False)
    noted = after(Touched(Action.ADD_SOMEONE), Touched(Action.CHOOSE, "now-till"), tap("209"))
    noted.feed(Committed((noted.state.fact,)))
    waiting = after(Touched(Action.TO_SETTLE))
    waiting.printer = True
    facts = [
        replace(waiting.facts()[-1], id=FactId(kind.value), kind=kind, member_id="209", happened=moment(when))
        for kind, when in (
            (FactKind.CHECK_IN, at(15, days=-40)),
            (FactKind.CARD_LINKED, at(15, days=-2)),
            (FactKind.ABSENCE_ANNOUNCED, at(12)),
            (FactKind.PASSAGE, at(13)),
        )
    ]
    reasons = ("Le créneau n’existe plus.", "Ce membre n’est pas connu du serveur de la coop.", "", "")
    waiting.feed(
        UnsettledListed(
            tuple(
                Unsettled(fact=fact, refused=bool(reason), reason=reason)
                for fact, reason in zip(facts, reasons, strict=True)
            )
        )
    )
    tiles = after(DeviceLost(part=Part.PRINTER, fault=""), DeviceLost(part=Part.SCALE, fault=""), role=Role.TECHNICIAN)
    tiles.restarts, tiles.troubles = True, 2
    tiles.link = Link(online=False, since=at(14, 5))
    parts = after(DeviceLost(part=Part.PRINTER, fault=""), Touched(Action.SELF_TEST), role=Role.TECHNICIAN)
    parts.link = Link(online=False, since=at(14, 5))
    pad = Terminal()
    pad.feed(PinKnown(chosen=True), Touched(Action.UNLOCK), *typed("271"))
    paused = Terminal()
    paused.feed(Touched(Action.UNLOCK), PinKnown(chosen=True, tries=5))
    chosen = Terminal()
    chosen.knowledge.apply(snapshot(chosen.now, capabilities=Capabilities()))
    chosen.feed(PinKnown(chosen=False), Touched(Action.UNLOCK), *typed("1234"), Touched(Action.ENTER))
    locked = Terminal()
    locked.feed(Touched(Action.UNLOCK))
    log = Touched(Action.LOG)
    prove = (Touched(Action.SELF_TEST), Touched(Action.PROVE_DOOR))
    restarting = after(role=Role.TECHNICIAN)
    restarting.restarts = True
    restarting.feed(Touched(Action.RESTART))
    begun = after(role=Role.TECHNICIAN)
    begun.restarts = True
    begun.feed(Touched(Action.RESTART), Touched(Action.RESTART))
    opened = after(Touched(Action.OPEN_DOOR), Touched(Action.CHOOSE, DeskReason.FORGOTTEN_CARD.value))
    blocked = after(Touched(Action.BLOCK_CARD), *typed("dupuy"), Touched(Action.ENTER))
    return {
        "staff-welcome": terminal().view(),
        "staff-menu": after().view(),
        "staff-open": after(Touched(Action.OPEN_DOOR)).view(),
        "staff-opened": opened.view(),
        "staff-settle": waiting.view(),
        "staff-settle-empty": after(Touched(Action.TO_SETTLE), UnsettledListed(())).view(),
        "staff-which-shift": after(Touched(Action.ADD_SOMEONE)).view(),
        "staff-absence": after(Touched(Action.ABSENCE)).view(),
        "staff-noted": noted.view(),
        "link-badge": after(link).view(),
        "link-card": back.view(),
        "link-done": linked.view(),
        "link-trouble": troubled.view(),
        "link-transfer": taken.view(),
        "link-tune": tuned.view(),
        "seek": after(Touched(Action.BLOCK_CARD), *typed("dup")).view(),
        "seek-long": after(link, Touched(Action.SEARCH), *typed("mariec")).view(),
        "seek-empty": after(link, Touched(Action.SEARCH)).view(),
        "seek-digits": after(link, Touched(Action.SEARCH), Touched(Action.PAD), *typed("20")).view(),
        "seek-nobody": after(link, Touched(Action.SEARCH), *typed("zzz")).view(),
        "seek-trouble": after(Touched(Action.BLOCK_CARD), new_card(kind=CardKind.PHONE)).view(),
        "blocked": blocked.view(),
        "tech-menu": replace(tiles.view(), title=say("tech.title", version="1.4.2")),
        "tech-parts": parts.view(),
        "log": after(log, LogListed(LOG), role=Role.TECHNICIAN).view(),
        "log-long": after(log, LogListed(LONG_LOG), role=Role.TECHNICIAN).view(),
        "tech-glass": after(
            Touched(Action.SELF_TEST),
            Touched(Action.TRY_GLASS),
            Touched(Action.CHOOSE, "top-right"),
            role=Role.TECHNICIAN,
        ).view(),
        "log-empty": after(log, LogListed(()), role=Role.TECHNICIAN).view(),
        "log-line": after(log, LogListed(LONG_LOG), Touched(Action.CHOOSE, "0"), role=Role.TECHNICIAN).view(),
        "proof-act": after(*prove, ProofAsked(act="ring_alarm"), role=Role.TECHNICIAN).view(),
        "proof-ask": after(*prove, ProofAsked(act="ring_alarm", ask="stays_locked"), role=Role.TECHNICIAN).view(),
        "proof-result": after(*prove, WHOLE_TEST, role=Role.TECHNICIAN).view(),
        "proof-more": after(*prove, WHOLE_TEST, Touched(Action.MORE), role=Role.TECHNICIAN).view(),
        "restart": restarting.view(),
        "restart-begun": begun.view(),
        "pin-ask": pad.view(),
        "pin-paused": paused.view(),
        "pin-choose": chosen.view(),
        "pin-card": locked.view(),
    }


def stand_in_samples() -> dict[str, View]:
    """Someone without a shift has come to work."""
    coming = Terminal()
    page = snapshot(coming.now)
    late = tuple(
        replace(ROSTER[1], shift_id=shift_id, member_id=name, first_name=name)
        for shift_id, name in (
            ("now-till", "Marie-Christine"),
            ("now-shelf", "Noé"),
            ("soon", "Jean-Baptiste"),
            ("soon", "Lou"),
        )
    )
    coming.knowledge.apply(replace(page, generation=2, assignments=(*page.assignments, *late)))
    coming.feed(tap("exempt"))
    welcome = coming.view()
    coming.feed(Touched(Action.WORK_NOW))
    places = coming.view()
    coming.feed(Touched(Action.REPLACE))
    return {"welcome-stand-in": welcome, "stand-in": places, "stand-in-who": coming.view()}
