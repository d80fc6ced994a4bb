"""The configuration by questions on a terminal. Each answer is judged at once; only what was answered is written."""

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, get_type_hints

from kiosk.config import parse
from kiosk.config_kinds import WrongValue, kind_of
from kiosk.config_sections import Config
from kiosk.errors import ConfigError
from kiosk.install.settings import offered, toml_of

Value = str | int | bool
Ask = Callable[[str, str], str]
"""Takes a question and what Enter stands for (maybe nothing), and gives back what was typed."""
AskSecret = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One key of the configuration.

    Attributes:
        when: asked only if the answer to that key is one of these.
        secret: the name of the credential that the answer becomes instead of a key.
        found: which files below /dev could be meant.
    """

    section: str
    key: str
    words: str
    when: tuple[str, str, tuple[Value, ...]] | None = None
    secret: str = ""
    found: str = ""


QUESTIONS: Final = (
    Question(section="coop", key="name", words="The name of the coop"),
    Question(section="coop", key="phone", words="A phone number for people whom nobody lets in (Enter: none)"),
    Question(section="terminal", key="name", words="The name of this terminal; each of a coop has its own"),
    Question(section="terminal", key="station", words="Where it stands: entrance, bulk or both"),
    Question(section="terminal", key="language", words="Its language: fr or en"),
    Question(section="terminal", key="screen", words="Its panel: rpi7, td2, td2-portrait or hd7"),
    Question(section="backend", key="kind", words="Who knows the members: folder, rest, gestion-compte or odoo"),
    Question(
        section="backend",
        key="url",
        words="The address of the server",
        when=("backend", "kind", ("rest", "gestion-compte", "odoo")),
    ),
    Question(
        section="backend",
        key="token",
        words="The token of this terminal there",
        when=("backend", "kind", ("rest",)),
        secret="backend-token",  # noqa: S106  the name of a file, not what is in it
    ),
    Question(section="odoo", key="database", words="The name of its database", when=("backend", "kind", ("odoo",))),
    Question(section="odoo", key="login", words="The technical user there", when=("backend", "kind", ("odoo",))),
    Question(
        section="backend",
        key="token",
        words="Its API key or password",
        when=("backend", "kind", ("odoo",)),
        secret="backend-token",  # noqa: S106  the name of a file, not what is in it
    ),
    Question(section="reader", key="enabled", words="Is there a contactless reader (RC522 on SPI)? y or n"),
    Question(section="scanner", key="enabled", words="A bar-code scanner or a reader that types? y or n"),
    Question(
        section="scanner",
        key="device",
        words="Which one",
        when=("scanner", "enabled", (True,)),
        found="input/by-id/*-event-kbd",
    ),
    Question(section="scale", key="enabled", words="A scale? y or n"),
    Question(section="scale", key="port", words="Its port", when=("scale", "enabled", (True,)), found="serial/by-id/*"),
    Question(section="scale", key="protocol", words="Its protocol", when=("scale", "enabled", (True,))),
    Question(section="printer", key="kind", words="The label printer: none, tcp, usb or cups"),
    Question(
        section="printer",
        key="address",
        words="Its address, as 192.168.1.40:9100",
        when=("printer", "kind", ("tcp",)),
    ),
    Question(
        section="printer",
        key="path",
        words="Its file",
        when=("printer", "kind", ("usb",)),
        found="usb/lp*",
    ),
    Question(section="printer", key="queue", words="Its queue", when=("printer", "kind", ("cups",))),
    Question(section="door", key="enabled", words="Does it open the door? y or n"),
    Question(
        section="door",
        key="relay_pin",
        words="The GPIO (BCM number) of the relay",
        when=("door", "enabled", (True,)),
    ),
    Question(
        section="door",
        key="relay_active_high",
        words="Does the relay pull when the line is high? y or n",
        when=("door", "enabled", (True,)),
    ),
    Question(
        section="door",
        key="lock",
        words="Without current the lock stays locked (fail_secure) or opens (fail_safe)",
        when=("door", "enabled", (True,)),
    ),
)

WITH_ODOO: Final = (("policy", "hours_late_block"), ("policy", "leave_blocks"))
"""Nothing to ask: what Odoo has said no to may not come in, and a configuration that says otherwise is refused."""


HEAD: Final = "# Written by scripts/install. All other keys: kiosk config init FILE, or kiosk config show."


@dataclass(slots=True)
class Answers:
    """What was said so far."""

    values: dict[tuple[str, str], Value] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def toml(self) -> str:
        """The configuration that they make."""
        return toml_of(self.values, HEAD)


@dataclass(frozen=True, slots=True)
class _Talk:
    ask: Ask
    ask_secret: AskSecret
    tell: Callable[[str], None]


def interview(ask: Ask, ask_secret: AskSecret, tell: Callable[[str], None], dev: Path = Path("/dev")) -> Answers:
    """Ask until the answers make a configuration that can be used.

    Args:
        ask: shows a question and its default.
        ask_secret: the same for what nobody may read over a shoulder.
        tell: shows a sentence.
        dev: where the devices are.
    """
    answers, talk = Answers(), _Talk(ask, ask_secret, tell)
    while True:
        for question in QUESTIONS:
            if _applies(question, answers):
                found = sorted(map(str, dev.glob(question.found))) if question.found else []
                _settle(question, answers, found, talk)
            else:
                # An answer of the round before may have asked for it.
                answers.values.pop((question.section, question.key), None)
        for place in WITH_ODOO:
            answers.values.pop(place, None)
            if answers.values.get(("backend", "kind")) == "odoo":
                answers.values[place] = True
        faults = list(_faults(answers))
        if not faults:
            return answers
        for fault in faults:
            tell(fault)
        tell("These do not go together: once more, Enter keeps an answer.")


def _applies(question: Question, answers: Answers) -> bool:
    if question.when is None:
        return True
    section, key, values = question.when
    return answers.values.get((section, key), _default(section, key)) in values


def _faults(answers: Answers) -> Iterator[str]:
    try:
        with offered(answers.secrets) as environ:
            parse(answers.toml(), source="these answers", environ=environ)
    except ConfigError as wrong:
        yield from wrong.faults


def _settle(question: Question, answers: Answers, found: list[str], talk: _Talk) -> None:
    if question.secret:
        typed = talk.ask_secret(question.words).strip()
        if typed:
            answers.secrets[question.secret] = typed
        return
    place = (question.section, question.key)
    for number, name in enumerate(found, 1):
        talk.tell(f"  {number}  {name}")
    default = answers.values.get(place, found[0] if len(found) == 1 else _default(*place))
    shown = _shown(default)
    while True:
        typed = talk.ask(question.words, shown).strip() or shown
        if not typed and default is None:
            # Nothing to say, as of a scanner that is not here yet: the whole tells what lacks it, and asks once more.
            return
        if typed.isdecimal() and 1 <= int(typed) <= len(found):
            typed = found[int(typed) - 1]
        try:
            value = _value(place, typed)
        except WrongValue as wrong:
            talk.tell(f"  This {wrong}.")
            continue
        if value != _default(*place) or place in answers.values:
            answers.values[place] = value
        return


def _shown(value: Value | None) -> str:
    if isinstance(value, bool):
        return "y" if value else "n"
    return "" if value is None else str(value)


def _value(place: tuple[str, str], typed: str) -> Value:
    """What was typed, as the configuration has it.

    Raises:
        WrongValue: it does not fit.
    """
    kind = kind_of(_hints(place[0])[place[1]])
    raw: Value = typed
    default = _default(*place)
    if isinstance(default, bool):
        words: Mapping[str, Value] = {
            "y": True,
            "yes": True,
            "o": True,
            "oui": True,
            "n": False,
            "no": False,
            "non": False,
        }
        raw = words.get(typed.casefold(), typed)
        if not isinstance(raw, bool):
            raise WrongValue("must be y or n")
    elif place[1].endswith("_pin") and typed.isdecimal():
        raw = int(typed)
    kind.read(raw)
    return raw


def _hints(section: str) -> dict[str, Any]:
    return get_type_hints(get_type_hints(Config)[section], include_extras=True)


def _default(section: str, key: str) -> Value | None:
    value = getattr(getattr(_defaults(), section), key)
    return value if value is None or isinstance(value, bool | int) else str(value)


@functools.cache
def _defaults() -> Config:
    return parse("", environ={})
