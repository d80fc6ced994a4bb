import hashlib
import hmac
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.cards import (
    CardHasher,
    CardUid,
    CodeKind,
    PartialUid,
    canonical_badge,
    classify_code,
    ean13_check_digit,
    is_random_or_blank,
    jar_code,
    maybe_ean13,
    maybe_uid_of_stock_id,
    parse_uid,
    stock_id,
    stock_id_candidates,
    tail,
)
from kiosk.tares import is_jar_code

FOUR = CardUid(bytes.fromhex("DEADBEEF"))
SEVEN = CardUid(bytes.fromhex("04A3C6CAE26180"))
KEY = b"0123456789abcdef0123456789abcdef"

uids = st.sampled_from((4, 7, 10)).flatmap(lambda length: st.binary(min_size=length, max_size=length)).map(CardUid)


def test_canonical_form_carries_the_length() -> None:
    assert str(FOUR) == "4:DEADBEEF"
    assert str(SEVEN) == "7:04A3C6CAE26180"


@given(uids)
def test_canonical_form_reads_back(uid: CardUid) -> None:
    assert parse_uid(str(uid)) == uid
    assert parse_uid(str(uid).lower()) == uid


@pytest.mark.parametrize(
    "text",
    ["", "DEADBEEF", "4:DEADBE", "7:DEADBEEF", "4:DEADBEEG", "4:DE AD BE EF", " 4:DEADBEEF", "04:DEADBEEF", "4:", ":"],
)
def test_anything_else_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError) as refusal:
        parse_uid(text)
    assert str(refusal.value) == "not a card uid"


@given(st.text(max_size=40))
def test_only_canonical_text_is_taken(text: str) -> None:
    try:
        uid = parse_uid(text)
    except ValueError:
        return
    assert str(uid) == text.upper()


@pytest.mark.parametrize("length", [0, 1, 3, 5, 6, 8, 9, 11])
def test_uid_of_another_length_does_not_exist(length: int) -> None:
    with pytest.raises(ValueError):
        CardUid(bytes(length))


def test_uid_hides_itself_in_logs_and_tracebacks() -> None:
    assert repr(SEVEN) == "CardUid(7:…6180)"
    assert tail(SEVEN) == "6180"
    assert "BEADDE" not in repr(PartialUid(bytes.fromhex("BEADDE")))
    assert repr(CardHasher(KEY, "2026")) == "CardHasher(key_id='2026')"


@pytest.mark.parametrize(
    "uid", ["08A1B2C3", "80A1B2C3", "88A1B2C3", "00000000", "FFFFFFFF", "01020304", "00" * 7, "FF" * 7, "00" * 10]
)
def test_random_and_blank_ids_belong_to_nobody(uid: str) -> None:
    assert is_random_or_blank(CardUid(bytes.fromhex(uid)))


@pytest.mark.parametrize(
    "uid", ["DEADBEEF", "01020305", "09A1B2C3", "04A3C6CAE26180", "08A3C6CAE26180", "80A3C6CAE26180"]
)
def test_ordinary_ids_may_be_linked(uid: str) -> None:
    assert not is_random_or_blank(CardUid(bytes.fromhex(uid)))


# ── badges ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ["0420000001003", "4006381333931", "0700000001006", "9780306406157"])
def test_known_codes_are_valid(code: str) -> None:
    assert maybe_ean13(code) == code
    assert ean13_check_digit(code[:12]) == code[12]


def test_badge_has_one_form_whether_its_leading_zero_was_lost_or_not() -> None:
    assert canonical_badge("0420000001003") == "ean:0420000001003"
    assert canonical_badge("420000001003") == "ean:0420000001003"
    assert canonical_badge(" 0420000001003\n") == "ean:0420000001003"


@pytest.mark.parametrize(
    "code", ["", "0420000001004", "420000001004", "20000001003", "04200000010033", "٠٤٢٠٠٠٠٠٠١٠٠٣"]
)
def test_other_codes_are_no_badge(code: str) -> None:
    assert maybe_ean13(code) is None
    with pytest.raises(ValueError, match="not a valid EAN-13"):
        canonical_badge(code)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
def test_every_wrong_digit_of_a_badge_is_caught(first_twelve: str, place: int, shift: int) -> None:
    code = first_twelve + ean13_check_digit(first_twelve)
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert maybe_ean13(wrong) is None


@pytest.mark.parametrize("text", ["", "12345678901", "1234567890123", "12345678901a"])
def test_check_digit_is_made_from_twelve_digits_only(text: str) -> None:
    with pytest.raises(ValueError):
        ean13_check_digit(text)


# ── jars ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_check_digit_of_the_published_example() -> None:
    # Damm's thesis and everything after it use 572 with check digit 4.
    assert jar_code(572) == "005724"


def test_jar_codes_are_all_different_and_valid() -> None:
    codes = [jar_code(number) for number in range(0, 100_000, 7)]
    assert len(set(codes)) == len(codes)
    assert all(is_jar_code(code) for code in codes)


def test_every_wrong_digit_and_every_swap_of_neighbours_in_a_jar_code_is_caught() -> None:
    numbers = random.Random(1).sample(range(100_000), 500)
    for code in map(jar_code, numbers):
        for place, digit in itertools.product(range(6), "0123456789"):
            wrong = code[:place] + digit + code[place + 1 :]
            assert is_jar_code(wrong) == (wrong == code)
        for place in range(5):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert is_jar_code(swapped) == (swapped == code)


@pytest.mark.parametrize("number", [-1, 100_000])
def test_there_are_a_hundred_thousand_jars(number: int) -> None:
    with pytest.raises(ValueError):
        jar_code(number)


@pytest.mark.parametrize("text", ["", "00572", "0057240", "00572x", "٠٠٥٧٢٤"])
def test_other_texts_are_no_jar_code(text: str) -> None:
    assert not is_jar_code(text)


# ── what a gun reads ──────────────────────────────────────────────────────────────────────────────────────────────


def test_gun_reads_badges_jars_and_the_rest() -> None:
    assert classify_code("420000001003").kind is CodeKind.BADGE
    assert classify_code("420000001003").code == "0420000001003"
    assert classify_code("005724").kind is CodeKind.JAR
    assert classify_code("005725").kind is CodeKind.NEITHER
    assert classify_code("HELLO").kind is CodeKind.NEITHER


def test_products_from_the_shelf_are_no_badges_where_the_coop_says_how_its_badges_begin() -> None:
    assert classify_code("4006381333931", ("042", "043")).kind is CodeKind.NEITHER
    assert classify_code("0420000001003", ("042", "043")).kind is CodeKind.BADGE


@given(st.text(max_size=64))
def test_whatever_is_read_is_one_of_three(text: str) -> None:
    scanned = classify_code(text)
    assert (scanned.kind is CodeKind.BADGE) == (maybe_ean13(text) is not None)
    assert (scanned.kind is CodeKind.JAR) == is_jar_code(text.strip())


# ── hashes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_hash_is_hmac_of_the_canonical_form() -> None:
    hasher = CardHasher(KEY, "2026")
    assert hasher.hash_uid(SEVEN) == hmac.digest(KEY, b"uid:7:04A3C6CAE26180", hashlib.sha256).hex()
    assert hasher.hash_badge("420000001003") == hmac.digest(KEY, b"ean:0420000001003", hashlib.sha256).hex()


def test_another_key_gives_another_hash() -> None:
    assert CardHasher(KEY, "a").hash_uid(FOUR) != CardHasher(KEY[::-1], "b").hash_uid(FOUR)


@pytest.mark.parametrize("uid", [FOUR, SEVEN, PartialUid(bytes.fromhex("BEADDE")), PartialUid(FOUR.data)])
def test_hash_is_the_same_from_the_canonical_form(uid: CardUid | PartialUid) -> None:
    hasher = CardHasher(KEY, "2026")
    assert hasher.hash_canonical(str(uid)) == hasher.hash_canonical(str(uid)[:5] + str(uid)[5:].lower())
    assert hasher.hash_canonical(str(uid)) == hasher.hash_uid(uid)


@pytest.mark.parametrize(
    "text", ["part:", "part:BEADD", "part:BE AD DE", "part: BEADDE", "part:BEADDG", "4:DEADBE", ""]
)
def test_nothing_but_a_canonical_form_is_hashed(text: str) -> None:
    with pytest.raises(ValueError) as refusal:
        CardHasher(KEY, "2026").hash_canonical(text)
    assert str(refusal.value) == "not a card uid"


def test_part_of_a_uid_never_equals_a_whole_one() -> None:
    hasher = CardHasher(KEY, "2026")
    assert hasher.hash_uid(PartialUid(FOUR.data)) != hasher.hash_uid(FOUR)


def test_short_key_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes") as refusal:
        CardHasher(b"secret", "x")
    assert "secret" not in str(refusal.value)


# ── the stock library's numbers ───────────────────────────────────────────────────────────────────────────────────


def test_numbers_of_the_stock_library_are_known() -> None:
    assert stock_id(FOUR) == 956397711138
    assert stock_id(SEVEN) == 584193394409


def test_short_uid_comes_back_from_a_stock_number_and_a_long_one_does_not() -> None:
    assert maybe_uid_of_stock_id(956397711138) == FOUR
    assert maybe_uid_of_stock_id(584193394409) is None


@pytest.mark.parametrize("number", [-1, 1 << 40, 956397711139, 3735928559])
def test_number_that_the_stock_library_cannot_have_made_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="not a number made by mfrc522"):
        maybe_uid_of_stock_id(number)


def test_cards_that_the_stock_library_confused_are_all_candidates() -> None:
    alike = CardUid(SEVEN.data[:3] + b"\x01\x02\x03\x04")
    assert stock_id_candidates(stock_id(SEVEN), [FOUR, SEVEN, alike]) == (SEVEN, alike)
    assert stock_id_candidates(stock_id(FOUR), [FOUR, SEVEN, alike]) == (FOUR,)
