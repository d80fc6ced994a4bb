"""Sentences, dates, plurals and lists in two languages."""

import logging
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kiosk.text import Manners, Texts, words
from kiosk.view_parts import Day, Duration, Hour, Hours, Names, Say, Slot, literal, say

PARIS = ZoneInfo("Europe/Paris")
AFTERNOON = datetime(2025, 10, 21, 14, 0, tzinfo=UTC)
EVENING = datetime(2025, 10, 21, 17, 30, tzinfo=UTC)
MORNING = datetime(2025, 11, 1, 9, 45, tzinfo=UTC)
NOON = datetime(2025, 11, 1, 12, 0, tzinfo=UTC)


def spelt(value, language, form=""):
    """A value in words, its no-break spaces made visible."""
    return Texts(language, PARIS).spell(value, form).replace("\u00a0", "~")


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (Hour(AFTERNOON), "16~h", "4~pm"),
        (Hour(EVENING), "19~h~30", "7:30~pm"),
        (Day(AFTERNOON), "mar.~21~oct.", "Tue~21~Oct"),
        (Day(date(2025, 11, 1)), "sam.~1er~nov.", "Sat~1~Nov"),
        (Hours(AFTERNOON, EVENING), "16~h~–~19~h~30", "4–7:30~pm"),
        (Hours(MORNING, NOON), "10~h~45~–~13~h", "10:45~am~–~1~pm"),
        (Slot(AFTERNOON, EVENING), "mar.~21~oct., 16~h~–~19~h~30", "Tue~21~Oct, 4–7:30~pm"),
        (Duration(90), "1~h~30", "1~h~30"),
        (Duration(65), "1~h~05", "1~h~05"),
        (Duration(180), "3~h", "3~h"),
        (Duration(45), "45~min", "45~min"),
        (Duration(0), "0~h", "0~h"),
        (Duration(-90), "−1~h~30", "−1~h~30"),
        (Names(("Sam",)), "Sam", "Sam"),
        (Names(("Sam", "Noé", "Ines")), "Sam, Noé et Ines", "Sam, Noé and Ines"),
        (12345, "12~345", "12,345"),
        ("Mise en rayon", "Mise en rayon", "Mise en rayon"),
    ],
)
def test_values_in_both_languages(value, french, english):
    assert (spelt(value, "fr"), spelt(value, "en")) == (french, english)


def test_the_form_of_a_value():
    assert spelt(6500, "fr", "kg") == "6,5~kg"
    assert spelt(6000, "en", "kg") == "6~kg"
    assert spelt(Names(("Sam", "Noé")), "fr", ",") == "Sam, Noé"
    assert spelt(Day(date(2025, 11, 1)), "fr", "d MMM") == "1er nov."


def test_times_are_those_of_the_coop():
    assert words(say("shift.noted", time=Hour(AFTERNOON)), "fr", ZoneInfo("America/Montreal")).endswith("10\u00a0h.")


def test_a_sentence_that_begins_with_a_day_begins_with_a_capital():
    slot = Slot(AFTERNOON, EVENING)
    assert words(say("need.booked.line", slot=slot, job="Caisse"), "fr", PARIS).startswith("Mar.\u00a021")
    assert "mar.\u00a021" in words(say("open.next", slot=slot), "fr", PARIS)


def test_a_shortened_month_ends_its_sentence_with_one_stop():
    said = words(say("alert.hours", duration=Duration(180), date=Day(date(2025, 11, 2))), "fr", PARIS)
    assert said == "Pense à réserver 3\u00a0h avant le 2\u00a0nov."


@pytest.mark.parametrize(
    ("n", "french", "english"),
    [
        (0, "Il manque 0 personne", "0 people missing"),
        (1, "Il manque 1 personne", "1 person missing"),
        (2, "Il manque 2 personnes", "2 people missing"),
    ],
)
def test_each_language_counts_its_own_way(n, french, english):
    sentence = say("board.gap", n=n)
    assert (words(sentence, "fr", PARIS), words(sentence, "en", PARIS)) == (french, english)


def test_literal_text_is_left_alone():
    assert words(literal("{Sam}"), "en", PARIS) == "{Sam}"


def test_an_unknown_key_is_shown_and_logged(caplog):
    with caplog.at_level(logging.WARNING):
        assert words(Say("no.such.key"), "fr", PARIS) == "no.such.key"
    assert "no.such.key" in caplog.text


def test_a_missing_value_is_logged_and_stops_nothing(caplog):
    with caplog.at_level(logging.WARNING):
        assert words(say("open.sub"), "fr", PARIS).startswith("Bonjour")
    assert "open.sub" in caplog.text


def test_a_language_without_a_file_speaks_french(caplog):
    with caplog.at_level(logging.WARNING):
        assert Texts("tlh", PARIS).words(say("open.title")) == Texts("fr", PARIS).words(say("open.title"))
    assert "tlh" in caplog.text


def test_a_third_language_is_a_file(tmp_path):
    header = '"Language: de\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
    (tmp_path / "de.po").write_text(
        f'msgid ""\nmsgstr ""\n{header}\n'
        'msgctxt "open.title"\nmsgid "C’est ouvert\u00a0!"\nmsgstr "Offen!"\n\n'
        'msgctxt "format.locale"\nmsgid "fr_FR"\nmsgstr "de_DE"\n',
        encoding="utf-8",
    )
    german = Texts("de", PARIS, folder=tmp_path)
    assert german.words(say("open.title")) == "Offen!"
    assert german.spell(Day(AFTERNOON)).startswith("Di.")


def test_a_coop_that_says_vous_is_obeyed_in_french_alone():
    formal = Manners(tutoiement=False)
    assert Texts("fr", PARIS, manners=formal).words(say("idle.title")) == "Posez votre carte sur le lecteur"
    assert Texts("fr", PARIS, manners=formal).words(say("idle.nocard")) == "Sans carte\u00a0?"
    assert Texts("fr", PARIS, manners=formal).words(say("board.gap", n=0)) == "Il manque 0 personne"
    english = Texts("en", PARIS).words(say("idle.title"))
    assert Texts("en", PARIS, manners=formal).words(say("idle.title")) == english


def test_the_inclusive_sign_is_that_of_the_coop_and_other_dots_stay():
    dotted = Texts("fr", PARIS, manners=Manners(inclusive_sign="."))
    assert dotted.words(say("team.title", hours=Hours(AFTERNOON, EVENING), n=3, m=5)).endswith("· 3 arrivé.es sur 5")
