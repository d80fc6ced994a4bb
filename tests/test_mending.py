"""A configuration with faults while the terminal should run: told, shown, and taken up again once it is mended."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from kiosk.actions import Action
from kiosk.clock import SystemClock
from kiosk.config import check
from kiosk.events import Touched
from kiosk.mending import Mending
from kiosk.views import NoticeView, TextView
from tests.demo.onlooker import Onlooker
from tests.test_cli import kiosk

KEY = "5e" * 32
HEADLESS = {"SDL_VIDEODRIVER": "offscreen", "KIVY_GL_BACKEND": "mock", "SDL_AUDIODRIVER": "dummy"}


@pytest.fixture
def file(tmp_path):
    """With one fault."""
    (tmp_path / "card.key").write_text(KEY)
    path = tmp_path / "kiosk.toml"
    write(path, statoin='"bulk"')
    return path


def write(path, **terminal):
    more = "".join(f"{name} = {value}\n" for name, value in terminal.items())
    new = path.with_suffix(".new")
    new.write_text(
        f'[terminal]\ndata_dir = "data"\nruntime_dir = "run"\n{more}[cards]\nkey_file = "card.key"\nkey_id = "7"\n'
    )
    new.replace(path)


@pytest.fixture
def systemd(tmp_path):
    """Where systemd listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(60)
        yield listener


def hears(systemd, wanted):
    """Wait until that is said; returns all of what was said with it."""
    while wanted not in (said := systemd.recv(4096).decode()):
        pass
    return said


@contextmanager
def mending(file):
    screen = Onlooker()
    at_work = Mending(file, check(file), lambda: check(file), screen.stop, SystemClock())
    at_work.show_on(screen)
    try:
        yield at_work, screen
    finally:
        at_work.request_stop()
        assert at_work.join()


def test_faults_are_shown_and_told_and_followed_until_there_are_none(file, systemd, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with mending(file) as (at_work, screen):
        assert "statoin" in hears(systemd, "STATUS=does not start")
        hears(systemd, "READY=1")
        screen.wait_for(lambda view: isinstance(view, NoticeView))
        at_work.post(Touched(Action.WHY))
        screen.wait_for(lambda view: isinstance(view, TextView) and "statoin" in str(view.paragraphs))
        write(file, station='"bulk"', screen='"none"')
        assert "screen" in hears(systemd, "STATUS=does not start")
        # Somebody else looks at it now: first how to get in.
        screen.wait_for(lambda view: isinstance(view, NoticeView))
        assert "[terminal] screen" in caplog.text
        write(file, station='"bulk"')
        screen.run()


def test_a_file_that_goes_away_is_a_fault_too(file):
    with mending(file) as (at_work, screen):
        at_work.post(Touched(Action.WHY))
        screen.wait_for(lambda view: isinstance(view, TextView))
        file.unlink()
        screen.wait_for(lambda view: isinstance(view, NoticeView))
        at_work.post(Touched(Action.HELP))
        screen.wait_for(lambda view: isinstance(view, TextView) and "cannot be read" in str(view.paragraphs))


def start(file, tmp_path):
    command = [sys.executable, "-m", "kiosk", "run", "--config", str(file)]
    environ = os.environ | HEADLESS | {"NOTIFY_SOCKET": str(tmp_path / "notify"), "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_under_systemd_the_program_stays_until_the_file_is_mended(file, systemd, tmp_path):
    process = start(file, tmp_path)
    try:
        hears(systemd, "READY=1")
        # It is alive while it waits: frames flip, and the watchdog is patted.
        hears(systemd, "WATCHDOG=1")
        write(file, station='"bulk"')
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    # Systemd starts it again then (Restart=always), with the configuration as it is now.
    assert process.returncode == 0, said
    assert "statoin is not a key" in said
    assert not (tmp_path / "data").exists()


def test_it_ends_when_it_is_asked_to(file, systemd, tmp_path):
    process = start(file, tmp_path)
    try:
        hears(systemd, "READY=1")
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, said


def test_whoever_types_it_is_told_and_has_the_prompt_again(file, monkeypatch, capsys):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    status, _, err = kiosk(monkeypatch, capsys, "run", "--config", str(file))
    assert status == 1
    assert 'did you mean "station"' in err
