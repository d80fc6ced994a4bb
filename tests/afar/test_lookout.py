"""Who looks at the machine never holds up who decides."""

import threading

import pytest

from kiosk.afar.lookout import Lookout
from kiosk.afar.readings import Readings
from kiosk.clock import AdjustableClock
from tests.afar.statuses import status
from tests.fakes import PATIENCE_SECONDS


@pytest.fixture
def make():
    made = []

    def build(**other):
        lookout = Lookout(AdjustableClock(), 30.0, **({"read": Readings} | other))
        made.append(lookout)
        return lookout

    yield build
    for lookout in made:
        lookout.request_stop()
        assert lookout.join(PATIENCE_SECONDS)


def test_a_status_is_wanted_at_once_and_then_at_its_pace():
    clock = AdjustableClock()
    lookout = Lookout(clock, 30.0, Readings)
    assert lookout.is_due()
    lookout.take(status())
    assert not lookout.is_due()
    clock.advance(30)
    assert lookout.is_due()


def test_every_status_is_passed_on_and_the_machine_looked_at_again(make):
    published, looks = [], []
    passed, looked = threading.Semaphore(0), threading.Semaphore(0)

    def publish(one):
        published.append(one)
        passed.release()

    def read():
        looks.append(1)
        looked.release()
        return Readings(temperature_celsius=float(len(looks)))

    lookout = make(read=read, publish=publish)
    lookout.start()
    assert looked.acquire(timeout=PATIENCE_SECONDS)
    lookout.take(status(members=1))
    assert passed.acquire(timeout=PATIENCE_SECONDS)
    assert looked.acquire(timeout=PATIENCE_SECONDS)
    assert [one["members"] for one in published] == [1]


def test_a_disk_that_hangs_holds_nobody_up(make):
    let_go, asked = threading.Event(), threading.Event()

    def hang():
        asked.set()
        let_go.wait(PATIENCE_SECONDS)
        return Readings()

    lookout = make(read=hang)
    lookout.start()
    assert asked.wait(PATIENCE_SECONDS)
    for _ in range(1000):
        lookout.take(status())
    assert lookout.readings == Readings()
    let_go.set()


def test_a_file_that_cannot_be_written_is_said_once_and_its_return_too(make, caplog):
    caplog.set_level("INFO")
    faults = [OSError(28, "No space left on device"), OSError(28, "No space left on device"), None]
    done = threading.Semaphore(0)

    def publish(_status):
        fault = faults.pop(0)
        done.release()
        if fault is not None:
            raise fault

    lookout = make(publish=publish)
    lookout.start()
    for _ in range(3):
        lookout.take(status())
        assert done.acquire(timeout=PATIENCE_SECONDS)
    lookout.request_stop()
    assert lookout.join(PATIENCE_SECONDS)
    said = [record.message for record in caplog.records if "figures" in record.message]
    assert said == [
        "the figures cannot be written: [Errno 28] No space left on device",
        "the figures are written again",
    ]


def test_alarms_are_looked_for_in_every_status_by_what_starts_and_stops_with_it():
    told = []

    class Webhook:
        def start(self):
            told.append("start")

        def see(self, status):
            told.append(status["members"])

        def request_stop(self):
            told.append("stop")

        def join(self, _seconds):
            return False

    lookout = Lookout(AdjustableClock(), 30.0, Readings, webhook=Webhook())
    lookout.start()
    lookout.take(status(members=7))
    lookout.request_stop()
    assert told == ["start", 7, "stop"]
    assert not lookout.join(PATIENCE_SECONDS), "an alarm is still being told"
