"""Whoever plays the tour: what hands do, and how a view is told from another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.actions import Action
from kiosk.demo.cast import Kind, character
from kiosk.demo.room import Room
from kiosk.types import Capabilities
from kiosk.views import IdleView, View


class Actor(Protocol):
    """Whoever plays the tour: hands in the room and fingers on the screen."""

    room: Room

    def touch(self, action: Action, target: str = "") -> None: ...
    def lay(self, *card_ids: str) -> None: ...
    def pass_time(self, seconds: float) -> None: ...
    def pass_until(self, hour: int, minute: int) -> None: ...
    def wait_delivered(self) -> None: ...
    def type_jar_code(self) -> None: ...
    def wait_for(self, seen: Callable[[View], bool]) -> None: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One picture of the tour.

    Attributes:
        name: of the picture.
        expected: what should be seen, in words.
        act: what hands do.
        seen: whether a view is the one.
        door: whether the door is unlocked; None does not matter.
        needs: a field of :class:`~kiosk.types.Capabilities` that ``seen`` takes for granted.
        otherwise: the view where the backend does not carry that.
    """

    name: str
    expected: str
    act: Callable[[Actor], None]
    seen: Callable[[View], bool]
    door: bool | None = None
    needs: str = ""
    otherwise: Callable[[View], bool] | None = None

    def seen_with(self, capabilities: Capabilities) -> Callable[[View], bool]:
        """Whether a view is the one, at this backend."""
        lacks = bool(self.needs) and not getattr(capabilities, self.needs)
        return self.otherwise if lacks and self.otherwise is not None else self.seen


def says(view: View, key: str) -> bool:
    """The title of the view is this sentence."""
    title = getattr(view, "title", None)
    return title is not None and title.key == key


def titled(kind: type, key: str) -> Callable[[View], bool]:
    """It is of this kind, and its title is this sentence."""
    return lambda view: isinstance(view, kind) and says(view, key)


def body(kind: type, *keys: str) -> Callable[[View], bool]:
    """It is of this kind, and says these sentences."""

    def seen(view: View) -> bool:
        return isinstance(view, kind) and {*keys} <= {line.key for line in getattr(view, "body", ())}

    return seen


def taps(kind: Kind) -> Callable[[Actor], None]:
    """The card of the one who is there to show this is laid."""
    return lambda actor: actor.lay(character(kind).card)


def touches(*actions: Action) -> Callable[[Actor], None]:
    """Buttons are touched, one after the other."""

    def act(actor: Actor) -> None:
        for action in actions:
            actor.touch(action)

    return act


def then(*acts: Callable[[Actor], None]) -> Callable[[Actor], None]:
    """One act after the other."""

    def act(actor: Actor) -> None:
        for one in acts:
            one(actor)

    return act


def wait(seconds: float) -> Callable[[Actor], None]:
    """Time passes."""
    return lambda actor: actor.pass_time(seconds)


def home(actor: Actor) -> None:
    """Everyone leaves: whatever is shown times out, « Toujours là ? » included."""
    for _ in range(4):
        actor.pass_time(61)


def is_idle(view: View) -> bool:
    """The screen invites."""
    return isinstance(view, IdleView) and says(view, "idle.title")


def keys(text: str) -> Callable[[Actor], None]:
    """Letters or digits are typed."""

    def act(actor: Actor) -> None:
        for sign in text:
            actor.touch(Action.KEY, sign)

    return act


def types(digits: str) -> Callable[[Actor], None]:
    """Digits are typed on the pad, and confirmed."""
    return then(keys(digits), touches(Action.ENTER))
