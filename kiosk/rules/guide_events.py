"""What the guide of the first run hears, beside touches and devices, and what it orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from kiosk.types import ClockTrust, Part
from kiosk.views import Light

# ── what has happened ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSeen:
    """How the machine is connected.

    Attributes:
        address: its own in the network; empty without one.
        at: what its clock says (aware UTC).
    """

    address: str
    trust: ClockTrust
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRead:
    """A scanner, or a keyboard, typed a line.

    Attributes:
        readings: as either keyboard layout has it; the first is the likelier one.
        device: what the configuration calls the scanner.
    """

    readings: tuple[str, ...] = field(repr=False)
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupRead:
    """A set-up code or a USB key was good, and its secrets are put away.

    Attributes:
        settings: of its configuration, by section and key.
        has_key: the card key was among its secrets.
    """

    settings: Mapping[tuple[str, str], "str | int | bool | tuple[str | int, ...]"]
    has_key: bool


@dataclass(frozen=True, slots=True)
class SetupFailed:
    """It was not. ``why`` is ``code`` where it is no set-up code at all, else the program's own sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class KeyKept:
    """The coop's card key is on the disk, under the name that stands beside each card's hash."""

    key_id: str


@dataclass(frozen=True, slots=True)
class KeyFailed:
    """It is not. ``why`` is ``passphrase``, ``sheet`` or ``disk``."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTried:
    """What the server said.

    Attributes:
        members: how many it knows on its first page; None: it did not answer.
        refused: it answered, and does not know this terminal.
    """

    members: int | None = None
    refused: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class TrialFailed:
    """The parts cannot even be begun with. ``why`` is the program's own sentence."""

    part: Part
    why: str


@dataclass(frozen=True, slots=True)
class MomentPassed:
    """What was waited for is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleFound:
    """It was understood: what the configuration has to say of it."""

    settings: Mapping[str, "str | int"]
    protocol: str
    grams: int | None


@dataclass(frozen=True, slots=True)
class ScaleNotFound:
    """No port has a scale that is understood. ``ports``: those that were listened to."""

    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScaleRecorded:
    """What it says is in a file. ``bytes_written``: how much."""

    bytes_written: int


@dataclass(frozen=True, slots=True)
class PrinterFound:
    """Where one may be: a file below /dev, or an address; empty: nowhere."""

    port: str


@dataclass(frozen=True, slots=True)
class PinKept:
    """The PIN is on the disk, or why it is not."""

    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMade:
    """The emergency sheet, ready to be shown."""

    text: str = field(repr=False)
    rows: tuple[str, ...] = field(repr=False)
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SheetChecked:
    """A sheet was scanned: does it hold this terminal's key?"""

    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """A line of the self-test. ``said`` and ``do`` are the program's own words."""

    part: str
    light: Light
    said: str
    do: str = ""


@dataclass(frozen=True, slots=True)
class CheckMade:
    """The self-test is over."""

    rows: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """The configuration is in its place, or what is wrong with it."""

    faults: tuple[str, ...] = ()


# ── what is to be done ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class KeepProgress:
    """Write down how far it has come."""


@dataclass(frozen=True, slots=True)
class LookAtNetwork:
    """Tell how the machine is connected."""


@dataclass(frozen=True, slots=True)
class ReadSetup:
    """Is this a set-up code?"""

    readings: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class LookForUsb:
    """Has a USB key with a configuration been plugged in?"""


@dataclass(frozen=True, slots=True)
class MakeKey:
    """A new card key."""


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """The key of another terminal's sheet."""

    readings: tuple[str, ...] = field(repr=False)
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TryServer:
    """Ask the server for its first page."""


@dataclass(frozen=True, slots=True)
class TryPart:
    """Take this part in hand, and let it tell; the one before is given back."""

    part: Part


@dataclass(frozen=True, slots=True)
class TryRelay:
    """Take the door in hand as long as nothing hangs on its relay: off at rest and on in a pulse, whichever the lock.

    So that its LED tells whether the polarity is right: a magnet's relay is on all day, and goes off in a pulse.
    """


@dataclass(frozen=True, slots=True)
class EndTrial:
    """Give it back."""


@dataclass(frozen=True, slots=True)
class PulseRelay:
    """Let the relay change for so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class WaitMoment:
    """Say when so long has passed."""

    seconds: float


@dataclass(frozen=True, slots=True)
class FindScale:
    """Listen and ask at every port."""


@dataclass(frozen=True, slots=True)
class RecordScale:
    """Write what it says into a file."""


@dataclass(frozen=True, slots=True)
class FindPrinter:
    """Is one plugged in?"""


@dataclass(frozen=True, slots=True)
class PrintTest:
    """A test label."""


@dataclass(frozen=True, slots=True)
class KeepPin:
    """The technician's PIN."""

    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MakeSheet:
    """The emergency sheet, under a passphrase of its own."""


@dataclass(frozen=True, slots=True)
class CheckSheet:
    """Does this sheet hold the key?"""

    readings: tuple[str, ...] = field(repr=False)
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrintSheet:
    """Its code on a label."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MakeCheck:
    """The self-test of every part."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Put the configuration in its place."""


@dataclass(frozen=True, slots=True)
class StartTerminal:
    """End the guide: what starts next is the terminal."""


GuideOrder: TypeAlias = (
    KeepProgress
    | LookAtNetwork
    | ReadSetup
    | LookForUsb
    | MakeKey
    | OpenSheet
    | TryServer
    | TryPart
    | TryRelay
    | EndTrial
    | PulseRelay
    | WaitMoment
    | FindScale
    | RecordScale
    | FindPrinter
    | PrintTest
    | KeepPin
    | MakeSheet
    | CheckSheet
    | PrintSheet
    | MakeCheck
    | Finish
    | StartTerminal
)
