"""The guide of the first run: its steps in their order, where it stands, and what was entered so far.

Each state is one screen. What a reboot must not lose is :class:`Progress`; the rest of a step begins anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from kiosk.rules.guide_events import CheckLine, NetworkSeen, ServerTried
from kiosk.rules.staff_states import PinFlaw
from kiosk.types import CardKind

Setting: TypeAlias = str | int | bool | tuple[str | int, ...]
NO_SETTINGS: Final[Mapping[tuple[str, str], Setting]] = MappingProxyType({})


class Step(StrEnum):
    """In the order in which they come."""

    LANGUAGE = "language"
    NETWORK = "network"
    SETUP = "setup"
    PLACE = "place"
    KEY = "key"
    SERVER = "server"
    TOUCH = "touch"
    READER = "reader"
    SCANNER = "scanner"
    DOOR = "door"
    SCALE = "scale"
    PRINTER = "printer"
    PIN = "pin"
    SHEET = "sheet"
    CHECK = "check"


STEPS: Final = tuple(Step)
PASSPHRASE_DIGITS: Final = 12


class Key(StrEnum):
    """Where the coop's card key is from."""

    NONE = ""
    MADE = "made"
    BROUGHT = "brought"
    """With the set-up code or the USB key."""
    SHEET = "sheet"
    """Of another terminal: its emergency sheet was scanned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is kept on the disk after each step.

    Attributes:
        settings: of the configuration, by section and key; what is not there is a default.
        passed: the steps that are behind us.
        off: those of them whose part is not there.
    """

    language: str = "fr"
    step: Step = Step.LANGUAGE
    settings: Mapping[tuple[str, str], Setting] = field(default_factory=lambda: NO_SETTINGS)
    key: Key = Key.NONE
    passed: frozenset[Step] = frozenset()
    off: frozenset[Step] = frozenset()


# ── the screens ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Greeting:
    """Which language?"""


@dataclass(frozen=True, slots=True)
class Networking:
    """Is there a network, and the time?"""

    seen: NetworkSeen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """A set-up code or a USB key is waited for.

    Attributes:
        trouble: why the last one was not taken.
    """

    reading: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where does it stand?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keying:
    """A new key, or that of another terminal?"""

    making: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A sheet was scanned; its passphrase is typed."""

    sheet: tuple[str, ...] = field(repr=False)
    digits: str = field(default="", repr=False)
    checking: bool = False
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Serving:
    """Does the server answer?"""

    tried: ServerTried | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """A mark in each corner, each touched once: a touch that counts twice would open and close at once.

    Attributes:
        touched: the marks in the order in which touches came.
        waiting: all were touched; a moment longer, for touches that come twice.
    """

    touched: tuple[str, ...] = ()
    waiting: bool = False
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A card is laid."""

    found: bool = False
    fault: str = ""
    card: CardKind | None = None
    strange: bool = False
    """Something was read that cannot be a card of the coop."""


@dataclass(frozen=True, slots=True)
class Scanning:
    """A bar code is read."""

    device: str = field(default="", repr=False)
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Locking:
    """What kind of lock is it?"""


@dataclass(frozen=True, slots=True)
class PickingLine:
    """On which line is the relay?"""

    digits: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaying:
    """The relay is tried, the lock unplugged first.

    Attributes:
        unplugged: a person has said so.
        fired: it was told to change.
        turned: its polarity was turned round once.
        lit: its LED did go on.
    """

    found: bool = False
    fault: str = ""
    unplugged: bool = False
    fired: bool = False
    turned: bool = False
    lit: bool = False
    dead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """The scale is looked for, or tried.

    Attributes:
        looking: its dialogue is being found out.
        ports: those that were listened to in vain.
        choosing: from the list instead.
        page: of the list.
        protocol: the one that is tried now.
        grams: what it last said.
        recorded: so many bytes were written for whoever can make something of them; None: not yet.
    """

    looking: bool = False
    ports: tuple[str, ...] | None = None
    choosing: bool = False
    page: int = 0
    protocol: str = ""
    grams: int | None = None
    fault: str = ""
    recording: bool = False
    recorded: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """A test label.

    Attributes:
        port: where the printer was found; empty while none is.
        language: what it is spoken to in.
        trouble: why there is no label.
    """

    port: str = ""
    language: str = ""
    looked: bool = False
    waiting: bool = False
    printed: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ChoosingPin:
    """The technician's PIN, typed twice."""

    digits: str = field(default="", repr=False)
    first: str = field(default="", repr=False)
    flaw: PinFlaw | None = None
    keeping: bool = False
    lost: bool = False
    """It could not be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheeting:
    """The emergency sheet.

    Attributes:
        text: what its code says.
        rows: the code itself, a line of 0 and 1 each.
        passphrase: without which it says nothing.
        noted: the passphrase was written down; now the code is shown.
        checked: it was scanned and does hold the key: True; it does not: False.
        printing: on the label printer; ``printed`` where a label came out.
    """

    text: str = field(default="", repr=False)
    rows: tuple[str, ...] = field(default=(), repr=False)
    passphrase: str = field(default="", repr=False)
    noted: bool = False
    checked: bool | None = None
    printing: bool = False
    printed: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """The self-test, a line a part."""

    rows: tuple[CheckLine, ...] | None = None
    page: int = 0


@dataclass(frozen=True, slots=True)
class Finishing:
    """The configuration is written; then the terminal starts."""

    done: bool = False
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explaining:
    """What this step is about, over it."""

    under: "GuideState"


GuideState: TypeAlias = (
    Greeting
    | Networking
    | Fetching
    | Placing
    | Keying
    | Opening
    | Serving
    | Marking
    | Reading
    | Scanning
    | Locking
    | PickingLine
    | Relaying
    | Weighing
    | Printing
    | ChoosingPin
    | Sheeting
    | Checking
    | Finishing
    | Explaining
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """All there is: what is kept, what is shown, and what the hands have found meanwhile.

    Attributes:
        scanner: the device that a code was read by, as the configuration names it.
    """

    progress: Progress = field(default_factory=Progress)
    state: GuideState = field(default_factory=Greeting)
    scanner: str = ""
