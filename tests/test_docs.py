"""What the documents promise is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.devices.labels.tare_code import PRESETS
from kiosk.types import Grams

TOP = Path(__file__).parent.parent
PAGES = sorted([TOP / "README.md", *(TOP / "docs").glob("*.md")])


def test_the_diagrams_are_what_the_tables_say():
    done = subprocess.run(
        [sys.executable, TOP / "scripts/draw-states", "--check"], capture_output=True, text=True, check=False
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
