"""The tour, as anyone would start it: every step reaches its view, and has its picture."""

import json
import os
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue

import pytest
from PIL import Image

from kiosk.clock import SystemClock
from kiosk.demo.steps import STEPS
from kiosk.store.thread import Store
from kiosk.types import FactKind


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "kiosk", "tour", str(folder), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


@pytest.mark.pictures
@pytest.mark.timeout(300)
def test_the_tour_reaches_every_view(tmp_path):
    process = start(tmp_path)
    output, _ = process.communicate()
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["steps"]
    missed = [step["step"] for step in report if not step["well"]]
    assert (process.returncode, missed) == (0, []), output
    assert [step["step"] for step in report] == [step.name for step in STEPS]
    for step in report:
        with Image.open(tmp_path / step["picture"]) as picture:
            assert picture.size == (800, 480)


@pytest.mark.pictures
@pytest.mark.timeout(300)
def test_kill_9_in_the_middle_of_the_tour_loses_nothing_confirmed(tmp_path):
    process = start(tmp_path / "tour", "--data", str(tmp_path / "data"))
    # The line comes after the screen has said « Présence notée ».
    for line in process.stdout:
        if " present: " in line:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    events = SimpleQueue()
    store = Store(tmp_path / "data" / "data", events.put, SystemClock())
    store.start()
    kinds = [row.fact.kind for row in store.journal_list().result(10)]
    store.request_stop()
    assert store.join()
    assert kinds.count(FactKind.CHECK_IN) == 1
