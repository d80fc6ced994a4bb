"""Staff at the screen of the small coop: what the tests of their menus begin with."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.events import CardTapped, CodeNotKnown, LogLine, LogListed, PinKnown, Touched, Unsettled, UnsettledListed
from kiosk.events_door import ProofAsked, ProofEnded, ProofOutcome
from kiosk.types import Card, CardHash, CardKind, DeskReason, Part, Role
from tests.rules.terminal import ALL, Terminal, at, card_of, member, shift, snapshot, tap

NEW = CardHash("f" * 64)


def new_card(**more) -> CardTapped:
    """A card that is nobody's."""
    return CardTapped(**({"hash": NEW, "tail": "4F2A", "code": "7:04A3C6CAE26180"} | more))


def badge(id_: str) -> CardTapped:
    return tap(id_, kind=CardKind.BADGE)


def typed(text: str) -> list[Touched]:
    return [Touched(Action.KEY, character) for character in text]


def staffed(*, roles: bool = True, **fields) -> Terminal:
    """A terminal that knows its PIN and a technician, « Zoé Müller-Lœb », number tech."""
    terminal = Terminal(**fields)
    page = snapshot(terminal.now)
    tech = replace(member("tech", role=Role.TECHNICIAN), first_name="Zoé", name="Zoé Müller-Lœb")
    terminal.knowledge.apply(
        replace(
            page,
            generation=2,
            members=(*page.members, tech),
            cards=(*page.cards, Card(hash=card_of("tech"), member_id=tech.id)),
            capabilities=ALL if roles else replace(ALL, roles=False),
        )
    )
    terminal.feed(PinKnown(chosen=True))
    return terminal


def coordinator(*events, **fields) -> Terminal:
    """A coordinator has opened the menu, and done this since."""
    terminal = staffed(**fields)
    terminal.feed(tap("coord"), Touched(Action.COORDINATION), *events)
    return terminal


def technician(*events, **fields) -> Terminal:
    """A technician has opened the menu by card, and done this since."""
    terminal = staffed(**fields)
    terminal.feed(tap("tech"), Touched(Action.TECHNICAL), *events)
    return terminal


JOBS = ("Accueil", "Caisse", "Découpe du fromage", "Livraison", "Mise en rayon", "Nettoyage", "Vrac")


def of_many_jobs() -> Terminal:
    """A coordinator asks for which of seven jobs at once someone is added."""
    terminal = coordinator()
    crew = tuple(shift(f"now-{job}", at(13), job=job) for job in JOBS)
    terminal.knowledge.apply(snapshot(terminal.now, generation=3, shifts=crew, assignments=()))
    terminal.touch(Action.ADD_SOMEONE)
    return terminal


LOG = (
    LogLine(
        at=at(14, 5),
        severe=True,
        part="devices.printer",
        said="a label could not be printed",
        cause="OSError: [Errno 32] Broken pipe (printer.py:151 _serve > printer.py:180 _print)",
    ),
    LogLine(at=at(13, 58), severe=False, part="devices.supervisor", said="scale: lost (no such device)"),
    LogLine(at=at(9, 2), severe=False, part="sync", said="the server does not answer: connection refused"),
    LogLine(at=at(9), severe=False, part="screens.brush", said="the logo cannot be read; it is left out"),
)
"""The newest first."""

RESULT = ProofEnded(
    passed=False,
    lock="fail_secure",
    steps=(
        ("relay", ProofOutcome.PASSED),
        ("forced door", ProofOutcome.FAILED),
        ("green box", ProofOutcome.SKIPPED),
        ("tamper switch", ProofOutcome.OFF),
    ),
)
"""Of a test of the door."""


def staff_stories() -> list[Terminal]:
    """A terminal in every state of staff, reached as they reach it."""
    link = Touched(Action.LINK_CARDS)
    unlocking = staffed()
    unlocking.feed(Touched(Action.UNLOCK))
    puzzled = Terminal()
    puzzled.feed(CodeNotKnown())
    linked = (link, tap("sam"), new_card())
    prove, door = Touched(Action.PROVE_DOOR), frozenset({Part.DOOR})
    settling = coordinator(Touched(Action.TO_SETTLE))
    row = Unsettled(fact=settling.facts()[0], refused=True, reason="Inconnu.")
    settling.feed(UnsettledListed((row, row, row, row)))
    return [
        puzzled,
        unlocking,
        coordinator(),
        coordinator(roles=False, refused=2),
        technician(),
        technician(Touched(Action.CHANGE_PIN)),
        technician(Touched(Action.SELF_TEST)),
        technician(Touched(Action.SELF_TEST), prove, parts=door),
        technician(Touched(Action.SELF_TEST), prove, ProofAsked(act="unplug_lock", ask="unplugged"), parts=door),
        technician(Touched(Action.SELF_TEST), prove, RESULT, parts=door),
        technician(Touched(Action.SELF_TEST), Touched(Action.TRY_GLASS), Touched(Action.CHOOSE, "top-left")),
        technician(troubles=4, restarts=True),
        technician(Touched(Action.LOG)),
        technician(Touched(Action.LOG), LogListed(LOG), refused=1),
        technician(Touched(Action.LOG), LogListed(LOG), Touched(Action.CHOOSE, "0")),
        technician(Touched(Action.RESTART), restarts=True),
        technician(Touched(Action.RESTART), Touched(Action.RESTART), restarts=True),
        technician(link),
        coordinator(Touched(Action.OPEN_DOOR)),
        coordinator(Touched(Action.OPEN_DOOR), Touched(Action.CHOOSE, DeskReason.VISIT.value)),
        coordinator(Touched(Action.TO_SETTLE)),
        settling,
        coordinator(Touched(Action.ADD_SOMEONE)),
        of_many_jobs(),
        coordinator(Touched(Action.ADD_SOMEONE), Touched(Action.CHOOSE, "now-shelf"), tap("camille")),
        coordinator(Touched(Action.ABSENCE)),
        coordinator(*linked),
        coordinator(link, tap("sam"), tap("alix")),
        coordinator(*linked, Touched(Action.TUNE), roles=False),
        coordinator(link, Touched(Action.SEARCH), *typed("sam")),
        coordinator(Touched(Action.BLOCK_CARD), tap("sam")),
        coordinator(Touched(Action.BLOCK_CARD), tap("sam"), Touched(Action.UNDO)),
    ]
