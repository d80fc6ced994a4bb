import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.install.setup_code import MAGIC, MOST_BYTES, MOST_DIGITS, SetupCodeError, decode, encode, svg

TOML = '# a comment\n[backend]\nkind = "rest"\n\nurl = "https://coop.example/kiosk"\n'
SHORT = '[backend]\nkind = "rest"\nurl = "https://coop.example/kiosk"'
SECRETS = {"backend-token": "é-4711"}


def test_a_configuration_goes_there_and_back_without_its_comments():
    digits = encode(TOML, SECRETS)
    assert digits.isdigit()
    assert decode(digits) == (SHORT, SECRETS)


def test_a_scanner_that_types_the_french_row_is_understood():
    digits = encode(TOML, SECRETS)
    assert decode(digits.translate(str.maketrans("0123456789", "à&é\"'(-è_ç")) + "\n") == (SHORT, SECRETS)


@given(st.dictionaries(st.sampled_from(["card-key", "backend-token"]), st.text(max_size=60)), st.text(max_size=100))
def test_any_text_goes_there_and_back(secrets, value):
    toml = f"[coop]\nname = {value.encode('unicode_escape')!r}"
    assert decode(encode(toml, secrets)) == (toml, secrets)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_found(at, by):
    digits = list(encode(TOML, SECRETS))
    at %= len(digits)
    digits[at] = str((int(digits[at]) + by) % 10)
    with pytest.raises(SetupCodeError):
        decode("".join(digits))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "abc",
        "8" * (MOST_DIGITS + 1),
        encode(TOML, SECRETS)[:-20],
        encode(TOML, SECRETS)[3:],
        str(int.from_bytes(MAGIC + zlib.compress(b"[]"))),
        str(int.from_bytes(MAGIC + zlib.compress(b'{"toml": 1, "secrets": {}}'))),
        str(int.from_bytes(MAGIC + zlib.compress(b"x" * 100_000))),
        # All of it is there but the checksum.
        str(int.from_bytes(MAGIC + zlib.compress(b'{"toml": "", "secrets": {}}')[:-4])),
    ],
)
def test_what_is_no_set_up_code_is_told(text):
    with pytest.raises(SetupCodeError):
        decode(text)


def test_a_configuration_that_no_scanner_could_type_is_told():
    with pytest.raises(SetupCodeError, match="too large"):
        encode("".join(f"key{n * 7919 % 1009} = {n * n * n}\n" for n in range(2000)), {})


@given(st.binary(min_size=MOST_BYTES - 40, max_size=MOST_BYTES))
def test_what_fits_has_no_more_digits_than_a_line_takes(content):
    try:
        digits = encode(base64.b85encode(content).decode(), {})
    except SetupCodeError:
        return
    assert len(digits) <= MOST_DIGITS


def test_the_picture_can_be_read_by_a_scanner(tmp_path):
    zxingcpp = pytest.importorskip("zxingcpp")
    segno = pytest.importorskip("segno")
    from PIL import Image

    digits = encode(TOML, SECRETS)
    picture = tmp_path / "code.png"
    segno.make(digits, mode="numeric", error="l", micro=False).save(picture, scale=4)
    assert zxingcpp.read_barcode(Image.open(picture)).text == digits
    assert svg(digits).startswith("<svg")
