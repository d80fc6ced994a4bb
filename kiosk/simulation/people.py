"""People at the entrance: they come, tap, touch what the screen offers, weigh a jar, and walk off in the middle."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from random import Random
from typing import Any, Final, Protocol

from kiosk.actions import Action
from kiosk.events import CardTapped, CodeNotKnown, Event, JarScanned, Touched, TwoCardsSeen, WeightRead
from kiosk.simulation.coop import Held, InventedCoop
from kiosk.simulation.kernel import Kernel
from kiosk.simulation.readers import NOTHING_ON_IT, Readers, weighing
from kiosk.simulation.story import Entry
from kiosk.simulation.terminal import Machine
from kiosk.types import JarCode, MemberId, Part
from kiosk.view_parts import Button, Say

READING_SECONDS = (0.05, 0.2)
NOT_TOUCHED: Final = frozenset({Action.CHANGE_PIN, Action.MUTE})
"""A PIN is chosen on a thread of its own, which takes its time on purpose."""


class World(Protocol):
    """What people find."""

    kernel: Kernel
    coop: InventedCoop
    readers: Readers
    touching: float
    pressing: float
    sampling: float
    scale_answers_a_second: int


class Person:
    """Somebody at one terminal, with luck of their own."""

    def __init__(self, world: World, machine: Machine, chance: Random) -> None:
        self._world = world
        self._machine = machine
        self._chance = chance

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """In so many seconds."""
        self._world.kernel.call_in(seconds, act)

    def lay(self, card: Held) -> None:
        """Lay a card on the reader, or hold a badge before the light."""
        if Part.READER in self._machine.lost or self._machine.process is None or card.owner in self._world.coop.gone:
            return
        event = self._world.readers.read(card, sampled=self._chance.random() < self._world.sampling)
        self.later(self._chance.uniform(*READING_SECONDS), lambda: self._read(event))

    def _read(self, event: Event) -> None:
        if isinstance(event, CardTapped) and self._machine.process is not None:
            self._machine.witness.laid(event.hash)
        self._machine.post(event)

    def enter(self) -> None:
        """Push the door; it shuts behind them, or stands open for a while."""
        door, chance = self._machine.door, self._chance
        if door.push_open():
            self.later(chance.uniform(2.0, 5.0) if chance.random() < 0.97 else 45.0, door.pull_shut)

    def leave(self) -> None:
        """From inside, by the exit button."""
        self._machine.press_exit(0.4)
        self.later(1.2, self.enter)

    def touch_something(self, most: int, why: tuple[Action, ...] = ()) -> None:
        """Touch one of the buttons on the screen, the wished ones first; then perhaps another."""
        view = self._machine.witness.view
        offered = [button for button in buttons_of(view) if button.action not in NOT_TOUCHED] if view else []
        if not offered:
            return
        wished = [button for button in offered if button.action in why]
        button = self._chance.choice(wished or offered)
        self._machine.post(Touched(button.action, button.target))
        if most > 1:
            self.later(self._chance.uniform(0.6, 6.0), lambda: self.touch_something(most - 1, why))

    def weigh_later(self, seconds: float, event: WeightRead) -> None:
        """The scale says something."""
        self.later(seconds, lambda: _weigh(self._machine, event))


def buttons_of(part: Any) -> Iterator[Button]:
    """Every button of a view."""
    if isinstance(part, Button):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from buttons_of(item)
    else:
        for name in _parts_of(type(part)):  # type: ignore[arg-type]  # classes have a hash
            yield from buttons_of(getattr(part, name))


@cache
def _parts_of(kind: type[Any]) -> tuple[str, ...]:
    """Where buttons may be: a sentence has none."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) and kind is not Say else ()


# ── what people do ────────────────────────────────────────────────────────────────────────────────────────────────


def come(world: World, machine: Machine, entry: Entry) -> None:
    """Somebody with a card, or who has left it at home."""
    chance = entry.chance()
    person = Person(world, machine, chance)
    pocket = world.coop.of[_id(world, entry)]
    card = chance.choice(pocket)
    person.lay(card)
    if chance.random() < 0.08:
        person.later(chance.uniform(0.8, 4.0), lambda: person.lay(card))
    if chance.random() < 0.04:
        person.later(chance.uniform(6.0, 25.0), lambda: person.lay(card))
    if chance.random() < 0.9:
        person.later(chance.uniform(0.6, 3.5), person.enter)
    if chance.random() < world.touching:
        most = chance.choice((1, 1, 2, 4, 9))
        person.later(chance.uniform(1.0, 6.0), lambda: person.touch_something(most))
    if chance.random() < world.pressing:
        person.later(chance.uniform(900, 3600), person.leave)


def come_to_work(world: World, machine: Machine, entry: Entry) -> None:
    """Somebody who is booked; most do not touch anything, some undo what was noted."""
    chance = entry.chance()
    person = Person(world, machine, chance)
    card = chance.choice(world.coop.of[_id(world, entry)])
    person.lay(card)
    person.later(chance.uniform(0.6, 3.5), person.enter)
    if chance.random() < 0.3:
        wishes = (Action.START_SHIFT, Action.JUST_SHOPPING, Action.PARTNER_ABSENT, Action.ROLL_CALL)
        person.later(chance.uniform(1.0, 10.0), lambda: person.touch_something(2, (chance.choice(wishes),)))
    if chance.random() < 0.08:
        person.later(20.0, lambda: person.lay(card))
        person.later(22.0, lambda: person.touch_something(1, (Action.UNDO,)))


def lay_two_cards(world: World, machine: Machine, entry: Entry) -> None:
    """A purse on the reader; then one card."""
    person = Person(world, machine, entry.chance())
    if Part.READER not in machine.lost:
        machine.post(TwoCardsSeen())
    person.later(3.0, lambda: person.lay(world.coop.of[_id(world, entry)][0]))
    person.later(5.0, person.enter)


def come_without_card(world: World, machine: Machine, entry: Entry) -> None:
    """The card is at home: the screen helps."""
    chance = entry.chance()
    person = Person(world, machine, chance)
    person.touch_something(1, (Action.NO_CARD,))
    wishes = (Action.FORGOT_CARD, Action.LOST_CARD, Action.VISITOR, Action.NEW_HERE, Action.CALL_DESK)
    person.later(3.0, lambda: person.touch_something(3, wishes))


def bring_delivery(world: World, machine: Machine, entry: Entry) -> None:
    """The bell; a coordinator opens by hand."""
    chance = entry.chance()
    person = Person(world, machine, chance)
    person.touch_something(1, (Action.NO_CARD,))
    person.later(2.0, lambda: person.touch_something(1, (Action.DELIVERY,)))
    opener = world.coop.of[chance.choice(world.coop.staff)][0]
    person.later(20.0, lambda: person.lay(opener))
    wishes = (Action.COORDINATION, Action.OPEN_DOOR, Action.CHOOSE, Action.REOPEN)
    for number in range(chance.choice((3, 5, 9))):
        person.later(22.0 + 2 * number, lambda: person.touch_something(1, wishes if chance.random() < 0.7 else ()))


def lay_strange_card(world: World, machine: Machine, entry: Entry) -> None:
    """A card that nobody knows: of another coop, a transport pass."""
    chance = entry.chance()
    person = Person(world, machine, chance)
    person.lay(chance.choice(world.coop.strangers))
    person.later(chance.uniform(2.0, 8.0), lambda: person.touch_something(2))


def scan_wrong_code(world: World, machine: Machine, entry: Entry) -> None:
    """A packet from the shelf before the light, or the label of a jar."""
    chance = entry.chance()
    jars = world.readers.jars
    event: Event = CodeNotKnown(is_card=chance.random() < 0.3)
    if jars and chance.random() < 0.6:
        event = JarScanned(code=JarCode(chance.choice(jars)))
    machine.post(event)
    Person(world, machine, chance).later(4.0, lambda: Person(world, machine, chance).touch_something(2))


def weigh_jars(world: World, machine: Machine, entry: Entry) -> None:
    """Jars on the scale, through the scale's own words; somebody may leave one there."""
    chance = entry.chance()
    person = Person(world, machine, chance)
    person.touch_something(1, (Action.WEIGH,))
    at = 3.0
    for _ in range(chance.choice((1, 2, 5))):
        grams, stays = chance.randint(25, 2400), chance.uniform(4.0, 15.0)
        for seconds, event in weighing(chance, grams, stays, world.scale_answers_a_second):
            person.weigh_later(at + seconds, event)
        person.later(at + stays * 0.7, lambda: person.touch_something(1, (Action.KEEP_TARE, Action.ANOTHER_JAR)))
        at += stays + 3.0
    if chance.random() < 0.7:
        person.weigh_later(at, NOTHING_ON_IT)
        person.later(at + 1.0, lambda: person.touch_something(1, (Action.DONE,)))
    if chance.random() < 0.4:
        card = world.coop.of[_id(world, entry)][0]
        person.later(at / 2, lambda: person.lay(card))


def _weigh(machine: Machine, event: WeightRead) -> None:
    if Part.SCALE not in machine.lost:
        machine.post(replace(event, at=machine.clock.monotonic()))


def _id(world: World, entry: Entry) -> MemberId:
    return MemberId(entry.who) if entry.who in world.coop.of else next(iter(world.coop.of))


PLAYS: dict[str, Callable[[World, Machine, Entry], None]] = {
    "visit": come,
    "late_visit": come,
    "worker": come_to_work,
    "two_cards": lay_two_cards,
    "no_card": come_without_card,
    "delivery": bring_delivery,
    "stranger": lay_strange_card,
    "wrong_code": scan_wrong_code,
    "jar": weigh_jars,
}
