import io
import logging
import threading
import warnings
from pathlib import Path

import pytest

from kiosk import logs

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.fixture
def lines():
    """What a process in the journal writes, at level info."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, threading.excepthook
    root.handlers[:] = []
    stream = io.StringIO()
    logs.configure("info", stream, environ={"JOURNAL_STREAM": "8:1"})
    yield lambda: stream.getvalue().splitlines()
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level, threading.excepthook = before


def test_a_record_is_one_line_with_its_priority_and_its_part(lines):
    logging.getLogger("kiosk.devices.supervisor").warning("%s: lost (%s)", "reader", "No such\ndevice")
    assert lines() == [r'<4>warning part=kiosk.devices.supervisor said="reader: lost (No such\ndevice)"']


def test_further_fields_follow(lines):
    logging.getLogger("kiosk.sync").info("drained", extra={"waiting": 0, "why": 'said "no"', "empty": ""})
    assert lines() == [r'<6>info part=kiosk.sync said=drained waiting=0 why="said \"no\"" empty=""']


def test_below_the_level_nothing_is_written(lines):
    logging.getLogger("kiosk.sync").debug("asked")
    logging.getLogger("urllib3.connectionpool").info("GET")
    assert lines() == []


def test_an_exception_is_one_line_with_its_cause_and_its_place(lines):
    def wait():
        raise TimeoutError("timed out")

    def read():
        try:
            wait()
        except TimeoutError as error:
            raise ValueError("no\nanswer") from error

    try:
        read()
    except ValueError:
        logging.getLogger("kiosk.sync").exception("failed")
    [line] = lines()
    assert r'error="ValueError: no\nanswer < TimeoutError: timed out"' in line
    assert " > test_logs.py:" in line
    assert line.endswith(' read"')


def test_an_exception_that_hides_its_context_is_told_without_it(lines):
    try:
        try:
            int("inner")
        except ValueError:
            raise LookupError("outer") from None
    except LookupError:
        logging.getLogger("kiosk").exception("failed")
    assert 'error="LookupError: outer" ' in lines()[0]


def test_outside_the_journal_the_line_begins_with_the_time():
    record = logging.makeLogRecord({"name": "kiosk", "msg": "up", "levelno": 20, "levelname": "INFO", "created": 0.5})
    assert logs.LineFormatter(journal=False).format(record) == "1970-01-01T00:00:00.500000Z info part=kiosk said=up"


def test_what_ends_a_thread_is_a_line_like_any_other(lines):
    def fall():
        raise RuntimeError("gone")

    thread = threading.Thread(target=fall, name="source-reader")
    thread.start()
    thread.join()
    [line] = lines()
    assert line.startswith('<2>critical part=kiosk.logs said="thread source-reader ended" error="RuntimeError: gone"')


def test_a_warning_of_python_is_a_line_too(lines):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert lines()[0].startswith("<4>warning part=py.warnings said=")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("card DEADBEEF", "card …"),
        ("uid 7:04A3C6CAE26180.", "uid 7:…."),
        ("uid=04:a3:c6:ca:e2:61:80", "uid=…"),
        ("uid 04 A3 C6 CA", "uid …"),
        ("badge 3760123456789, refused", "badge …, refused"),
        ("read 3735928559", "read …"),
        (f"hash={DIGEST}", "hash=…"),
        (f"('{DIGEST}',)", "('…',)"),
        ("'Authorization': 'Bearer abc.def-1'", "'Authorization': 'Bearer …'"),
        ("GET https://coop.example/k?token=abc&x=1", "GET https://coop.example/k?token=…&x=1"),
        ("token: abc", "token: …"),
        ("_username=kiosk&_password=abc", "_username=kiosk&_password=…"),
        ("{'api_key': 'abc'}", "{'api_key': '…'}"),
        ("passphrase: abc", "passphrase: …"),
        ('{"secret": "abc"}', '{"secret": "…"}'),
        ("https://user:pass@coop.example/", "https://…@coop.example/"),
        ("got A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7", "got …"),
    ],
)
def test_what_points_at_a_person_or_opens_something_is_masked(lines, text, masked):
    assert logs.mask(text) == masked
    logging.getLogger("kiosk").info("%s", text)
    logging.getLogger("kiosk").info("x", extra={"field": text})
    assert all(text not in line for line in lines())


@pytest.mark.parametrize(
    "text",
    [
        "fact 01931e5a-7f00-7c3a-8f00-0123456789ab delivered",
        "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0: gone",
        "took 0.123456789 s",
        "2026-10-21T14:32:05.123456+00:00",
        "reader: lost ([Errno 19] No such device)",
        "jar 123456, 176 g",
        "the token was not accepted",
        "kiosk.devices.supervisor",
    ],
)
def test_what_helps_to_find_a_fault_stays(text):
    assert logs.mask(text) == text


def test_a_field_named_after_a_secret_is_masked_whatever_it_holds(lines):
    logging.getLogger("kiosk").info("x", extra={"token": "abc"})
    assert lines() == ["<6>info part=kiosk said=x token=…"]


@pytest.mark.parametrize("sign", ["\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\ud800"])
def test_no_sign_that_steers_reaches_whoever_reads(lines, sign):
    logging.getLogger("kiosk").info("said%s2J by a device", sign)
    [line] = lines()
    assert line.isprintable()
    assert line.startswith("<6>info part=kiosk said=")


def test_french_words_stay_as_they_are(lines):
    logging.getLogger("kiosk").info("« Élise\u202f» à 8\u202fh")
    assert lines() == ['<6>info part=kiosk said="« Élise\u202f» à 8\u202fh"']


def test_a_card_after_a_line_break_is_masked(lines):
    logging.getLogger("kiosk").info("seen\nDEADBEEF")
    assert lines() == [r'<6>info part=kiosk said="seen\n…"']


def test_kivys_story_of_its_own_start_is_not_a_log_of_ours():
    stream = io.StringIO()
    logs.configure("info", stream, {})
    kivy = logging.getLogger("kivy")
    kivy.warning("GL: no texture")
    kivy.info("Python: v3.11.7")
    kivy.error("Input: MTDev is not supported by your version of linux")
    assert [line.partition("said=")[2] for line in stream.getvalue().splitlines()] == ['"GL: no texture"']


# ── what a technician can read on the screen ──────────────────────────────────────────────────────────────────────


def test_the_last_troubles_are_kept_newest_first_and_information_is_not():
    with logs.TroubleLog().listening() as kept:
        logging.getLogger("kiosk.devices.supervisor").warning("%s: lost (%s)", "scale", "no such\ndevice")
        logging.getLogger("kiosk.sync").info("drained")
        logging.getLogger("kiosk.reactor").error("could not handle it")
    lines = kept.lines()
    assert [(line.severe, line.part, line.said) for line in lines] == [
        (True, "reactor", "could not handle it"),
        (False, "devices.supervisor", "scale: lost (no such device)"),
    ]
    assert lines[0].at.tzinfo is not None
    logging.getLogger("kiosk.sync").warning("nobody listens any more")
    assert kept.count == 2


def test_a_kept_trouble_names_its_cause_and_points_at_nobody():
    with logs.TroubleLog().listening() as kept:
        try:
            Path(f"/nowhere/{DIGEST}").read_text(encoding="utf-8")
        except OSError:
            logging.getLogger("kiosk.store").exception("no card 04A3C6CAE26180 could be kept")
    [line] = kept.lines()
    assert line.said == "no card … could be kept"
    assert line.cause.startswith("FileNotFoundError: [Errno 2] No such file or directory: '/nowhere/…' (test_logs.py:")


def test_old_troubles_make_room_and_are_still_counted():
    with logs.TroubleLog().listening() as kept:
        for number in range(logs.MOST_KEPT + 5):
            logging.getLogger("kiosk.sync").warning("try %d", number)
        logging.getLogger("kiosk.sync").warning("x" * 5000)
    assert len(kept.lines()) == logs.MOST_KEPT
    assert kept.count == logs.MOST_KEPT + 6
    assert len(kept.lines()[0].said) == logs.LONGEST_LINE
