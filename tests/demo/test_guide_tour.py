"""The guide of the first run, played by real touches in a window: every moment is reached, and has its picture."""

import json

import pytest
from PIL import Image

from kiosk.demo.guide_tour import MOMENTS, RESUMED
from tests.demo.test_tour import start


@pytest.mark.pictures
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("screen", "size"), [("rpi7", (800, 480)), ("td2-portrait", (720, 1280))])
def test_the_tour_of_the_guide_reaches_every_moment_and_goes_on_after_the_plug_was_pulled(tmp_path, screen, size):
    process = start(tmp_path, "--first-run", "--screen", screen, "--members", "40")
    output, _ = process.communicate()
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["steps"]
    assert (process.returncode, [step["step"] for step in report if not step["well"]]) == (0, []), output
    assert {step["step"] for step in report} == {moment.name for moment in (*MOMENTS, *RESUMED)}
    for step in report:
        with Image.open(tmp_path / step["picture"]) as picture:
            assert picture.size == size
