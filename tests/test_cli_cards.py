"""``kiosk cards …`` on the files of a terminal, and through the socket of one that runs."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.app import Terminal
from kiosk.clock import SystemClock
from kiosk.config import load
from tests.test_cli import folder_config, kiosk

__all__ = ["folder_config"]

CARD, NEW = "7:04A3C6CAE26180", "7:04A3C6CAE26199"


class Dark:
    """A screen that shows nothing."""

    def present(self, view) -> None: ...
    def play(self, sound) -> None: ...
    def run(self) -> None: ...
    def stop(self) -> None: ...


@contextmanager
def running(config: Path) -> Iterator[Terminal]:
    terminal = Terminal(load(config), SystemClock())
    knows = threading.Event()
    learn = terminal.reactor.knowledge.apply

    def apply(page) -> None:
        learn(page)
        if page.last:
            knows.set()

    terminal.reactor.knowledge.apply = apply
    with terminal.running(Dark()):
        assert knows.wait(10)
        yield terminal


@pytest.fixture(params=["on its files", "running"])
def ask(request, monkeypatch, capsys, folder_config):
    """Runs one command about cards of a terminal that knows its members."""
    assert kiosk(monkeypatch, capsys, "sync", "--once", "--config", str(folder_config))[0] == 0

    def run(*arguments: str) -> tuple[int, str, str]:
        return kiosk(monkeypatch, capsys, "cards", *arguments, "--config", str(folder_config))

    if request.param == "running":
        with running(folder_config):
            yield run
    else:
        yield run


def rows(answer: tuple[int, str, str]) -> list[dict]:
    status, out, err = answer
    assert (status, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def test_a_card_is_linked_listed_and_blocked(ask):
    assert ask("link", NEW, "312")[:2] == (0, "linked\n")
    assert ask("link", NEW, "312")[:2] == (0, "it was this member's already\n")
    listed = rows(ask("list", "--member", "312", "--json"))
    assert [row["blocked"] for row in listed] == [False, False]
    assert rows(ask("block", NEW, "--json"))[0]["member"] == "312"
    assert sorted(row["blocked"] for row in rows(ask("list", "--member", "312", "--json"))) == [False, True]


def test_all_cards_of_a_member_are_blocked_by_number_and_one_by_its_first_digits(ask):
    [row] = rows(ask("list", "--member", "271", "--json"))
    assert rows(ask("block", row["card"], "--json"))[0]["member"] == "271"
    ask("link", NEW, "312")
    assert len(rows(ask("block", "312", "--json"))) == 2


def test_someone_elses_card_needs_a_transfer(ask):
    status, _, err = ask("link", CARD, "271")
    assert (status, err) == (1, "member 312 has this card; --transfer moves it\n")
    assert ask("link", CARD, "271", "--transfer")[0] == 0


@pytest.mark.parametrize("card", ["4:08A1B2C3", "7:00000000000000", "nonsense", "7:04", "ean:123"])
def test_what_may_not_be_linked_is_refused_in_words(ask, card):
    status, _, err = ask("link", card, "312")
    assert status == 1
    assert err
    assert "Traceback" not in err


def test_what_a_person_needs_is_set_and_stays(ask):
    ask("set", "312", "--large-text", "--language", "en")
    [row] = rows(ask("set", "312", "--long-pulse", "--json"))
    assert (row["large_text"], row["language"], row["long_pulse"]) == (True, "en", True)


def test_a_role_is_given_at_the_server_where_that_knows_roles(ask):
    status, _, err = ask("set", "312", "--role", "coordinator")
    assert (status, "given there" in err) == (1, True)


def sheet(tmp_path: Path, text: str) -> str:
    file = tmp_path / "cards.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


FILE = (
    f"card;member\n{NEW};312\n{CARD};271\n7:8061E2CAC6A304;312\n420000001171;96\n4:08A1B2C3;96\n"
    "7:0411223344558A;nobody\n7:0411223344558B;96\n7:0411223344558B;233\n"
)


def test_a_dry_run_reports_what_is_wrong_and_changes_nothing(ask, tmp_path):
    before = rows(ask("list", "--json"))
    status, out, err = ask("import", sheet(tmp_path, FILE), "--dry-run")
    assert status == 1
    assert out.splitlines() == [
        "line 5, member 96: leading zeros were lost; they were put back",
        "2 would be linked, 6 cannot be",
    ]
    assert err.splitlines() == [
        "line 3, member 271: member 312 has this card; --transfer moves it",
        "line 4, member 312: this is the card that the member has already, written backwards",
        "line 6, member 96: this id is random or blank, so it is nobody's",
        "line 7, member nobody: nobody has this number",
        "line 8, member 96: member 233 has the same card in this file",
        "line 9, member 233: member 96 has the same card in this file",
    ]
    assert rows(ask("list", "--json")) == before


def test_an_import_links_what_can_be_and_says_the_rest(ask, tmp_path):
    assert ask("import", sheet(tmp_path, FILE))[0] == 1
    assert len(rows(ask("list", "--member", "312", "--json"))) == 2
    again = [json.loads(line) for line in ask("import", sheet(tmp_path, FILE), "--json")[1].splitlines()]
    assert [row["outcome"] for row in again[:2]] == ["same", "fault"]


def test_a_clean_import_is_well(ask, tmp_path):
    text = "card,member,large_text\n" + "".join(f"7:04{number:010X}80,312,yes\n" for number in range(400))
    assert ask("import", sheet(tmp_path, text))[:2] == (0, "400 linked\n")


def test_numbers_of_the_stock_library_are_looked_up_in_whole_ids(ask, tmp_path):
    uids = tmp_path / "uids"
    uids.write_text(f"{NEW}\n4:9C41D70B\n", encoding="utf-8")
    text = sheet(tmp_path, "card,member\n584193394409,312\n")
    assert "lay the card again" in ask("import", text, "--stock")[2]
    # As an editor on Windows saves it, with a byte order mark.
    uids.write_text(f"{NEW}\n4:9C41D70B\n", encoding="utf-8-sig")
    assert ask("import", text, "--stock", "--uids", str(uids))[:2] == (0, "1 linked\n")


def test_a_file_without_its_columns_says_which(ask, tmp_path):
    status, _, err = ask("import", sheet(tmp_path, "uid,member\n"))
    assert status == 1
    assert "card" in err


def test_a_terminal_that_knows_nobody_says_what_to_do(monkeypatch, capsys, folder_config):
    status, _, err = kiosk(monkeypatch, capsys, "cards", "list", "--config", str(folder_config))
    assert status == 1
    assert "kiosk sync --once" in err


def test_a_card_blocked_on_the_command_line_opens_no_more_at_the_terminal(monkeypatch, capsys, folder_config):
    with running(folder_config) as terminal:
        assert kiosk(monkeypatch, capsys, "sync", "--config", str(folder_config))[0] == 0
        config = ("--config", str(folder_config))
        kiosk(monkeypatch, capsys, "cards", "block", "312", *config)
        cards = terminal.reactor.knowledge.cards_of("312")
        assert {card.blocked for card in cards} == {True}
