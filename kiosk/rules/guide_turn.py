"""One step of the guide: what it changes and orders, the table of who answers, and the way from step to step."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar, get_args, get_type_hints

from kiosk.actions import Action
from kiosk.events import Event
from kiosk.rules.guide_events import (
    CheckMade,
    CodeRead,
    EndTrial,
    FindPrinter,
    Finished,
    GuideOrder,
    KeepProgress,
    KeyFailed,
    KeyKept,
    LookAtNetwork,
    MakeCheck,
    MakeSheet,
    MomentPassed,
    NetworkSeen,
    PinKept,
    PrinterFound,
    ScaleFound,
    ScaleNotFound,
    ScaleRecorded,
    ServerTried,
    SetupFailed,
    SetupRead,
    SheetChecked,
    SheetMade,
    TrialFailed,
    TryPart,
    TryRelay,
    TryServer,
)
from kiosk.rules.guide_states import (
    STEPS,
    Checking,
    ChoosingPin,
    Fetching,
    Finishing,
    Greeting,
    Guide,
    GuideState,
    Key,
    Keying,
    Locking,
    Marking,
    Networking,
    Placing,
    Printing,
    Progress,
    Reading,
    Relaying,
    Scanning,
    Serving,
    Setting,
    Sheeting,
    Step,
    Weighing,
)
from kiosk.types import Part

GuideEvent: TypeAlias = (
    Event
    | NetworkSeen
    | CodeRead
    | SetupRead
    | SetupFailed
    | KeyKept
    | KeyFailed
    | ServerTried
    | TrialFailed
    | MomentPassed
    | ScaleFound
    | ScaleNotFound
    | ScaleRecorded
    | PrinterFound
    | PinKept
    | SheetMade
    | SheetChecked
    | CheckMade
    | Finished
)

FIRST: Final[Mapping[Step, GuideState]] = {
    Step.LANGUAGE: Greeting(),
    Step.NETWORK: Networking(),
    Step.SETUP: Fetching(),
    Step.PLACE: Placing(),
    Step.KEY: Keying(),
    Step.SERVER: Serving(),
    Step.TOUCH: Marking(),
    Step.READER: Reading(),
    Step.SCANNER: Scanning(),
    Step.DOOR: Locking(),
    Step.SCALE: Weighing(),
    Step.PRINTER: Printing(),
    Step.PIN: ChoosingPin(),
    Step.SHEET: Sheeting(),
    Step.CHECK: Checking(),
}
"""The screen with which a step begins."""

BEGINNINGS: Final[Mapping[Step, tuple[GuideOrder, ...]]] = {
    Step.NETWORK: (LookAtNetwork(),),
    Step.SERVER: (TryServer(),),
    Step.READER: (TryPart(Part.READER),),
    Step.PRINTER: (FindPrinter(),),
    Step.SHEET: (MakeSheet(),),
    Step.CHECK: (MakeCheck(),),
}
"""What is ordered when a step begins."""


class Turn:
    """Collects what one step changes and orders."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.orders: list[GuideOrder] = []

    def do(self, *orders: GuideOrder) -> None:
        self.orders.extend(orders)

    @property
    def progress(self) -> Progress:
        return self.guide.progress

    def keep(self, **changes: Any) -> None:
        """Change what a reboot must not lose."""
        self.guide = replace(self.guide, progress=replace(self.progress, **changes))
        self.do(KeepProgress())

    def settle(self, section: str, **keys: Setting | None) -> None:
        """Set keys of the configuration; None takes a key out of it."""
        settings = dict(self.progress.settings)
        for key, value in keys.items():
            settings.pop((section, key), None)
            if value is not None:
                settings[section, key] = value
        self.keep(settings=settings)

    def setting(self, section: str, key: str) -> Setting | None:
        """What was set; None where the default holds."""
        return self.progress.settings.get((section, key))

    def pass_on(self, *, off: bool = False) -> GuideState:
        """This step is behind us; ``off``: its part is not there."""
        progress, step = self.progress, self.progress.step
        away = progress.off | {step} if off else progress.off - {step}
        self.keep(passed=progress.passed | {step}, off=away)
        at = STEPS.index(step) + 1
        if at == len(STEPS):
            return Finishing()
        return self.begin(STEPS[at])

    def go_back(self) -> GuideState:
        """The step before; what was entered stays."""
        return self.begin(STEPS[max(STEPS.index(self.progress.step) - 1, 0)])

    def begin(self, step: Step) -> GuideState:
        """The first screen of a step. What was brought from elsewhere is not asked again, but tried."""
        if self.progress.step in TRIED:
            self.do(EndTrial())
        self.keep(step=step)
        if step is Step.DOOR and self.setting("door", "enabled") is True:
            self.do(TryRelay())
            return Relaying()
        if step is Step.SCALE and self.setting("scale", "enabled") is True:
            self.do(TryPart(Part.SCALE))
            return Weighing(protocol=str(self.setting("scale", "protocol") or ""))
        if step is Step.READER:
            # Tried as if it were there: whoever has none says so in one touch.
            self.settle("reader", enabled=True)
        if step is Step.SCANNER:
            return Scanning(device=self.known_scanner())
        if step is Step.KEY and self.progress.key is not Key.NONE:
            return Keying()
        self.do(*BEGINNINGS.get(step, ()))
        return FIRST[step]

    def known_scanner(self) -> str:
        """What the configuration calls the scanner, where it was heard or brought."""
        brought = self.setting("scanner", "device") or self.setting("scanner", "usb_id") or ""
        return self.guide.scanner or str(brought)


TRIED: Final = frozenset({Step.READER, Step.SCANNER, Step.DOOR, Step.SCALE, Step.PRINTER, Step.SHEET})
"""Steps with a part in hand, which is given back when they end."""

Place: TypeAlias = "tuple[type[GuideState], type[GuideEvent], Action | None]"
Handler: TypeAlias = Callable[[Turn, Any, Any], GuideState]
TABLE: Final[dict[Place, Handler]] = {}

H = TypeVar("H", bound=Handler)


def on(states: type[Any] | Iterable[type[Any]], event: type[Any], *actions: Action) -> Callable[[H], H]:
    """Register a handler for an event in one or several states; for touches also which.

    Raises:
        ValueError: the place is taken.
    """
    named = (states,) if isinstance(states, type) else tuple(states)

    def register(handler: H) -> H:
        for state in named:
            for action in actions or (None,):
                place = (state, event, action)
                if place in TABLE:
                    raise ValueError(f"{place} is handled twice")
                TABLE[place] = handler
        return handler

    return register


@cache
def targets(handler: Handler) -> frozenset[type[Any]]:
    """The states that a handler says it may lead to; all of them for one annotated with ``GuideState``."""
    hint = get_type_hints(handler)["return"]
    return frozenset(get_args(hint) or (hint,))
