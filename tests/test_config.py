import os
import re
import tempfile
import tomllib
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest

from kiosk import config
from kiosk.config import Config, Secret
from kiosk.config_kinds import is_optional
from kiosk.errors import ConfigError
from kiosk.rules.policy import DoorTimes, Policy, RetentionDays, RosterNames, Station, Times, Unstaffed
from kiosk.types import Status
from tests.configuring import KEY, faults_of

DEFAULTS = Path(config.__file__).with_name("defaults.toml").read_text(encoding="utf-8")


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "card.key"
    path.write_text(KEY + "\n", encoding="utf-8")
    return path


# ── defaults ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_file_the_defaults_hold_and_nothing_is_switched_on():
    loaded = config.load(None, environ={})
    assert loaded.terminal.station is Station.ENTRANCE
    assert not any((loaded.reader.enabled, loaded.scanner.enabled, loaded.scale.enabled, loaded.door.enabled))
    assert loaded.bell.kind == "none"


def test_the_defaults_of_the_rules_are_those_of_the_file():
    loaded = config.load(None, environ={})
    assert loaded.policy == Policy()
    assert loaded.retention == RetentionDays()
    assert loaded.times == Times()
    assert {f.name: getattr(loaded.door, f.name) for f in fields(DoorTimes)} == {
        f.name: getattr(DoorTimes(), f.name) for f in fields(DoorTimes)
    }


@pytest.mark.parametrize(
    ("section", "key"),
    [(section.name, key.name) for section in fields(Config) for key in fields(get_type_hints(Config)[section.name])],
)
def test_every_key_stands_in_the_commented_file(section, key):
    annotation = get_type_hints(get_type_hints(Config)[section], include_extras=True)[key]
    own = DEFAULTS.partition(f"[{section}]\n")[2].partition("\n[")[0]
    if annotation == Secret | None:
        assert f"# {key}_file = " in own  # a secret in the file itself is possible, not advised
    else:
        assert f"\n{'# ' if is_optional(annotation) else ''}{key} = " in "\n" + own


def test_the_commented_file_has_no_key_that_is_not_read():
    known = {(s.name, k.name) for s in fields(Config) for k in fields(get_type_hints(Config)[s.name])}
    uncommented = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and " = " in line else line for line in DEFAULTS.splitlines()
    )
    table = tomllib.loads(uncommented)
    assert {(section, key) for section, keys in table.items() for key in keys} <= known


def test_every_commented_example_is_accepted(tmp_path, key_file):
    text = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and " = " in line else line for line in DEFAULTS.splitlines()
    )
    text = re.sub(r'(?<!webhook)_file = ".+"', f'_file = "{key_file.name}"', text)
    (tmp_path / "logo.png").touch()
    (tmp_path / "webhook").write_text("https://coop.example/alarms/0", encoding="utf-8")
    loaded = config.parse(text, folder=tmp_path, environ={})
    assert loaded.door.relay_pin == 17
    assert loaded.cards.key == Secret(KEY)


def test_init_writes_a_file_that_check_accepts(tmp_path):
    path = tmp_path / "kiosk.toml"
    config.write_initial(path)
    assert config.check(path) == []
    assert path.read_text(encoding="utf-8") == DEFAULTS
    assert path.stat().st_mode & 0o007 == 0


def test_init_never_overwrites(tmp_path):
    path = tmp_path / "kiosk.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="is there already"):
        config.write_initial(path)
    assert path.read_text(encoding="utf-8") == "mine"


def test_init_into_a_missing_folder_says_so(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot be written \(No such file or directory\)"):
        config.write_initial(tmp_path / "missing" / "kiosk.toml")


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_written_counts_and_the_rest_stays():
    loaded = config.parse(
        """
        [terminal]
        station = "bulk"
        data_dir = "data"
        [policy]
        blocking = ["left"]
        unstaffed = "coordinators"
        roster_names = "never"
        refusal_pauses_seconds = [0, 5]
        """,
        folder=Path("/somewhere"),
        environ={},
    )
    assert loaded.terminal.station is Station.BULK
    assert loaded.terminal.data_dir == Path("/somewhere/data")
    assert loaded.terminal.language == "fr"
    assert loaded.policy == Policy(
        blocking=frozenset({Status.LEFT}),
        unstaffed=Unstaffed.COORDINATORS,
        roster_names=RosterNames.NEVER,
        refusal_pauses_seconds=(0, 5),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[dor]", 'k.toml, line 1: there is no section [dor]; did you mean "door"?'),
        ("\n[door]\nrelay_pni = 3", 'line 3: [door] relay_pni is not a key of this section; did you mean "relay_pin"?'),
        ("[bell]\nrelay_pin = 3", "line 2: [bell] relay_pin is not a key of this section; it belongs to [door]"),
        ("[bell]\nzzz = 3", "line 2: [bell] zzz is not a key of this section"),
        ("relay_pin = 3", "line 1: relay_pin stands outside of any section; it belongs to [door]"),
        (
            '[terminal]\nurl = "https://coop.example"',
            "line 2: [terminal] url is not a key of this section; it belongs to [bell] or [backend]",
        ),
        (
            "enabled = true",
            "enabled stands outside of any section; it belongs to [reader] or [scanner] or [scale] or [door]",
        ),
        ("\ndoor = true", "line 2: write [door] on a line of its own, once, and its keys below"),
        ("[[door]]\nrelay_pin = 3", "line 1: write [door] on a line of its own"),
    ],
)
def test_an_unknown_name_is_told_with_the_one_that_was_meant(text, fault):
    [only] = faults_of(text)
    assert fault in only


@pytest.mark.parametrize(
    "text",
    [
        "[door]\n# relay_pin = 1\n\nrelay_pin = 99",
        'door = { enabled = false,\t"relay_pin" = 99 }'.rjust(60, "\n"),
        '[coop]\nname = """\n[door]\nrelay_pin = 1"""\n[door]\n"relay_pin" = 99',
        "[policy]\nblocking = [ # one\n 'left',\n 'fee'\n]\n[ door ]\nrelay_pin=99",
        "door.relay_pin = 99",
    ],
)
def test_the_line_is_that_of_the_key_however_it_is_written(text):
    line = next(number for number, line in enumerate(text.split("\n"), 1) if "99" in line)
    assert f"k.toml, line {line}: [door] relay_pin" in "\n".join(faults_of(text))


def test_all_faults_come_at_once_in_the_order_of_the_file():
    faults = faults_of("[log]\nlevel = 3\n[dor]\n[times]\ndone_seconds = 0\nbook_seconds = 0\nnext = 1")
    assert [fault.split(":")[0] for fault in faults] == [f"k.toml, line {line}" for line in (2, 3, 5, 6, 7)]


def test_a_fault_in_one_section_does_not_hide_that_others_contradict_each_other():
    faults = faults_of("[log]\nlevel = 3\n[door]\nenabled = true")
    assert len(faults) == 2
    assert "line 4: [door] enabled is true: then relay_pin has to say which line opens it" in faults[1]


# ── the file itself ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert config.check(tmp_path / "none.toml") == [f"{tmp_path}/none.toml: cannot be read (No such file or directory)"]


def test_a_folder_is_no_configuration(tmp_path):
    assert config.check(tmp_path) == [f"{tmp_path}: cannot be read (Is a directory)"]


def test_a_latin_1_file_is_told_with_its_line(tmp_path):
    path = tmp_path / "kiosk.toml"
    path.write_bytes('[coop]\nname = "L\'Éléfàn"\n'.encode("latin-1"))
    assert config.check(path) == [f"{path}, line 2: is not UTF-8 (byte 0xc9); save the file as UTF-8"]


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "kiosk.toml"
    path.write_bytes(b"\xef\xbb\xbf[coop]\nname = 'a'")
    assert config.load(path, environ={}).coop.name == "a"


def test_a_file_too_large_is_not_read_to_its_end(tmp_path):
    path = tmp_path / "kiosk.toml"
    path.write_bytes(b"#" * 70_000)
    [fault] = config.check(path)
    assert "larger than a configuration can be" in fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[coop]\nname 3", "k.toml, line 2, column 6: is not TOML: "),
        ('[coop]\nname = "x', "k.toml: is not TOML: "),
        ("a = " + "[" * 5000, "k.toml: is not TOML: "),
        ("a = " + "9" * 5000, "k.toml: is not TOML: "),
        ("[coop]\n[coop]", "k.toml, line 2, column 6: is not TOML: "),
    ],
)
def test_what_is_not_toml_is_told_with_its_place(text, fault):
    [only] = faults_of(text)
    assert only.startswith(fault)


# ── secrets ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_secret_prints_as_stars():
    secret = Secret("abracadabra")
    assert {str(secret), repr(secret), f"{secret}", f"{secret!r:>8}"} == {"********"}
    assert "abracadabra" not in repr(config.parse('[backend]\ntoken = "abracadabra"', environ={}))
    assert secret.reveal() == "abracadabra"
    assert secret == Secret("abracadabra") != Secret("abracadabre")
    assert secret != "abracadabra"
    assert len({secret, Secret("abracadabra")}) == 1


def test_secrets_come_from_files_beside_the_configuration(tmp_path, key_file):
    path = tmp_path / "kiosk.toml"
    path.write_text(f'[cards]\nkey_file = "{key_file.name}"', encoding="utf-8")
    assert config.load(path, environ={}).cards.key == Secret(KEY)


def test_secrets_come_from_systemd_when_nothing_is_written(tmp_path):
    (tmp_path / "card-key").write_text(KEY, encoding="utf-8")
    (tmp_path / "backend-token").write_text("abracadabra\n", encoding="utf-8")
    loaded = config.load(None, environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert loaded.cards.key == Secret(KEY)
    assert loaded.backend.token == Secret("abracadabra")


def test_what_is_written_wins_over_systemd(tmp_path):
    (tmp_path / "backend-token").write_text("other", encoding="utf-8")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert config.parse('[backend]\ntoken = "mine"', environ=environ).backend.token == Secret("mine")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "which cannot be read (No such file or directory)"),
        (b"\xff\xfe", "which is not UTF-8; save the file as UTF-8"),
        (b" \n", "which must not be empty"),
        (b"one\ntwo", "which must be one line"),
    ],
)
def test_a_secret_that_cannot_be_used_is_told_without_showing_it(tmp_path, content, fault):
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    [only] = faults_of('[backend]\ntoken_file = "token"', folder=tmp_path)
    assert only.startswith(f"k.toml, line 2: [backend] token_file leads to {tmp_path}/token, {fault}")


@pytest.mark.parametrize("key", [KEY[:-1], KEY + "0", "x" * 64])
def test_a_card_key_is_64_hexadecimal_digits(key):
    [fault] = faults_of(f'[cards]\nkey = "{key}"')
    assert "must lead to 64 hexadecimal digits" in fault
    assert key not in fault


@pytest.mark.parametrize(
    "text",
    [
        '[backend]\ntoken = "abracadabra"\ntoken_file = "f"',
        '[backend]\ntoken = ["abracadabra"]',
        '[backend]\ntoken = "abra\\u0007cadabra"',
        '[backend]\nurl = "https://user:abracadabra@coop.example"',
    ],
)
def test_no_fault_repeats_a_secret(text):
    [fault] = faults_of(text)
    assert "cadabra" not in fault


def test_what_is_in_force_can_be_shown_and_read_again(tmp_path, key_file):
    text = f"""
        [coop]
        name = "L'Éléfàn \\"ici\\"\\u00a0!"
        [cards]
        key_file = "{key_file}"
        [backend]
        token = "abracadabra"
        [door]
        contact_pin = 27
    """
    loaded = config.parse(text, environ={})
    masked = loaded.masked()
    assert "abracadabra" not in masked
    assert KEY not in masked
    assert '# token = "********"' in masked
    again = config.parse(masked, environ={})
    assert again.cards == loaded.cards
    assert again.door == loaded.door
    assert again.coop == loaded.coop
    assert again.policy == loaded.policy
    assert again.terminal == loaded.terminal


@pytest.mark.parametrize("left", ["", "\n", "\ufeff"])
def test_a_file_that_a_power_cut_has_emptied_is_no_configuration_without_a_door(tmp_path, left):
    file = tmp_path / "kiosk.toml"
    file.write_text(left, encoding="utf-8")
    assert config.check(file) == [f"{file}: is empty; put the one before back, or begin anew: kiosk config init"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_configuration_that_root_begins_in_etc_can_be_read_by_the_terminal(tmp_path):
    os.chown(tmp_path, -1, 4321)
    config.write_initial(tmp_path / "kiosk.toml")
    made = (tmp_path / "kiosk.toml").stat()
    assert (made.st_gid, made.st_mode & 0o777) == (4321, 0o640)


# ── secrets kept apart, as scripts/install does ───────────────────────────────────────────────────────────────────


@pytest.fixture
def etc():
    """A folder that every user reaches, with a configuration that needs a card key and the key in ``credentials``."""
    with tempfile.TemporaryDirectory(prefix="coop-kiosk-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "kiosk.toml").write_text("[reader]\nenabled = true\n", encoding="utf-8")
        hidden = folder / "credentials"
        hidden.mkdir(mode=0o700)
        (hidden / "card-key").write_text(KEY + "\n", encoding="utf-8")
        yield folder


@contextmanager
def another_user(hidden):
    """Nobody in particular: may not look into a folder of mode 700, be it root's or, here, without any right."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        hidden.chmod(0)
        try:
            yield
        finally:
            hidden.chmod(0o700)


def test_root_finds_the_secrets_where_systemd_takes_them_from(etc):
    cards = config.load(etc / "kiosk.toml", environ={}).cards
    assert cards.key.reveal() == KEY
    assert cards.key_file == etc / "credentials/card-key"


def test_who_may_not_look_there_can_still_ask_the_running_terminal(etc):
    with another_user(etc / "credentials"):
        assert config.load(etc / "kiosk.toml", environ={}).cards.key is None


def test_who_may_not_look_there_misses_no_secret_that_the_guide_has_named(etc):
    text = '[cards]\nkey_file = "credentials/card-key"\n[reader]\nenabled = true\n'
    (etc / "kiosk.toml").write_text(text, encoding="utf-8")
    with another_user(etc / "credentials"):
        assert config.load(etc / "kiosk.toml", environ={}).cards.key is None
    # systemd hands the terminal all that it has: where that is nothing, the file is what counts.
    with unit("kiosk.service", etc) as environ, pytest.raises(ConfigError, match="cannot be read"):
        config.load(etc / "kiosk.toml", environ=environ)


@pytest.mark.parametrize("folder", ["gone", "credentials"])
def test_the_end_of_the_unit_to_which_systemd_hands_out_nothing_can_still_put_lines_at_rest(etc, folder):
    with another_user(etc / "credentials"):
        # systemd 252 names a folder there that the terminal's user may not look into.
        given = {"CREDENTIALS_DIRECTORY": str(etc / folder)}
        assert config.load(etc / "kiosk.toml", environ=given).cards.key is None


SYSTEMD = Path(__file__).parents[1] / "systemd"
READER = "[reader]\nenabled = true\n"
ODOO = (
    '[backend]\nkind = "odoo"\nurl = "https://odoo.example"\n[odoo]\ndatabase = "coop"\nlogin = "borne"\n'
    "[policy]\nhours_late_block = true\nleave_blocks = true\n"
)
SHIFT_MANAGER = (
    '[backend]\nkind = "gestion-compte"\nurl = "https://coop.example"\n'
    '[gestion_compte]\ntier = "shift-manager"\nuser = "borne"\n'
)
WITH_SECRETS = pytest.mark.parametrize(
    ("server", "fault"),
    [(ODOO, "then token_file has to hold"), (SHIFT_MANAGER, "then password_file has to say")],
    ids=["odoo", "shift-manager"],
)


@contextmanager
def unit(name, etc):
    """What the environment of that unit is: the secrets that it names, those that are not kept as an empty line."""
    text = (SYSTEMD / name).read_text(encoding="utf-8")
    named = re.findall(r"^LoadCredential=(\S+?):", text, re.MULTILINE)
    handed_out = etc / "handed-out"
    handed_out.mkdir()
    for credential in named:
        kept = etc / "credentials" / credential
        (handed_out / credential).write_text(kept.read_text() if kept.exists() else "\n", encoding="utf-8")
    with another_user(etc / "credentials"):
        yield {"CREDENTIALS_DIRECTORY": str(handed_out)} if named else {}


@WITH_SECRETS
@pytest.mark.parametrize(("name", "has_key"), [("kiosk-purge.service", False), ("kiosk-backup.service", True)])
def test_a_nightly_unit_misses_no_secret_that_it_is_not_handed(etc, server, fault, name, has_key):
    (etc / "kiosk.toml").write_text(READER + server, encoding="utf-8")
    with unit(name, etc) as environ:
        assert (config.load(etc / "kiosk.toml", environ=environ).cards.key is not None) is has_key


@WITH_SECRETS
def test_the_terminal_still_misses_its_own_secret(etc, server, fault):
    (etc / "kiosk.toml").write_text(READER + server, encoding="utf-8")
    with unit("kiosk.service", etc) as environ, pytest.raises(ConfigError) as wrong:
        config.load(etc / "kiosk.toml", environ=environ)
    assert len(wrong.value.faults) == 1
    assert fault in wrong.value.faults[0]


@pytest.mark.parametrize("key", ["\n", "no key\n"])
def test_a_backup_that_is_handed_a_bad_card_key_says_so(etc, key):
    (etc / "credentials/card-key").write_text(key, encoding="utf-8")
    with unit("kiosk-backup.service", etc) as environ, pytest.raises(ConfigError, match=r"\[cards\] key_file"):
        config.load(etc / "kiosk.toml", environ=environ)


@WITH_SECRETS
def test_what_else_is_wrong_is_told_to_who_may_not_look_there(etc, server, fault):
    text = server.replace("https:", "http:").replace('user = "borne"\n', "")
    (etc / "kiosk.toml").write_text(text, encoding="utf-8")
    with another_user(etc / "credentials"), pytest.raises(ConfigError) as wrong:
        config.load(etc / "kiosk.toml", environ={})
    told = "\n".join(wrong.value.faults)
    assert "would send members' data in clear" in told
    assert ("then user has to say" in told) == (server is SHIFT_MANAGER)
    assert fault not in told


def test_a_key_that_is_nowhere_is_still_missed(etc):
    (etc / "credentials/card-key").unlink()
    assert "[cards] key_file has to say" in config.check(etc / "kiosk.toml")[0]


def test_a_secret_that_systemd_has_none_of_is_an_empty_line(tmp_path):
    for name in ("card-key", "backend-token"):
        (tmp_path / name).write_text("\n", encoding="utf-8")
    loaded = config.load(None, environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert (loaded.cards.key, loaded.backend.token) == (None, None)


def test_every_secret_of_a_section_is_read(tmp_path):
    (tmp_path / "card-key").write_text(KEY, encoding="utf-8")
    (tmp_path / "previous-card-key").write_text("ab" * 32, encoding="utf-8")
    cards = config.load(None, environ={"CREDENTIALS_DIRECTORY": str(tmp_path)}).cards
    assert (cards.key.reveal(), cards.previous_key.reveal()) == (KEY, "ab" * 32)
