"""What the documents promise is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.devices.labels.tare_code import PRESETS
from kiosk.messages import MESSAGES
from kiosk.types import Grams

TOP = Path(__file__).parent.parent
PAGES = sorted([TOP / "README.md", *(TOP / "docs").glob("*.md")])


@pytest.mark.parametrize("script", ["draw-states", "draw-wiring"])
def test_the_drawings_are_what_the_tables_and_the_defaults_say(script):
    done = subprocess.run(
        [sys.executable, TOP / "scripts" / script, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_names_scripts_that_are_there():
    named = set(re.findall(r"scripts/([a-z-]+)", (TOP / "README.md").read_text(encoding="utf-8")))
    assert {name for name in named if not (TOP / "scripts" / name).exists()} == set()


def test_the_tills_page_shows_the_codes_that_are_printed():
    page = (TOP / "docs/till.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| `\d+` \| `(\d{13})` \|", page, re.MULTILINE))
    assert rows == {name: tares.code(Grams(176)) for name, tares in PRESETS.items()}


STAFF_PAGES = [TOP / "docs" / name for name in ("coordinator.fr.md", "coordinator.md")]
FRENCH_PAGES = sorted((TOP / "docs").glob("*.fr.md"))


def plainly(sentence: str) -> str:
    return re.sub(r"\s+", " ", sentence).replace("’", "'")


@pytest.mark.parametrize("page", STAFF_PAGES, ids=lambda page: page.name)
def test_the_buttons_that_a_page_names_are_on_the_screens(page):
    texts = (text for message in MESSAGES.values() for text in ([message] if isinstance(message, str) else message))
    shown = {plainly(text) for text in texts}
    named = re.findall(r"\*([A-ZÀÉ][^*]+)\*", page.read_text(encoding="utf-8"))
    assert [button for button in named if plainly(button) not in shown] == []


@pytest.mark.parametrize("page", FRENCH_PAGES, ids=lambda page: page.name)
def test_french_pages_keep_signs_with_their_words(page):
    prose = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r".{20} [;:!?»]|« .{20}", prose) == []
