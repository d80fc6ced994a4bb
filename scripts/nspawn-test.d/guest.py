"""In the container: install, see it run, kill it, see it come back, take it away. Each promise is a line of the report.

What is there: a Debian with systemd that has booted, a bundle or a checkout in /opt/source, and neither a panel nor a
device. The screen is drawn by the real cage and Xwayland, on the backend of wlroots that needs no graphics card.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from looking import SOURCE, answers, files, install, python_pid, run, say, shown, status, wait, written
from picture import Picture, take_picture

OUT = Path("/opt/out")
DATA, ETC, TOP = Path("/var/lib/coop-kiosk"), Path("/etc/coop-kiosk"), Path("/opt/coop-kiosk")
DROP_IN = Path("/etc/systemd/system/kiosk.service.d/bench.conf")
HEADLESS = """[Service]
Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1 LIBGL_ALWAYS_SOFTWARE=1
"""
CONFIG = """[terminal]
name = "test"
screen = "td2"
backlight = false

[coop]
name = "La coop d'essai"

[cards]
key_file = "the.key"

[reader]
enabled = true

[scale]
enabled = true
port = "/dev/ttyUSB0"

[door]
enabled = true
pins = "mock"
relay_pin = 17
"""
KEY = "5e" * 32

BRICK = bytes.fromhex("9C2A17")
"""The colour that a screen has at its edge while something is closed or stopped."""

CHECKS: dict[str, list[Callable[[], None]]] = {}
"""By the part of the tests that they belong to; each part has a boot of its own."""


def check(*parts: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def take(test: Callable[[], None]) -> Callable[[], None]:
        for part in parts:
            CHECKS.setdefault(part, []).append(test)
        return test

    return take


def look(name: str) -> Picture:
    """What is on the screen, as large as the panel td2 is; kept beside the results."""
    picture = take_picture(Path("/run/coop-kiosk/display/wayland-0"))
    picture.write(OUT / name)
    colours = {picture.pixels[at : at + 3] for at in range(0, len(picture.pixels), 3)}
    say(f"   {len(colours)} colours on the screen of {picture.width} × {picture.height}")
    assert (picture.width, picture.height) == (1280, 720)
    assert len(colours) > 20
    return picture


@check("install")
def dry_run() -> None:
    """--dry-run says what it would do, and changes nothing."""
    before = files("/etc", "/opt/coop-kiosk", "/usr/local", "/var/lib/dpkg")
    said = install("--dry-run", "--defaults")
    assert "would install the packages" in said, said
    assert "kiosk.service: new" in said, said
    assert files("/etc", "/opt/coop-kiosk", "/usr/local", "/var/lib/dpkg") == before


@check("install")
def bad_configuration() -> None:
    """A configuration with faults is told with its line, and nothing of the terminal is started."""
    bad = Path("/root/bad/kiosk.toml")
    bad.parent.mkdir()
    bad.write_text("[terminal]\nstatoin = 1\n")
    done = subprocess.run([SOURCE / "scripts/install", "--config", bad], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    assert "line 2" in done.stderr, done.stderr
    assert 'did you mean "station"' in done.stderr, done.stderr
    assert not (ETC / "kiosk.toml").exists()
    assert shown("ActiveState") == "inactive"


@check("install")
def first_installation() -> None:
    """One command installs, configures, starts; the self-test says what is missing."""
    folder = Path("/root/usb")
    folder.mkdir()
    (folder / "kiosk.toml").write_text(CONFIG)
    (folder / "the.key").write_text(KEY + "\n")
    DROP_IN.parent.mkdir(parents=True, exist_ok=True)
    DROP_IN.write_text(HEADLESS)
    began = time.monotonic()
    said = install("--config", str(folder / "kiosk.toml"))
    say(f"   installed in {time.monotonic() - began:.0f} s")
    assert "Done: coop-kiosk" in said, said
    assert shown("ActiveState") == "active"
    assert shown("User") == "kiosk"
    assert {"reader", "scale"} <= set(status()["lost"]), status()
    assert "check its wires and that SPI is on" in said, said
    assert "does not answer" in said, said


@check("install")
def members() -> None:
    """With members there it knows them; a person of the group kiosk may ask it, without being root."""
    run("runuser", "-u", "kiosk", "--", "kiosk", "data", "make", DATA / "members", "--members", "40")
    run("kiosk", "sync")
    wait("the members", lambda: status()["members"] == 40)
    assert json.loads(run("runuser", "-u", "kiosk", "--", "kiosk", "status", "--json"))["members"] == 40


@check("install")
def secrets() -> None:
    """The card key is a credential that only root reads; the terminal has it from systemd."""
    key = ETC / "credentials/card-key"
    assert key.read_text().strip() == KEY
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.stat().st_uid == 0
    assert key.parent.stat().st_mode & 0o777 == 0o700
    config = (ETC / "kiosk.toml").read_text()
    assert KEY not in config
    assert "key_file: kept as the credential" in config, config
    refused = run("runuser", "-u", "kiosk", "--", "cat", key, well=False)
    assert "Permission denied" in refused, refused


@check("install")
def a_locked_user() -> None:
    """The user kiosk has no shell and no password."""
    assert run("getent", "passwd", "kiosk").strip().endswith(":/usr/sbin/nologin")
    assert run("getent", "shadow", "kiosk").split(":")[1].startswith(("!", "*"))


@check("install")
def no_rpi_gpio() -> None:
    """RPi.GPIO is not installed, and rpi-lgpio's files are whole."""
    listed = run(TOP / "current/venv/bin/python", "-m", "pip", "list", "--format=freeze").casefold()
    assert "rpi-lgpio==" in listed, listed
    assert "rpi.gpio==" not in listed, listed


@check("install")
def hardened() -> None:
    """systemd-analyze security says 2.0 or better of the running units."""
    for unit in ("kiosk", "kiosk-purge", "kiosk-backup"):
        last = run("systemd-analyze", "security", "--no-pager", f"{unit}.service", well=False).strip().splitlines()[-1]
        exposure = float(last.split(":")[1].split()[0])
        say(f"   {unit}: {exposure}")
        assert exposure <= 2.0, last


@check("install")
def a_real_screen() -> None:
    """The window is on cage and Xwayland, and frames flip for longer than the watchdog waits."""
    wait("Xwayland", lambda: bool(run("pgrep", "--uid", "kiosk", "Xwayland", well=False).strip()))
    # Beyond the minute that a part may take at the start, and the watchdog's 30 s.
    before, began = written(), time.monotonic()
    wait("100 s of life", lambda: time.monotonic() > began + 100)
    say(f"   idle it writes {(written() - before) * 86_400 / (time.monotonic() - began) / 1e6:.1f} MB a day")
    assert shown("NRestarts") == "0", run("journalctl", "-u", "kiosk", "-n", "40", "--no-pager")
    assert shown("StatusText") in {"", "running"}, shown("StatusText")
    memory = sum(
        int(run("ps", "--no-headers", "-o", "rss", "-p", pid)) for pid in run("pgrep", "--uid", "kiosk").split()
    )
    say(f"   memory {memory // 1024} MiB")
    picture = look("screen.ppm")
    # To the last pixel.
    assert picture.pixels[-3:] != bytes(3)


@check("install")
def again() -> None:
    """Installed again nothing changes, and the terminal is not disturbed."""
    before, started = files("/etc", "/opt/coop-kiosk/current/"), shown("InvocationID")
    said = install()
    after = files("/etc", "/opt/coop-kiosk/current/")
    assert after == before, sorted(after.items() ^ before.items())[:6]
    assert shown("InvocationID") == started, said


@check("install")
def again_from_what_is_installed() -> None:
    """What is installed can be called for later changes; it leaves the program as it is."""
    before, started = files("/etc", "/opt/coop-kiosk/current/"), shown("InvocationID")
    said = run(TOP / "current/scripts/install")
    assert "Done: coop-kiosk" in said, said
    after = files("/etc", "/opt/coop-kiosk/current/")
    assert after == before, sorted(after.items() ^ before.items())[:6]
    assert shown("InvocationID") == started, said


@check("install")
def not_over_an_update() -> None:
    """Neither an older version nor one beside a trial is installed, and nothing is taken away under an update."""
    current = TOP / "current"
    was = current.readlink()
    newer = TOP / "releases/99.0"
    newer.mkdir()
    (newer / "complete").touch()
    try:
        run("ln", "-sfn", "releases/99.0", current)
        said = run(SOURCE / "scripts/install", well=False)
        assert "99.0 runs, which is newer than" in said, said
        assert "Done" not in said, said
    finally:
        run("ln", "-sfn", was, current)
        shutil.rmtree(newer)
    with (TOP / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = run(SOURCE / "scripts/uninstall", well=False)
    assert "An update is under way" in said, said
    assert answers()


@check("install")
def mended() -> None:
    """With faults in its configuration the terminal says so, on the screen too, and starts once they are mended."""
    file = ETC / "kiosk.toml"
    well = file.read_text()
    try:
        file.write_text(well.replace("screen = ", "sreen = "))
        run("systemctl", "restart", "kiosk")
        assert "does not start" in shown("StatusText"), shown("StatusText")
        assert "[terminal] sreen" in shown("StatusText"), shown("StatusText")
        # It does not die of it, and pats the watchdog for longer than that waits.
        pid, began = python_pid(), time.monotonic()
        wait("40 s of life", lambda: time.monotonic() > began + 40)
        assert python_pid() == pid
        assert "[terminal] sreen" in run("kiosk", "status", well=False)
        # Laid out for the smallest panel, because this output says to nobody how large it is; its left edge is red.
        assert BRICK * 40 in look("faults.ppm").pixels
    finally:
        file.write_text(well)
    wait("the terminal", answers)


@check("install")
def hung() -> None:
    """A terminal that hangs is killed by the watchdog and is back; the lines are put at rest in between."""
    pid, restarts = python_pid(), int(shown("NRestarts"))
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    wait("the restart", lambda: int(shown("NRestarts")) > restarts)
    wait("the terminal", answers)
    say(f"   back after {time.monotonic() - began:.0f} s")
    log = run("journalctl", "-u", "kiosk", "--no-pager", "-n", "80")
    assert "Watchdog timeout" in log, log
    assert "line to put at rest" in log or "at rest" in log, log
    assert python_pid() != pid


@check("install")
def killed() -> None:
    """After kill -9 of the terminal it is back."""
    pid, restarts = python_pid(), int(shown("NRestarts"))
    os.kill(pid, signal.SIGKILL)
    wait("the restart", lambda: int(shown("NRestarts")) > restarts)
    wait("the terminal", answers)
    assert python_pid() != pid


@check("install")
def no_panel() -> None:
    """Without a panel the terminal runs all the same."""
    DROP_IN.unlink()
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", "kiosk")
    wait("the terminal", answers)
    assert Path("/run/coop-kiosk/no-panel").exists()
    assert not run("pgrep", "--uid", "kiosk", "cage", well=False).strip()
    # A panel that comes has it started anew.
    DROP_IN.write_text(HEADLESS)
    run("systemctl", "daemon-reload")
    run("systemctl", "start", "kiosk-panel.service")
    wait("cage", lambda: bool(run("pgrep", "--uid", "kiosk", "cage", well=False).strip()))
    wait("the terminal", answers)


@check("install")
def broken_display() -> None:
    """A display that cannot start four times over is done without: the door matters more."""
    DROP_IN.write_text(HEADLESS.replace("WLR_BACKENDS=headless", "WLR_BACKENDS=nonsense"))
    run("systemctl", "daemon-reload")
    Path("/run/coop-kiosk/starts").unlink()
    run("systemctl", "restart", "kiosk", well=False)
    try:
        wait("the terminal", answers)
        assert Path("/run/coop-kiosk/no-panel").exists(), run("journalctl", "-u", "kiosk", "--no-pager", "-n", "40")
        assert shown("NRestarts") == "4", shown("NRestarts")
    finally:
        DROP_IN.write_text(HEADLESS)
        run("systemctl", "daemon-reload")
        run("systemctl", "restart", "kiosk")
    wait("cage", lambda: bool(run("pgrep", "--uid", "kiosk", "cage", well=False).strip()))
    wait("the terminal", answers)


@check("install")
def nightly() -> None:
    """The timers are set; the purge goes through the control socket; a backup is sealed, and of nine seven stay."""
    assert {"kiosk-purge.timer", "kiosk-backup.timer"} <= set(run("systemctl", "list-timers", "--no-pager").split())
    run("systemctl", "start", "kiosk-purge.service")
    assert "0 overdue" in run("journalctl", "-u", "kiosk-purge", "--no-pager")
    passphrase = ETC / "credentials/backup-passphrase"
    passphrase.write_text("correct horse battery staple\n")
    passphrase.chmod(0o600)
    backups = DATA / "backups"
    for day in range(1, 9):
        old = backups / f"test-2001-01-{day:02}.kiosk-backup"
        old.write_bytes(b"")
        shutil.chown(old, "kiosk", "kiosk")
    run("systemctl", "start", "kiosk-backup.service")
    kept = sorted(path.name for path in backups.iterdir())
    assert len(kept) == 7, kept
    assert kept[0] == "test-2001-01-03.kiosk-backup", kept
    assert (backups / kept[-1]).stat().st_size > 1000
    assert shown("Result", "kiosk-backup.service") == "success"
    # The running terminal had copied its journal there.
    assert not Path("/run/coop-kiosk/journal.copy").exists()


@check("install")
def quiet_journal() -> None:
    """The journal is in memory, and bounded."""
    assert Path("/run/log/journal").is_dir()
    assert not list(Path("/var/log/journal").glob("*")) or "Storage=volatile" in run(
        "systemd-analyze", "cat-config", "systemd/journald.conf"
    )


@check("install")
def kept_clock() -> None:
    """The time that the clock starts from lies with the data."""
    # In a container it does not start by itself: the clock is the host's.
    drop_in = Path("/etc/systemd/system/systemd-timesyncd.service.d/bench.conf")
    drop_in.write_text("[Unit]\nConditionVirtualization=\nConditionCapability=\n[Service]\nProtectClock=no\n")
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", "systemd-timesyncd.service")
    wait("the clock's file", (DATA / "clock/clock").exists)
    assert not Path("/var/lib/systemd/timesync/clock").exists()


@check("overlay")
def starts_by_itself() -> None:
    """On a root that forgets, systemd brings the terminal up; a card that is linked is kept with the data."""
    assert "overlay" in run("findmnt", "--noheadings", "--output", "FSTYPE", "/")
    wait("the terminal", answers)
    wait("the members", lambda: status()["members"] == 40)
    Path("/etc/forgotten").write_text("")
    member = json.loads(run("kiosk", "cards", "list", "--json").splitlines()[0])["member"]
    before = run("kiosk", "cards", "list")
    run("kiosk", "cards", "link", "7:04A1B2C3D4E5F6", str(member))
    linked = run("kiosk", "cards", "list")
    assert len(linked.splitlines()) == len(before.splitlines()) + 1
    (OUT / "cards").write_text(linked)


@check("overlay-again")
def remembers() -> None:
    """After another boot, now without any network, the root has forgotten, and the terminal remembers the card."""
    assert not Path("/etc/forgotten").exists()
    wait("the terminal", answers)
    wait("the members", lambda: status()["members"] == 40)
    assert run("kiosk", "cards", "list") == (OUT / "cards").read_text()
    assert shown("NRestarts") == "0"


@check("remove")
def removed() -> None:
    """scripts/uninstall takes the program and leaves the data."""
    run(TOP / "current/scripts/uninstall", "--dry-run")
    assert shown("ActiveState") == "active"
    wait("the terminal", answers)
    run("systemctl", "stop", "kiosk")
    before = files(str(DATA), str(ETC))
    run(SOURCE / "scripts/uninstall")
    assert files(str(DATA), str(ETC)) == before
    assert str(DATA / "journal.db") in before
    assert not TOP.exists()
    assert not Path("/usr/local/bin/kiosk").exists()
    left = [
        path for path in files("/etc/systemd", "/etc/udev", "/etc/tmpfiles.d", "/etc/sysusers.d") if "kiosk" in path
    ]
    assert left == [str(DROP_IN)], left


@check("remove")
def back_again() -> None:
    """Installed once more it has its data, its key and its configuration."""
    before = (ETC / "kiosk.toml").read_text()
    install()
    assert (ETC / "kiosk.toml").read_text() == before
    wait("the terminal", answers)


@check("remove")
def purged() -> None:
    """scripts/uninstall --purge takes everything."""
    run(SOURCE / "scripts/uninstall", "--purge")
    assert not DATA.exists()
    assert not ETC.exists()
    assert not TOP.exists()
    assert not run("getent", "passwd", "kiosk", well=False)


def main() -> int:
    """Run them all in their order; one that fails keeps no other from its turn."""
    failed = 0
    for test in CHECKS[(OUT / "part").read_text().strip()]:
        promise = (test.__doc__ or test.__name__).strip()
        try:
            test()
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is told
            failed += 1
            say(f"NOT OK {promise} ({type(fault).__name__}: {fault})")
        else:
            say(f"ok {promise}")
    say(f"done {failed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
