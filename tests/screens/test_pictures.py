"""The screens as they are drawn, beside the pictures that were looked at and found good.

To accept new pictures: ``python -m tests.screens.test_pictures``, then look at each that changed.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from PIL import Image, ImageChops

GOLDEN = Path(__file__).parent / "golden"
COLOURS = 64
"""Golden pictures are kept in so many colours: a tenth of the size, and no eye sees it."""
SEEN_DIFFERENCE = 48
"""A channel that differs by less than this differs by rounding, by smoothing or by the kept colours."""
ALLOWED_SHARE = 0.001
NAMES = sorted(path.stem for path in GOLDEN.glob("*.png"))

pytestmark = pytest.mark.pictures


def draw(folder: Path) -> None:
    """Draw every sample into ``folder``, and some in other looks."""
    environment = {name: value for name, value in os.environ.items() if name != "KIVY_GL_BACKEND"}
    environment["SDL_VIDEODRIVER"] = "offscreen"
    command = [sys.executable, "-m", "tests.screens.shoot", str(folder), "rpi7", "fr", "golden"]
    done = subprocess.run(
        command,
        check=False,
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    draw(folder)
    return folder


def opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")


def differing_share(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels in which a person would see a difference."""
    difference = ImageChops.difference(one, other)
    strongest = ImageChops.lighter(ImageChops.lighter(*difference.split()[:2]), difference.split()[2])
    seen = strongest.point(lambda value: 255 if value >= SEEN_DIFFERENCE else 0).histogram()[255]
    return seen / (one.width * one.height)


def test_every_picture_was_looked_at(drawn):
    assert {path.stem for path in drawn.glob("*.png")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_looks_as_it_did(drawn, name):
    picture = opened(drawn / f"{name}.png")
    golden = opened(GOLDEN / f"{name}.png")
    assert picture.size == golden.size
    assert differing_share(picture, golden) <= ALLOWED_SHARE


def test_the_comparison_sees_a_word_that_changed(drawn):
    assert differing_share(opened(drawn / "welcome.png"), opened(drawn / "welcome-reopen.png")) > ALLOWED_SHARE


def test_open_attention_and_closed_are_told_apart_in_grey(drawn):
    greys = [opened(drawn / f"{name}.png").convert("L").resize((32, 20)) for name in ("welcome", "attention", "closed")]
    for index, one in enumerate(greys):
        for other in greys[index + 1 :]:
            histogram = ImageChops.difference(one, other).histogram()
            mean = sum(value * count for value, count in enumerate(histogram)) / sum(histogram)
            assert mean > 25


def accept() -> None:
    """Make what is drawn now the golden pictures."""
    with tempfile.TemporaryDirectory() as folder:
        draw(Path(folder))
        for path in GOLDEN.glob("*.png"):
            path.unlink()
        for path in sorted(Path(folder).glob("*.png")):
            opened(path).quantize(COLOURS, dither=Image.Dither.NONE).save(GOLDEN / path.name, optimize=True)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    accept()
