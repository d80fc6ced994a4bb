"""The guide, led on by events."""

from kiosk.actions import Action
from kiosk.events import CardTapped, Touched
from kiosk.rules import guide as guides
from kiosk.rules.guide_events import CodeRead, ScaleFound
from kiosk.rules.guide_states import Guide, GuideState, Progress, Relaying, Step
from kiosk.types import CardHash, FactId

LABEL = FactId("label")
CODE = CodeRead(readings=("0420000001234",), device="05f9:2204")
PAPER = CodeRead(readings=("COOPKEY1;1;ABCD", "COOPKEY1:1:QBCD"), device="/dev/input/by-id/gun-event-kbd")
TAP = CardTapped(hash=CardHash("h"), tail="80")


def at(step: Step, state: GuideState, **progress) -> Guide:
    return Guide(progress=Progress(step=step, **progress), state=state)


def after(guide: Guide, *events) -> tuple[Guide, list]:
    """The guide after these events, and all that was ordered."""
    orders = []
    for event in events:
        guide, ordered = guides.step(guide, event)
        orders += ordered
    return guide, orders


def touch(action: Action, target: str = "") -> Touched:
    return Touched(action, target)


def setting(guide: Guide, section: str, key: str):
    return guide.progress.settings.get((section, key))


def unplugged(**more) -> Guide:
    settings = {("door", "enabled"): True, ("door", "relay_pin"): 17}
    return at(Step.DOOR, Relaying(found=True, unplugged=True, **more), settings=settings)


FOUND = ScaleFound(settings={"port": "/dev/x", "protocol": "nci", "line": "8N1"}, protocol="nci", grams=None)


def typed(digits: str) -> list[Touched]:
    return [*(touch(Action.KEY, digit) for digit in digits), touch(Action.ENTER)]
