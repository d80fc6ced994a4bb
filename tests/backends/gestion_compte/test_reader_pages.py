"""The two pages of the reader, from HTML to values: what each says, and what it means when it says something else."""

from datetime import date, time

import pytest

from kiosk.backends.gestion_compte.reader_pages import (
    ReaderPage,
    ShownPlace,
    Validated,
    holder_of,
    read_reader,
    read_scan,
)
from kiosk.backends.gestion_compte.reading import PageUnreadable
from kiosk.types import Status

TODAY = date(2026, 11, 24)
ALLOWED = '<img src="/build/enter.1f2e.svg" alt="accès autorisé" />'
REFUSED = '<img src="/gone.svg" alt="accès interdit" />'


def scan(*parts: str, greeting: str = "Salut Alix !") -> str:
    return f'<div class="container"><h3 class="header center-align">{greeting}</h3>{"".join(parts)}</div>'


def counter(text: str, your: str = "Ton") -> str:
    return f'<p class="center-align">{your} compteur temps est maintenant à <strong>{text}</strong></p>'


def paragraph(text: str) -> str:
    return f'<p class="center-align">{text}</p>'


def refusal(title: str) -> str:
    return paragraph(f'<i class="material-icons" title="{title}">block</i><strong>…</strong>')


@pytest.mark.parametrize(
    ("parts", "status", "minutes", "due"),
    [
        ((counter("6h40"), '<img alt="we love you" />'), Status.AHEAD, 400, None),
        ((counter("3h00"), '<img alt="all good" />'), Status.OK, 180, None),
        ((counter("1h00"), paragraph("Pense à réserver les 2h00 qu'il te manque 😉")), Status.OK, 60, 120),
        ((counter("0h00"), paragraph("Pense à réserver les 3h00 qu’il te manque 😉")), Status.OK, 0, 180),
        ((counter("-1h30"), paragraph("il te reste 4h30 à réserver !!")), Status.WARN, -90, 270),
        ((counter("-10h00"), paragraph("vraiment trop en retard sur ton devoir !")), Status.BLOCKED, -600, None),
        ((), Status.OK, None, None),
    ],
)
def test_counter_and_its_band_are_read(parts, status, minutes, due) -> None:
    page = read_scan(scan(ALLOWED, *parts), TODAY)
    assert page.allowed
    assert (page.status, page.balance_minutes, page.due_minutes) == (status, minutes, due)


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Compte gelé", Status.FROZEN),
        ("Compte fermé", Status.LEFT),
        ("Compte pas encore activé", Status.INACTIVE),
        ("Compte en attente d'adhésion", Status.FEE),
        ("Compte en attente d’adhésion", Status.FEE),
        ("Compte à revoir", Status.FROZEN),
    ],
)
def test_refusal_is_read_with_its_reason(title, status) -> None:
    page = read_scan(scan(REFUSED, refusal(title)), TODAY)
    assert not page.allowed
    assert page.status is status


def test_planned_thaw_is_read() -> None:
    page = read_scan(
        scan(REFUSED, refusal("Compte gelé"), paragraph("il sera effectif le dimanche 13 décembre")), TODAY
    )
    assert page.until == date(2026, 12, 13)


EXEMPTED = """<div class="card-panel teal white-text"><strong>Votre compte est exempté de créneau !</strong>
<ul><li><i>Naissance</i> du samedi 1 novembre 2025 au dimanche  3 janvier 2027</li></ul></div>"""


def test_exemption_is_read_with_its_last_day() -> None:
    page = read_scan(scan(ALLOWED, EXEMPTED), TODAY)
    assert (page.status, page.until, page.balance_minutes) == (Status.EXEMPT, date(2027, 1, 3), None)


def test_exempted_and_refused_is_refused() -> None:
    page = read_scan(scan(REFUSED, EXEMPTED), TODAY)
    assert not page.allowed
    assert page.status is Status.FROZEN


def test_household_s_counter_is_read_as_such() -> None:
    assert read_scan(scan(ALLOWED, counter("3h00", "Votre")), TODAY).shared
    assert not read_scan(scan(ALLOWED, counter("3h00")), TODAY).shared


@pytest.mark.parametrize(
    ("panel", "validated", "job"),
    [
        (("green lighten-5", "✅ Ton créneau en cours <strong>Vrac</strong> a été validé !"), Validated.NOW, "Vrac"),
        (("green lighten-5", "✅ Tes créneaux en cours ont été validés !"), Validated.NOW, ""),
        (("blue lighten-5", "Ton créneau <strong>Vrac</strong> a déjà été validé 😉<br>…"), Validated.BEFORE, "Vrac"),
        (("green", "Les fraises sont arrivées"), Validated.NOTHING, ""),
        (None, Validated.NOTHING, ""),
    ],
)
def test_validated_shift_is_read(panel, validated, job) -> None:
    html = "" if panel is None else f'<div class="card-panel {panel[0]}">{panel[1]}</div>'
    page = read_scan(scan(html, ALLOWED), TODAY)
    assert (page.validated, page.job) == (validated, job)


@pytest.mark.parametrize(
    ("greeting", "name"),
    [
        ("Coucou Marie-Christine !", "Marie-Christine"),
        ("Bienvenue Jean Paul (commission 1) !", "Jean Paul (commission 1)"),
        ("Hola  Zoé\u00a0!", "Zoé"),
        ("Salut  !", ""),
    ],
)
def test_first_name_is_read_after_any_greeting(greeting, name) -> None:
    assert read_scan(scan(ALLOWED, greeting=greeting), TODAY).first_name == name


def test_pictures_that_are_missing_change_nothing() -> None:
    assert read_scan(scan('<img class="responsive-img" />', counter("-1h00"), ALLOWED), TODAY).status is Status.WARN


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("", id="nothing"),
        pytest.param("<html><body><h1>Bonjour !</h1></body></html>", id="another page"),
        pytest.param(scan(counter("3h00")), id="no sign of access"),
        pytest.param(scan('<img alt="entrée libre" />'), id="another sign"),
        pytest.param(scan(ALLOWED, REFUSED), id="both signs"),
        pytest.param(f"<div>{ALLOWED}</div>", id="nobody greeted"),
        pytest.param("\x00\xff<<<>>>" + ALLOWED[:20], id="rubbish"),
    ],
)
def test_page_that_says_nothing_certain_lets_nobody_in(page) -> None:
    with pytest.raises(PageUnreadable):
        read_scan(page, TODAY)


# ── the reader's own page ─────────────────────────────────────────────────────────────────────────────────────────


def place(*parts: str) -> str:
    return f"<li><div>{''.join(parts)}</div></li>"


def holder(text: str) -> str:
    return f'<span style="margin-right: 5px; font-size: 16px">{text}</span>'


DOT = '<span class=""> ◉ </span>&nbsp;'
GREEN_DOT = '<span class="green-text"> ◉ </span>&nbsp;'
FREE = "<strong><i>libre</i></strong>"
TRAINING = '<span class="chip" style="margin-left: 5px"><strong>Gestion de la caisse</strong></span>'
NEW = '<span class="red-text" title="Nouveau membre">★</span>'
FIRST = '<span class="chip red white-text" style="margin-left: 5px"><strong>Premier créneau</strong></span>'


def shift(*places: str, job: str = "Caisse", hours: str = "9h30 à 12h30") -> str:
    return (
        f'<div class="card"><div class="card-content green lighten-4"><div class="card-title"><b>{job}</b> / '
        f"<b>{hours}</b></div><ul>{''.join(places)}</ul></div></div>"
    )


def reader(*parts: str, notice: str = "") -> ReaderPage:
    return read_reader(
        f'<div class="row"><div class="col s6">{"".join(parts)}</div><div class="col s6">{notice}</div></div>'
    )


COMING = "<h5>Créneaux à venir</h5>"
RUNNING = "<h5>Créneaux en cours</h5>"


def test_shifts_are_read_with_hours_and_whether_they_run() -> None:
    page = reader(RUNNING, shift(), COMING, shift(job="Ménage", hours="22h40 à 1h10"))
    assert [(s.job, s.starts, s.ends, s.running) for s in page.shifts] == [
        ("Caisse", time(9, 30), time(12, 30), True),
        ("Ménage", time(22, 40), time(1, 10), False),
    ]


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (place(holder("#123 Alix M")), ShownPlace(number="123", first_name="Alix")),
        (place(DOT, holder("#123 Alix M")), ShownPlace(number="123", first_name="Alix", present=False)),
        (place(GREEN_DOT, holder("#123 Alix M")), ShownPlace(number="123", first_name="Alix", present=True)),
        (place(holder("#7 Noé T"), NEW, FIRST),
         ShownPlace(number="7", first_name="Noé", first_shift=True)),
        (place(holder("#7 Noé T"), TRAINING),
         ShownPlace(number="7", first_name="Noé", training="Gestion de la caisse")),
        (place(DOT, FREE, TRAINING), ShownPlace(training="Gestion de la caisse")),
        (place(FREE), ShownPlace()),
    ],
)  # fmt: skip
def test_places_are_read(row, shown) -> None:
    assert reader(RUNNING, shift(row), COMING).shifts[0].places == (shown,)


@pytest.mark.parametrize(
    ("text", "number", "name"),
    [
        ("#9 Oliver R", "9", "Oliver"),
        ("#9 Marie Christine \ufffd", "9", "Marie Christine"),
        ("#9 Jacob (commission 1) M", "9", "Jacob (commission 1)"),
        ("#9 Oliver", "9", "Oliver"),
        ("#12345 Élodie\u00a0É", "12345", "Élodie"),
    ],
)
def test_broken_and_missing_initials_are_tolerated(text, number, name) -> None:
    assert holder_of(text) == (number, name)


def test_no_shift_left_today_is_a_page_all_the_same() -> None:
    assert reader(COMING).shifts == ()


def test_notice_is_read_as_one_line() -> None:
    assert reader(COMING, notice="<h2>AG</h2><p>jeudi</p>").notice == "AG jeudi"
    assert len(reader(COMING, notice="mot " * 500).notice) <= 160


def test_hidden_token_is_picked_up_and_nothing_else() -> None:
    page = reader(
        COMING,
        '<input type="hidden" name="card_reader[_token]" value="abc">',
        '<input type="hidden" name="_method" value="DELETE"><input type="hidden" id="barcode_submit_url" value="/x">',
    )
    assert page.hidden == {"card_reader[_token]": "abc"}


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param((), id="another page"),
        pytest.param((COMING, shift(hours="le matin")), id="no hours"),
        pytest.param((COMING, shift(place("<b>?</b>"))), id="neither taken nor free"),
        pytest.param((COMING, shift(place(holder("Alix")))), id="no number"),
    ],
)
def test_reader_s_page_that_has_changed_is_told(parts) -> None:
    with pytest.raises(PageUnreadable):
        reader(*parts)
