"""The emergency sheet: the key on paper, and back."""

import base64
import re

import pytest
import zxingcpp
from PIL import Image

from kiosk import sealing
from kiosk.card_key import (
    CardKey,
    CardKeyError,
    new_key,
    read_sheet,
    sheet_svg,
    sheet_text,
    write_key_file,
)
from kiosk.sealing import SealError

PASSPHRASE = "quatre-cents coops"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(sealing, "COST_LOG2", 4)


def test_the_sheet_gives_the_key_back():
    key = new_key("1")
    assert read_sheet(sheet_text(key, PASSPHRASE), PASSPHRASE) == key


def test_typed_in_groups_and_small_letters_it_is_the_same():
    key = new_key("1")
    text = sheet_text(key, PASSPHRASE)
    typed = "\n".join(re.findall(".{1,35}", " ".join(re.findall(".{1,5}", text.lower()))))
    assert read_sheet(typed, PASSPHRASE) == key


@pytest.mark.parametrize("name", ["Automne", "2026-11", "clé_2", "2026.B"])
def test_the_key_keeps_its_name_whatever_capitals_and_scanners_make_of_it(name):
    key = new_key(name)
    text = sheet_text(key, PASSPHRASE)
    assert read_sheet(text, PASSPHRASE) == key
    # A scanner that believes to be a French keyboard types the hyphen with the key of the 6.
    assert read_sheet(text.replace("-", "6"), PASSPHRASE) == key


def test_a_sheet_printed_before_names_were_sealed_is_read():
    key = new_key("2026-b")
    sealed = base64.b32encode(sealing.seal_bytes(key.key, PASSPHRASE)).decode().rstrip("=")
    assert read_sheet(f"COOPKEY1:2026-B:{sealed}", PASSPHRASE) == key


def test_a_wrong_character_is_noticed():
    text = sheet_text(new_key("1"), PASSPHRASE)
    wrong = text[:-9] + ("A" if text[-9] != "A" else "B") + text[-8:]
    with pytest.raises(SealError):
        read_sheet(wrong, PASSPHRASE)


@pytest.mark.parametrize("text", ["", "COOPKEY1", "COOPKEY1:1:", "3270190119357", "COOPKEY1:1:0189", "COOPKEY1:1:É"])
def test_another_code_is_no_sheet(text):
    with pytest.raises((CardKeyError, SealError)):
        read_sheet(text, PASSPHRASE)


def test_the_code_of_the_sheet_can_be_scanned():
    key = new_key("2026-b")
    svg = sheet_svg(key, PASSPHRASE, "Coop & Cie")
    assert "Coop &amp; Cie" in svg
    path = re.search(r'<svg[^>]*class="segno"[^>]*>.*?<path[^>]*d="([^"]+)"', svg, re.DOTALL)
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    picture = Image.new("L", (side, side), 255)
    x = y = 0.0
    for command, *numbers in re.findall(r"([MmhH])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", path[1]):
        first, second = float(numbers[0]), float(numbers[1] or 0)
        if command == "M":
            x, y = first, second
        elif command == "m":
            x, y = x + first, y + second
        else:
            for dx in range(int(first)):
                picture.putpixel((int(x) + dx, int(y)), 0)
            x += first
    [found] = zxingcpp.read_barcodes(picture.resize((side * 4, side * 4), Image.Resampling.NEAREST))
    assert read_sheet(found.text, PASSPHRASE) == key


def test_a_key_file_is_for_its_owner_and_never_replaces_another_key(tmp_path):
    key, file = new_key("1"), tmp_path / "etc" / "card.key"
    write_key_file(file, key)
    write_key_file(file, key)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CardKeyError, match=r"another key.*move it to .*card\.key\.previous first"):
        write_key_file(file, new_key("2"))
    assert bytes.fromhex(file.read_text()) == key.key


def test_a_key_is_never_printed():
    assert "41" * 32 not in repr(CardKey(key=b"A" * 32, key_id="1"))
    assert "AAAA" not in repr(CardKey(key=b"A" * 32, key_id="1"))
