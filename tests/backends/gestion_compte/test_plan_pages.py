"""The public pages, from HTML to values, in the forms of both versions."""

from datetime import date, time

import pytest

from kiosk.backends.gestion_compte.plan_pages import (
    read_closures,
    read_day,
    read_home,
    read_next_event,
    read_opening_hours,
)
from kiosk.backends.gestion_compte.reading import PageUnreadable
from kiosk.types import OpeningHours

TODAY = date(2026, 11, 24)
TAKEN = '<span class="green-text"><i class="material-icons shifter">radio_button_checked</i></span>'
KEPT = '<span class="green-text text-lighten-4"><i class="material-icons shifter">radio_button_checked</i></span>'
FREE = '<span class="grey-text text-darken-2"><i class="material-icons shifter">radio_button_unchecked</i></span>'
FREE_TRAINED = '<span class="grey-text text-darken-2"><i class="material-icons shifter">account_circle</i></span>'
TAKEN_TRAINED = '<span class="green-text"><i class="material-icons shifter">account_circle</i></span>'


def bucket(*places: str, link: str = 'data-source="/booking/bucket/17/show"', hours: str = "9h30 - 12h30") -> str:
    return (
        f'<div class="shift-bucket"><a {link} data-tooltip="Mise en rayon"><span class="small">9h30</span>'
        f'<span class="hide-on-small-and-down">{hours}</span><br>{"".join(places)}</a></div>'
    )


def test_places_of_a_day_are_counted_by_kind() -> None:
    (shown,) = read_day(bucket(TAKEN, KEPT, TAKEN_TRAINED, FREE, FREE_TRAINED), TODAY)
    assert (shown.job, shown.starts, shown.ends) == ("Mise en rayon", time(9, 30), time(12, 30))
    assert (shown.taken, shown.free, shown.free_trained, shown.bucket) == (3, 1, 1, 17)
    assert not shown.locked


@pytest.mark.parametrize(
    ("link", "number"),
    [('href="#book5"', 5), ('href="#show8"', 8), ("", 0), ('data-source="/booking/admin/bucket/3/show"', 3)],
)
def test_bucket_is_told_where_the_page_names_it(link, number) -> None:
    assert read_day(bucket(FREE, link=link), TODAY)[0].bucket == number


def test_locked_shift_is_told() -> None:
    locked = '<i class="material-icons tiny">lock</i><span class="hide-on-small-and-down">&nbsp;vérouillé</span>'
    assert read_day(bucket(FREE, locked), TODAY)[0].locked


def test_day_without_shifts_is_empty_and_one_without_hours_is_told() -> None:
    assert read_day("", TODAY) == ()
    with pytest.raises(PageUnreadable):
        read_day(bucket(FREE, hours="le matin"), TODAY)


def test_days_of_master_are_named_and_those_of_1x_are_whole() -> None:
    master = read_home('<h5>Semaine #48 (D)</h5><ul><li data-date="2026-11-24"></li></ul>', TODAY)
    assert (master.days, master.buckets) == ((TODAY,), ())
    header = '<div class="collapsible-header">mercredi 25 novembre</div>'
    released = read_home(f"<h5>Semaine D <small>(#48)</small></h5><ul><li>{header}{bucket(FREE)}</li></ul>", TODAY)
    assert released.days == ()
    assert released.buckets[0].day == date(2026, 11, 25)
    assert master.week_a == released.week_a == date(2026, 11, 2)


def test_day_without_a_date_is_told() -> None:
    with pytest.raises(PageUnreadable):
        read_home('<li data-date="demain"></li>', TODAY)


def test_week_of_the_next_days_counts_from_next_monday() -> None:
    assert read_home("<h5>Semaine #49 (A)</h5>", TODAY).week_a == date(2026, 11, 30)


def test_coop_without_weeks_has_none() -> None:
    assert read_home("<h5>Semaine #48</h5>", TODAY).week_a is None


def test_opening_hours_are_read_from_list_and_table() -> None:
    hours = (
        OpeningHours(weekday=0, opens=time(9), closes=time(12, 30)),
        OpeningHours(weekday=0, opens=time(14), closes=time(19)),
        OpeningHours(weekday=6, opens=time(10, 15), closes=time(12, 30)),
    )
    as_list = "<ul><li>Lundi : 9h-12h30 &amp; 14h-19h</li><li>Dimanche :  10h15-12h30</li></ul>"
    as_table = (
        "<table><tbody><tr><td>Lundi :</td><td> 9h-12h30 &amp; 14h-19h</td></tr>"
        "<tr><td>Dimanche :</td><td>10h15-12h30</td></tr></tbody></table>"
    )
    assert read_opening_hours(as_list) == read_opening_hours(as_table) == hours
    assert read_opening_hours("<ul></ul>") == ()
    assert read_opening_hours("<ul><li>Mardi : fermé</li></ul>") == ()


@pytest.mark.parametrize("row", ["Bientôt", "Lundi : sur rendez-vous, 9h"])
def test_opening_hours_that_cannot_be_read_are_told(row) -> None:
    with pytest.raises(PageUnreadable):
        read_opening_hours(f"<ul><li>{row}</li></ul>")


def test_closures_and_the_next_event_are_read() -> None:
    closures = "<ul><li><span>-</span> <strong>vendredi 25 décembre 2026</strong> <i>(Noël, le 24 aussi)</i></li></ul>"
    assert read_closures(closures, TODAY) == {date(2026, 12, 25)}
    event = "<ul><li>- <strong>Assemblée</strong> jeudi 3 décembre 2026 à 19h00 <i>(2h)</i></li></ul>"
    assert read_next_event(event) == "Assemblée, jeudi 3 décembre 2026 à 19h00"
    assert read_next_event("<ul></ul>") == ""
