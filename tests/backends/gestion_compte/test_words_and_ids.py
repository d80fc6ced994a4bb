"""French days and hours, ids of shifts and people, and the numbers of cards."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.backends.gestion_compte.codes import SHORT_UIDS, maybe_unsealed, seal, swipe_code
from kiosk.backends.gestion_compte.french import days_in, maybe_minutes, plain, slug, times_in
from kiosk.backends.gestion_compte.slots import dated, dated_today, person_id, shift_id_of, slot_of
from kiosk.devices.cards import CardHasher, ean13_check_digit, maybe_ean13
from tests.backends.gestion_compte.shops import HASHER, PARIS, at

OTHER = CardHasher(b"the key of another coop, of nobody's", "k2")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mardi 24 novembre 2026", [date(2026, 11, 24)]),
        ("lundi  2 novembre", [date(2026, 11, 2)]),
        ("vendredi 1er janvier", [date(2027, 1, 1)]),
        ("du samedi 1 août 2026 au dimanche 28 février 2027", [date(2026, 8, 1), date(2027, 2, 28)]),
        ("le 31 février", []),
        ("lundi 30 juin", [date(2026, 6, 30)]),
        ("jamais", []),
    ],
)
def test_days_are_read_and_the_year_is_the_near_one(text, days) -> None:
    assert list(days_in(text, date(2026, 11, 24))) == days


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("9h30 à 12h30", [time(9, 30), time(12, 30)]),
        ("22h40\u00a01h10", [time(22, 40), time(1, 10)]),
        ("9h-12h & 14h30-19h", [time(9), time(12), time(14, 30), time(19)]),
        ("25h00", []),
    ],
)
def test_times_are_read(text, times) -> None:
    assert list(times_in(text)) == times


@pytest.mark.parametrize(
    ("text", "minutes"), [("3h00", 180), ("-10h05", -605), ("0h00", 0), ("107h30", 6450), ("", None)]
)
def test_counters_are_read(text, minutes) -> None:
    assert maybe_minutes(text) == minutes


def test_words_are_compared_without_accents_and_case() -> None:
    assert plain("  Déjà\u00a0ÉTÉ validé’ ") == "deja ete valide'"
    assert slug("Réception des livraisons !") == "reception-des-livraisons"


# ── shifts and people ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("starts", "hours"), [(at(16), 3), (at(22, 40), 2.5), (datetime(2026, 10, 24, 23, tzinfo=PARIS), 5)]
)
def test_shift_is_found_again_from_its_id_alone(starts, hours) -> None:
    ends = starts + timedelta(hours=hours)
    found = slot_of(shift_id_of("Mise en rayon", starts, ends, PARIS), PARIS)
    assert found.job == "mise-en-rayon"
    assert found.starts_at == starts
    assert abs(found.ends_at - ends) <= timedelta(hours=1 if starts.month == 10 else 0)


@pytest.mark.parametrize("text", ["", "20261124-16-caisse", "20261124-1600-1900", "12", "20261340-1600-1900-x"])
def test_id_of_another_server_is_told(text) -> None:
    with pytest.raises(ValueError):
        slot_of(text, PARIS)


def test_running_shift_may_have_begun_yesterday() -> None:
    midnight = at(0, 30, days=1)
    starts, ends = dated_today(time(22, 40), time(1, 10), midnight, PARIS, running=True)
    assert (starts, ends) == (at(22, 40), at(1, 10, days=1))
    starts, _ = dated_today(time(22, 40), time(1, 10), at(18), PARIS, running=False)
    assert starts == at(22, 40)


def test_times_are_kept_in_utc() -> None:
    starts, _ = dated(date(2026, 7, 1), time(9), time(12), PARIS)
    assert starts.tzinfo is UTC
    assert starts.hour == 7


def test_two_people_of_a_membership_are_two() -> None:
    assert person_id("129", "Soline") != person_id("129", "Rachid")
    assert person_id("129", "Zoé") == person_id("129", "  ZOE ")
    assert "Soline" not in person_id("129", "Soline")


# ── the numbers of cards ──────────────────────────────────────────────────────────────────────────────────────────


def test_badge_is_sent_as_it_is() -> None:
    assert swipe_code("ean:0420000001188", HASHER.key, "04") == "0420000001188"


def test_short_uid_is_its_decimal_number_whoever_reads_it() -> None:
    assert swipe_code("4:DEADBEEF", HASHER.key, "04") == "0437359285596"
    assert swipe_code("4:DEADBEEF", OTHER.key, "04") == "0437359285596"
    assert swipe_code("4:0000002A", HASHER.key, "29")[:12] == "290000000042"


@given(st.binary(min_size=7, max_size=7) | st.binary(min_size=10, max_size=10))
def test_long_uid_is_a_keyed_number_that_no_short_one_has(uid) -> None:
    card_id = f"{len(uid)}:{uid.hex().upper()}"
    code = swipe_code(card_id, HASHER.key, "04")
    assert maybe_ean13(code) == code
    assert int(code[2:12]) >= SHORT_UIDS
    assert code != swipe_code(card_id, OTHER.key, "04")


def test_cut_uid_has_a_number_of_its_own() -> None:
    assert swipe_code("part:BEADDE", HASHER.key, "04") != swipe_code("7:04A3C6CAE26180", HASHER.key, "04")


@pytest.mark.parametrize("text", ["", "ean:123", "4:XYZ", "4:", "Alix"])
def test_what_is_no_card_has_no_number(text) -> None:
    with pytest.raises(ValueError):
        swipe_code(text, HASHER.key, "04")


@given(st.integers(0, 10**12 - 1))
def test_number_is_kept_sealed_and_opened_only_with_the_key(twelve) -> None:
    code = f"{twelve:012}{ean13_check_digit(f'{twelve:012}')}"
    card = HASHER.hash_badge(code)
    sealed = seal(code, card, HASHER)
    assert str(sealed) != code
    assert 0 <= sealed < 1 << 63
    assert maybe_unsealed(sealed, card, HASHER) == code
    assert maybe_unsealed(sealed, card, OTHER) != code
