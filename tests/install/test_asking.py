from collections import deque
from pathlib import Path

import pytest

from kiosk.config import parse
from kiosk.install.asking import interview


class Technician:
    """Answers by how a question begins, each prepared answer once and in order; Enter where none is left."""

    def __init__(self, answers, secret=""):
        self.answers = {words: deque(given) for words, given in answers.items()}
        self.secret = secret
        self.heard = []
        self.asked = []

    def ask(self, words, default):
        self.asked.append((words, default))
        for begin, given in self.answers.items():
            if words.startswith(begin) and given:
                return given.popleft()
        return ""

    def ask_secret(self, words):
        self.asked.append((words, ""))
        return self.secret

    def answer(self, dev=Path("/nowhere")):
        return interview(self.ask, self.ask_secret, self.heard.append, dev)


def test_enter_throughout_makes_the_defaults():
    assert parse(Technician({}).answer().toml(), environ={}) == parse("", environ={})


def test_answers_become_keys_and_secrets_do_not():
    technician = Technician(
        {
            "The name of the coop": ['L\'Éléfàn "38"'],
            "Who knows": ["rest"],
            "The address of the server": ["https://coop.example/kiosk"],
            "Does it open": ["o"],
            "The GPIO": ["17"],
            "Does the relay": ["non"],
        },
        secret="a token\n",
    )
    answers = technician.answer()
    assert answers.secrets == {"backend-token": "a token"}
    assert "a token" not in answers.toml()
    config = parse(answers.toml(), environ={})
    assert config.coop.name == 'L\'Éléfàn "38"'
    assert (config.backend.kind, config.backend.url) == ("rest", "https://coop.example/kiosk")
    assert (config.door.enabled, config.door.relay_pin, config.door.relay_active_high) == (True, 17, False)


@pytest.mark.parametrize("kind", ["folder", "rest", "gestion-compte", "odoo"])
def test_whoever_knows_the_members_the_questions_come_to_an_end(kind):
    technician = Technician(
        {
            "Who knows": [kind],
            "The address of the server": ["https://coop.example"],
            "The name of its database": ["coop"],
            "The technical user": ["borne"],
        },
        secret="a key",
    )
    answers = technician.answer()
    assert not any("go together" in heard for heard in technician.heard), technician.heard
    text = answers.toml().replace("[backend]", '[backend]\ntoken = "a key"')
    assert parse(text, environ={}).backend.kind == kind


def test_what_goes_with_an_odoo_goes_with_it():
    technician = Technician(
        {
            "Who knows": ["odoo", "folder"],
            "The address of the server": ["https://coop.example"],
            "The name of its database": ["coop"],
            "The technical user": ["borne"],
        }
    )
    # Without a key it does not go together: asked again, it is files after all.
    assert "policy" not in technician.answer().toml()


def test_what_depends_on_an_answer_is_asked_only_then():
    technician = Technician({})
    technician.answer()
    words = [words for words, _ in technician.asked]
    assert "The address of the server" not in words
    assert not any("GPIO" in word for word in words)


@pytest.mark.parametrize(
    ("words", "wrong", "right", "said"),
    [
        ("Where it stands", "dorr", "bulk", 'must be one of "entrance", "bulk", "both", not "dorr"'),
        ("The name of this terminal", "a b", "a-b", "must be letters, digits, dots and hyphens"),
        ("Is there a contactless", "perhaps", "n", "must be y or n"),
    ],
)
def test_an_answer_that_does_not_fit_is_told_and_asked_again(words, wrong, right, said):
    technician = Technician({words: [wrong, right]})
    technician.answer()
    assert any(said in heard for heard in technician.heard), technician.heard
    assert len([asked for asked, _ in technician.asked if asked.startswith(words)]) == 2
    assert not any("go together" in heard for heard in technician.heard), "at once, not when all is answered"


def test_answers_that_do_not_go_together_are_asked_again_with_what_was_said():
    # The relay on a line of the reader's bus.
    technician = Technician(
        {
            "The name of the coop": ["La coop"],
            "A bar-code": ["n"],
            "A scale": ["y", "n"],
            "Its port": ["/dev/serial0"],
            "Does it open": ["y"],
            "The GPIO": ["14", "17"],
        }
    )
    answers = technician.answer()
    assert any("is 14, a line that belongs to the serial port" in heard for heard in technician.heard)
    assert ("The name of the coop", "La coop") in technician.asked
    assert "port" not in answers.toml()
    assert parse(answers.toml(), environ={}).door.relay_pin == 17


def test_whoever_has_nothing_to_say_of_a_part_can_do_without_it_after_all():
    technician = Technician({"A bar-code": ["y", "n"], "The label printer": ["usb", "none"]})
    answers = technician.answer()
    assert any("device or usb_id has to say which one it is" in heard for heard in technician.heard)
    assert parse(answers.toml(), environ={}) == parse("", environ={})


def test_what_is_plugged_in_is_offered_by_number(tmp_path):
    by_id = tmp_path / "input/by-id"
    by_id.mkdir(parents=True)
    for name in ("usb-A_Scanner-event-kbd", "usb-B_Reader-event-kbd", "usb-Mouse-event-mouse"):
        (by_id / name).touch()
    technician = Technician({"A bar-code": ["y"], "Which one": ["2"]})
    answers = technician.answer(tmp_path)
    assert technician.heard == [f"  1  {by_id}/usb-A_Scanner-event-kbd", f"  2  {by_id}/usb-B_Reader-event-kbd"]
    assert answers.values["scanner", "device"] == f"{by_id}/usb-B_Reader-event-kbd"


def test_the_only_one_that_is_plugged_in_is_what_enter_means(tmp_path):
    port = tmp_path / "serial/by-id/usb-FTDI-if00-port0"
    port.parent.mkdir(parents=True)
    port.touch()
    assert Technician({"A scale": ["y"]}).answer(tmp_path).values["scale", "port"] == str(port)
