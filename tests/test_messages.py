"""The catalogue: both languages whole, French typography, glyphs the fonts have."""

import ast
import re
import string
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import kiosk
from kiosk.member_words import STATUSES
from kiosk.messages import MESSAGES
from kiosk.text import FORMAL, LOCALE_FOLDER
from kiosk.types import Status

FONTS = Path(__file__).parents[1] / "kiosk" / "screens" / "fonts"
NO_BREAK = "\u00a0"
SENTENCES = {key: (text,) if isinstance(text, str) else text for key, text in MESSAGES.items()}
CATALOGUES = sorted(LOCALE_FOLDER.glob("*.po"))
OTHER_LANGUAGES = [path for path in CATALOGUES if path.stem != FORMAL]


def catalogue(path):
    with path.open("rb") as source:
        return {message.context: message for message in read_po(source) if message.id}


def translations(path):
    for key, message in catalogue(path).items():
        texts = message.string
        yield key, (texts,) if isinstance(texts, str) else tuple(texts)


def value_names(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def characters_of(font):
    """The characters of a TrueType font, from its ``cmap`` (format 4; OpenType 1.9)."""
    data = font.read_bytes()
    tables = {data[at : at + 4]: struct.unpack(">L", data[at + 8 : at + 12])[0] for at in range(12, 12 + 16 * 30, 16)}
    cmap = tables[b"cmap"]
    for record in range(struct.unpack(">H", data[cmap + 2 : cmap + 4])[0]):
        offset = cmap + struct.unpack(">L", data[cmap + 8 + 8 * record : cmap + 12 + 8 * record])[0]
        if struct.unpack(">H", data[offset : offset + 2])[0] == 4:
            count = struct.unpack(">H", data[offset + 6 : offset + 8])[0] // 2
            ends = struct.unpack(f">{count}H", data[offset + 14 : offset + 14 + 2 * count])
            starts = struct.unpack(f">{count}H", data[offset + 16 + 2 * count : offset + 16 + 4 * count])
            return {chr(c) for a, b in zip(starts, ends, strict=True) for c in range(a, b + 1) if c != 0xFFFF}
    raise AssertionError(f"{font.name} has no table of format 4")


@pytest.mark.parametrize("path", OTHER_LANGUAGES, ids=lambda path: path.stem)
def test_every_sentence_is_translated_and_none_is_left_over(path):
    entries = catalogue(path)
    assert set(entries) == set(MESSAGES)
    for key, message in entries.items():
        source = MESSAGES[key]
        assert (message.id if isinstance(source, str) else tuple(message.id)) == source, key
    assert not [key for key, texts in translations(path) if not all(texts)]


@pytest.mark.parametrize("path", OTHER_LANGUAGES, ids=lambda path: path.stem)
def test_a_translation_has_the_values_of_its_sentence(path):
    for key, texts in translations(path):
        expected = set().union(*map(value_names, SENTENCES[key]))
        for text in texts:
            assert value_names(text) == expected, key


def test_french_marks_are_never_parted_from_their_word():
    loose = re.compile(r"[^\u00a0][?!;»]|[^\u00a0]:(?=\s|$)|«[^\u00a0]")
    assert not [key for key, texts in SENTENCES.items() if any(loose.search(text) for text in texts)]


@pytest.mark.parametrize("mark", ["'", '"', "...", "\u202f"])
def test_typographic_signs_only(mark):
    spoken = {key: texts for key, texts in SENTENCES.items() if not key.startswith("format.")}
    assert not [key for key, texts in spoken.items() if any(mark in text for text in texts)]
    for path in CATALOGUES:
        assert not [key for key, texts in translations(path) if key in spoken and any(mark in text for text in texts)]


@pytest.mark.parametrize("word", ["refusé", "interdit", "invalide"])
def test_no_word_that_accuses(word):
    assert not [key for key, texts in SENTENCES.items() if any(word in text.lower() for text in texts)]


@pytest.mark.parametrize("font", ["text-regular.ttf", "text-bold.ttf"])
def test_only_characters_the_fonts_have(font):
    known = characters_of(FONTS / font)
    assert {"é", "œ", "’", "…", NO_BREAK, "·"} <= known
    every = {key: "".join(texts) for key, texts in SENTENCES.items()}
    for path in CATALOGUES:
        every |= {f"{path.stem}:{key}": "".join(texts) for key, texts in translations(path)}
    assert {key: set(text) - known for key, text in every.items() if set(text) - known} == {}


def test_every_sentence_that_is_said_is_written():
    said = re.compile(r'\b(?:say|Say)\(\s*"([a-z0-9_.]+)"')
    package = LOCALE_FOLDER.parent
    found = {key for path in package.rglob("*.py") for key in said.findall(path.read_text(encoding="utf-8"))}
    assert found - set(MESSAGES) - {"literal"} == set()


def test_the_catalogues_are_whole_and_whoever_says_tu_can_say_vous():
    script = LOCALE_FOLDER.parents[1] / "scripts" / "catalogue"
    done = subprocess.run([sys.executable, script, "--check"], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_standing_is_told_in_words_that_fit_everybody():
    gendered = re.compile(r"^(bloqué|exempté|gelé|parti|inactif|rattaché|signalé)\b")
    assert not [text for text in STATUSES.values() if gendered.search(text)]
    assert set(STATUSES) == set(Status)


# ── no sentence without a screen ──────────────────────────────────────────────────────────────────────────────────


def strings_of_the_program():
    """Its words, and the first and last parts of those that are put together; without the catalogues themselves."""
    words, beginnings, ends = set(), set(), set()
    for path in Path(kiosk.__file__).parent.rglob("*.py"):
        if path.name.startswith("messages"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Constant(value=str(word)):
                    words.add(word)
                case ast.JoinedStr(values=[ast.Constant(value=beginning), *_]):
                    beginnings.add(beginning)
                case ast.JoinedStr(values=[*_, ast.Constant(value=end)]):
                    ends.add(end)
    return words, beginnings, ends


def test_every_sentence_is_said_somewhere():
    words, beginnings, ends = strings_of_the_program()
    unsaid = [
        key
        for key in MESSAGES
        if key not in words
        and not any("." in beginning and key.startswith(beginning) for beginning in beginnings)
        and not any(key.endswith(end) and key.removesuffix(end) in words for end in ends)
        and not words.issuperset(key.rsplit(".", 1))
    ]
    assert unsaid == []
