"""The units as systemd itself judges them; what a machine without it cannot judge is left out."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.card_key import CREDENTIAL, PREVIOUS_CREDENTIAL
from kiosk.config import SECRETS, SYSTEM_FILE
from kiosk.first_run.finding import FILE, FOLDER
from kiosk.install.system_files import DATA_MOUNT

SYSTEMD = Path(__file__).parents[2] / "systemd"
UNITS = sorted(path.name for path in SYSTEMD.iterdir() if path.suffix in {".service", ".timer", ".mount"})
LEAST_SECURE = 2.0

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")


@pytest.fixture
def units(tmp_path):
    """All units in one folder under their own names; what they start is there on any machine."""
    for name in UNITS:
        text = (SYSTEMD / name).read_text()
        text = re.sub(r"/opt/coop-kiosk/(?:current|previous)/\S+", "/bin/true", text).replace("@DEVICE@", "/dev/vda3")
        (tmp_path / (DATA_MOUNT.name if name == "data.mount" else name)).write_text(text)
    return tmp_path


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@needs_systemd
def test_systemd_finds_nothing_wrong(units):
    said = analyze("verify", "--man=no", *sorted(units.iterdir()))
    # Units of the machine itself that it takes along are none of ours.
    assert [line for line in said[1].splitlines() if str(units) in line or "kiosk" in line] == []


@needs_systemd
@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_each_service_may_do_little(units, name):
    code, said = analyze(
        "security", "--offline=yes", "--no-pager", f"--threshold={LEAST_SECURE * 10:.0f}", units / name
    )
    assert code == 0, said


def test_the_terminal_gets_every_secret_that_its_configuration_knows():
    text = (SYSTEMD / "kiosk.service").read_text()
    wanted = {credential for _, _, _, credential in SECRETS}
    assert {CREDENTIAL, PREVIOUS_CREDENTIAL} <= wanted
    assert dict(re.findall(r"^LoadCredential=(\S+):(\S+)$", text, re.MULTILINE)) == {
        name: f"/etc/coop-kiosk/credentials/{name}" for name in wanted
    }
    # One that is not there must not keep the terminal from starting.
    assert set(re.findall(r"^SetCredential=(\S+):\\n$", text, re.MULTILINE)) == wanted


@pytest.mark.parametrize("name", ["kiosk-purge.service", "kiosk-backup.service"])
def test_what_was_missed_by_night_does_not_race_the_terminal_to_its_files(name):
    """A terminal that finds them locked ends and is started again, after some such starts without its panel."""
    unit = (SYSTEMD / name).read_text()
    timer = (SYSTEMD / name).with_suffix(".timer").read_text()
    assert "\nPersistent=yes\n" in timer
    assert "\nAfter=kiosk.service\n" in unit
    assert not re.search("^(Wants|Requires)=", unit, re.MULTILINE), "it starts none that was stopped on purpose"


@pytest.mark.parametrize("page", ["update.md", "update.fr.md"])
def test_what_the_pages_say_to_look_for_in_the_journal_is_what_the_unit_says_it_is(page):
    (name,) = set(re.findall(r"journalctl -t (\S+?)`", (SYSTEMD.parent / "docs" / page).read_text()))
    assert f"\nSyslogIdentifier={name}\n" in (SYSTEMD / "kiosk-update.service").read_text()


def test_a_usb_key_is_not_even_looked_at_by_a_terminal_that_is_set_up():
    """Wherever its configuration is: whoever passes by with a key would have root mount and read it."""
    unit = (SYSTEMD / "kiosk-usb.service").read_text()
    assert set(re.findall("^ConditionPathExists=!(.+)$", unit, re.MULTILINE)) == {
        str(SYSTEM_FILE),
        str(FOLDER / FILE),
    }


def test_no_dependency_is_taken_back():
    """systemd.unit(5): by a drop-in dependencies can only be added; an empty one says nothing."""
    for file in SYSTEMD.rglob("*"):
        if file.is_file():
            assert not re.search("^(Wants|Requires|After|Before|Conflicts)=$", file.read_text(), re.MULTILINE), file


def test_no_unit_waits_for_network_time_or_disk():
    for name in UNITS:
        text = (SYSTEMD / name).read_text()
        assert not re.search(
            r"network-online|time-sync|^Requires=|^BindsTo=|^RequiresMountsFor=", text, re.MULTILINE
        ), name
