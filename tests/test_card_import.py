"""A spreadsheet of cards: every usual accident is seen, said in words, and no id is repeated."""

import pytest

from kiosk.card_import import Reading, judged, read_cards
from kiosk.devices.cards import CardHasher, CardUid, parse_uid, stock_id
from kiosk.devices.uid_formats import UidFormat

HASHER = CardHasher(b"sixteen bytes or more", "k1")
CARD, OTHER = "7:04A3C6CAE26180", "7:0442B19A6F2C80"


def read(text: str, **how):
    return read_cards(text.encode(), Reading(hasher=HASHER, **how)).rows


def one(text: str, header: str = "card,member", **how):
    [row] = read(f"{header}\n{text}\n", **how)
    return row


def test_cards_and_badges_become_hashes():
    rows = read(f"card;member\n{CARD};312\n4:9C41D70B;174\nean:0420000001188;118\n")
    assert [row.card for row in rows] == [
        HASHER.hash_canonical(CARD),
        HASHER.hash_canonical("4:9C41D70B"),
        HASHER.hash_badge("0420000001188"),
    ]
    assert not any(row.fault or row.note for row in rows)


def test_what_a_person_needs_comes_along():
    row = one(f"{CARD},312,EN,oui,no", "card,member,language,large_text,long_pulse")
    assert row.request() == {
        "card": row.card, "backwards": row.backwards, "member": "312",
        "language": "en", "large_text": True, "long_pulse": False,
    }  # fmt: skip


def test_empty_cells_wish_nothing():
    assert one(f"{CARD},312,,,", "card,member,language,large_text,long_pulse").wishes == {}


def test_a_language_that_the_screens_do_not_speak_costs_its_own_line_alone():
    odd, good = read(f"card,member,language\n{CARD},312,Deutsch\n{OTHER},118,en\n")
    assert odd.card is None
    assert odd.fault == "language is none of fr, en"
    assert (good.card, good.wishes) == (HASHER.hash_canonical(OTHER), {"language": "en"})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("7:04A3,312", "not a card uid"),
        ("4:08A1B2C3,312", "random or blank"),
        ("7:00000000000000,312", "random or blank"),
        ("4:01020304,312", "random or blank"),
        ("hello,312", "neither a card"),
        ('"4,2E+11",312', "shortened"),
        ("4.20000001188E+11,312", "shortened"),
        ("0420000001189,312", "neither a card"),
        (f"{CARD},", "no member is named"),
    ],
)
def test_a_line_of_no_use_says_why(text, fault):
    row = one(text)
    assert row.card is None
    assert fault in row.fault


@pytest.mark.parametrize(
    ("uid_format", "text"),
    [
        (UidFormat.HEX_FIRST_FOUR, "08A1B2C3"),
        (UidFormat.HEX_LAST_FOUR, "01020304"),
        (UidFormat.WIEGAND_26, "00000000"),
    ],
)
def test_a_cut_uid_that_is_nobodys_is_refused_as_a_whole_one_is(uid_format, text):
    row = one(f"{text},312", uid_format=uid_format)
    assert row.card is None
    assert "random or blank" in row.fault


def test_no_sentence_repeats_an_id():
    rows = read("card,member\n4:08A1B2C3,1\n0420000001189,2\n7:0BAD,3\n12345,4\n")
    said = " ".join(row.fault + row.note for row in rows)
    assert not [part for part in ("08A1B2C3", "0420000001189", "0BAD", "12345") if part in said]


def test_a_flag_that_is_neither_yes_nor_no_is_said():
    assert "large_text" in one(f"{CARD},312,perhaps", "card,member,large_text").fault


# ── lost zeros ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_badge_that_lost_its_leading_zero_gets_it_back():
    row = one("420000001188,118")
    assert row.card == HASHER.hash_badge("0420000001188")
    assert "zeros" in row.note


def test_a_uid_that_lost_its_leading_zero_gets_it_back():
    row = one("4A3C6CAE26180,312", uid_format=UidFormat.HEX)
    assert row.card == HASHER.hash_canonical(CARD)
    assert "zero" in row.note


# ── written backwards ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_uid_that_ends_where_one_should_begin_looks_backwards():
    row = one("8061E2CAC6A304,312", uid_format=UidFormat.HEX)
    assert "backwards" in row.note
    assert row.backwards == HASHER.hash_canonical(CARD)


def test_the_right_format_reads_the_same_file_well():
    row = one("8061E2CAC6A304,312", uid_format=UidFormat.HEX_REVERSED)
    assert (row.card, row.note) == (HASHER.hash_canonical(CARD), "")


def test_a_uid_cut_by_its_reader_is_a_name_of_its_own():
    row = one("190,44510,312".replace("190,44510", "19044510"), uid_format=UidFormat.WIEGAND_26)
    assert row.card is not None
    assert row.backwards is None


# ── twice ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_card_for_two_members_is_neithers():
    rows = read(f"card,member\n{CARD},312\n{OTHER},271\n{CARD},96\n")
    assert [row.card is None for row in rows] == [True, False, True]
    assert ["member 96 " in rows[0].fault, "member 312 " in rows[2].fault] == [True, True]


def test_a_line_that_stands_there_twice_counts_once():
    rows = read(f"card,member\n{CARD},312\n{CARD},312\n")
    assert [(row.card is None, row.fault, bool(row.note)) for row in rows] == [(False, "", False), (True, "", True)]


# ── numbers of the stock library ──────────────────────────────────────────────────────────────────────────────────

SHORT = CardUid(bytes.fromhex("9C41D70B"))
LONG = parse_uid(CARD)
TWIN = CardUid(bytes.fromhex("04A3C6FFFFFF80"))


def test_a_short_cards_number_gives_the_card_itself():
    assert one(f"{stock_id(SHORT)},174", stock=True).card == HASHER.hash_uid(SHORT)


def test_a_long_cards_number_gives_only_its_start():
    row = one(f"{stock_id(LONG)},312", stock=True)
    assert "lay the card again" in row.fault


def test_among_whole_ids_a_single_candidate_is_the_card():
    row = one(f"{stock_id(LONG)},312", stock=True, uids=(LONG, SHORT))
    assert row.card == HASHER.hash_uid(LONG)


def test_two_candidates_have_to_be_laid_again():
    row = one(f"{stock_id(LONG)},312", stock=True, uids=(LONG, TWIN))
    assert row.card is None
    assert "2 cards" in row.fault


def test_a_number_that_two_members_have_is_neithers():
    rows = read(f"card,member\n{stock_id(LONG)},312\n{stock_id(LONG)},96\n", stock=True, uids=(LONG,))
    assert [row.card for row in rows] == [None, None]
    assert "member 96 has the same number" in rows[0].fault


@pytest.mark.parametrize("number", ["12", "-3", "7e9", "9" * 40, ""])
def test_a_number_that_the_library_cannot_have_made_is_said(number):
    assert "not a number made by mfrc522" in one(f"{number},312", stock=True).fault


# ── what the terminal says ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        ("linked", ""),
        ("same", ""),
        ("taken", "member 96 has this card; --transfer moves it"),
        ("blocked", "this card is blocked; --transfer puts it back into use"),
        ("unknown_member", "nobody has this number"),
        ("backwards", "this is the card that the member has already, written backwards"),
    ],
)
def test_every_outcome_has_its_sentence(outcome, fault):
    assert judged(one(f"{CARD},312"), {"outcome": outcome, "owner": "96"}).fault == fault
