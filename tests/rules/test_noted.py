"""What is shown again is called noted only once it is on the disk."""

from dataclasses import replace

from kiosk.rules.states import Thanking
from kiosk.types import FactKind
from tests.rules.terminal import Terminal, at, snapshot, tap


class SlowDisk(Terminal):
    """Nothing is written before the test says so."""

    @property
    def around(self):
        return replace(super().around, unjournalled={fact.id for fact in self.facts()})


def checked_in(make):
    terminal = make(now=at(15, 50).astimezone(snapshot().fetched_at.tzinfo))
    terminal.feed(tap("camille"))
    terminal.time_out()
    assert terminal.facts(FactKind.CHECK_IN), "Camille is booked for tonight"
    terminal.wait(10)
    terminal.feed(tap("camille"))
    assert isinstance(terminal.state, Thanking)
    return terminal.state


def test_a_presence_that_a_slow_disk_has_not_written_is_not_called_noted_when_it_is_shown_again():
    assert not checked_in(SlowDisk).committed


def test_a_presence_that_is_on_the_disk_is():
    assert checked_in(Terminal).committed
