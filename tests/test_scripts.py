import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from kiosk.demo.steps import STEPS

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements" / "dev.lock").read_text(encoding="utf-8")

# As a display server sees it: connect, and be let in.
CONNECT = """
import os, socket
with socket.socket(socket.AF_UNIX) as display:
    display.connect(f"/tmp/.X11-unix/X{os.environ['DISPLAY'].removeprefix(':')}")
raise SystemExit(7)
"""


def with_display(*command, **environ):
    without = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    return subprocess.run([ROOT / "scripts" / "with-display", *command], env=without | environ, check=False, timeout=90)


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="there is no Xvfb")
def test_a_command_gets_a_display_of_its_own_and_keeps_its_exit_status():
    assert with_display("python3", "-c", CONNECT).returncode == 7


def test_a_display_that_is_there_is_used():
    assert with_display("bash", "-c", '[ "$DISPLAY" = :4711 ]', DISPLAY=":4711").returncode == 0


def locked_names():
    return set(re.findall(r"^([a-z0-9-]+)==", LOCK, re.MULTILINE))


def test_the_lock_has_all_that_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["demo"],
        *project["dependency-groups"]["dev"],
    ]
    names = {re.match(r"[A-Za-z0-9-]+", line)[0].lower() for line in asked}
    assert names - locked_names() == set()


def test_the_lock_is_pinned_by_hashes_and_names_no_place():
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in LOCK


def test_rpi_gpio_is_never_installed():
    assert re.findall(r"^rpi-gpio.*", LOCK, re.MULTILINE) == ["rpi-gpio==0.7.1 ; sys_platform == 'never' \\"]


def test_every_script_in_python_is_linted():
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    files = [file for file in (ROOT / "scripts").iterdir() if file.is_file()]
    in_python = {
        f"scripts/{file.name}" for file in files if "python" in file.read_text(encoding="utf-8").split("\n", 1)[0]
    }
    assert set(tools["ruff"]["extend-include"]) == in_python


def test_the_pictures_of_the_readme_are_of_steps_of_the_tour():
    script = Path(__file__).parents[1] / "scripts" / "pictures"
    [wanted] = re.findall(r"^STEPS = \(([^)]*)\)", script.read_text(encoding="utf-8"), re.MULTILINE)
    names = re.findall(r'"([\w-]+)"', wanted)
    assert len(names) == 12
    assert set(names) <= {step.name for step in STEPS}
