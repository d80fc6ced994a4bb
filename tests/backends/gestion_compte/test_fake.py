"""The fake server against the recorded answers of a real one, where they are at hand: same status, same structure."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import requests
from selectolax.lexbor import LexborHTMLParser, LexborNode

from kiosk.backends.gestion_compte.fake.coop import Beneficiary, FakeCoop, Membership, Place
from kiosk.backends.gestion_compte.fake.routes import Setup
from kiosk.backends.gestion_compte.fake.server import FakeServer
from kiosk.backends.gestion_compte.office_pages import read_bucket_list, read_bucket_window, read_login_token
from kiosk.backends.gestion_compte.plan_pages import read_home
from kiosk.backends.gestion_compte.reader_pages import read_reader, read_scan
from kiosk.clock import AdjustableClock

CAPTURES = Path(__file__).parents[4] / "shared" / "captures" / "gestion-compte"
NOW = datetime(2026, 11, 23, 23, 10, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)

pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="the recorded answers are not at hand")


class Recorded:
    """One recorded answer: status, headers, body."""

    def __init__(self, name: str) -> None:
        path = min(CAPTURES.glob(f"{name}*.http"), key=lambda path: ("follow" in path.name, path.name))
        head, _, body = path.read_bytes().partition(b"\r\n\r\n")
        lines = head.decode("ascii").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = dict(line.split(": ", 1) for line in lines[1:])
        self.html = body.decode("utf-8", "replace")


def structure(html: str) -> list[str]:
    """Tags, classes and signs of what stands in ``main``, without texts, styles and addresses."""
    main = LexborHTMLParser(html).css_first("main")
    return [] if main is None else list(_inside(main))


def _inside(node: LexborNode) -> Iterator[str]:
    for child in node.iter():
        kept = {name: value for name, value in child.attributes.items() if name in {"class", "alt", "title"}}
        yield f"<{child.tag} {sorted(kept.items())}>"
        yield from _inside(child)
        yield f"</{child.tag}>"


def person(coop: FakeCoop, number: int, first_name: str, surname: str, **account: object) -> Beneficiary:
    enabled = account.pop("enabled", True)
    found = Beneficiary(
        id=str(number),
        membership=Membership(number=str(number), **account),
        first_name=first_name,
        surname=surname,
        enabled=enabled,
        is_new=True,
    )
    coop.beneficiaries[found.id] = found
    coop.badges[f"2100000000{number:02}"] = (found, number != 14)
    return found


def place(coop: FakeCoop, job: str, colour: str, hours: tuple[int, int], holder: Beneficiary | None, **more) -> None:
    """``hours``: start and length in minutes."""
    id_ = 900001 + len(coop.places)
    starts, minutes = hours
    starts_at = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=starts)
    coop.places[id_] = Place(
        id=id_,
        key=str(id_),
        job=job,
        colour=colour,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        shifter=holder,
        **more,
    )


@pytest.fixture
def server() -> Iterator[FakeServer]:
    coop = FakeCoop(name="My Local Coop", zone=UTC, by_reader=False, week_a=date(2026, 11, 2))
    coop.hours = ((0, "9h", "12h"),)
    person(coop, 5, "Logan (withdrawn)", "x", withdrawn=True)
    person(coop, 6, "Benjamin (frozen)", "x", frozen=True)
    person(coop, 8, "Elijah", "Davis", counter=180)
    oliver = person(coop, 9, "Oliver", "Rodriguez", counter=60)
    jacob = person(coop, 10, "Jacob (commission 1)", "Martinez", counter=180)
    person(coop, 11, "Lucas (commission 1)", "x", paid_until=date(2025, 1, 1))
    michael = person(coop, 12, "Michael (commission 1)", "x")
    exempted = ("Lab exemption", date(2026, 11, 18), date(2026, 12, 13))
    person(coop, 13, "Alexander (commission 1)", "x", exempted=exempted)
    person(coop, 14, "Ethan (commission 1)", "x")
    person(coop, 17, "Aiden (commission 2)", "x", counter=-600)
    person(coop, 18, "Henry (commission 2)", "x", counter=400)
    person(coop, 19, "Joseph (commission 2)", "x", enabled=False)
    jackson = person(coop, 20, "Jackson (commission 2)", "Martin", counter=120)
    person(coop, 21, "Samuel (commission 2)", "x", counter=180)
    evening = 22 * 60 + 40
    place(coop, "Caisse", "green", (evening, 150), oliver, first_shift=True)
    place(coop, "Caisse", "green", (evening, 150), jacob, first_shift=True, carried_out=True)
    place(coop, "Reception des livraisons", "red", (evening + 35, 120), michael)
    place(coop, "Caisse", "green", (evening, 150), jackson, first_shift=True)
    place(coop, "Gestion des stocks", "yellow", (evening + 15, 120), jackson)
    place(coop, "Caisse", "green", (evening, 150), None)
    fake = FakeServer(coop, AdjustableClock(NOW), Setup())
    fake.start()
    yield fake
    fake.stop()


def get(server: FakeServer, path: str, session: requests.Session | None = None) -> requests.Response:
    return (session or requests).get(server.url + path, timeout=5, allow_redirects=False)


def scan(server: FakeServer, code: str, session: requests.Session | None = None) -> requests.Response:
    return (session or requests).post(
        f"{server.url}/card_reader/check", data={"swipe_code": code}, timeout=5, allow_redirects=False
    )


@pytest.mark.parametrize(
    "code",
    [
        *("2100000000050", "2100000000067", "2100000000081", "2100000000098", "2100000000104", "2100000000111"),
        *("2100000000128", "2100000000135", "2100000000173", "2100000000180", "2100000000197", "2100000000203"),
        "2100000000210",
    ],
)
def test_answer_to_a_scan_is_built_like_the_real_one(server: FakeServer, code: str) -> None:
    recorded = Recorded(f"10-check-{code}")
    answer = scan(server, code)
    assert answer.status_code == recorded.status == 200
    assert structure(answer.text) == structure(recorded.html)
    assert read_scan(answer.text, TODAY) == read_scan(recorded.html, TODAY)


def test_counter_of_a_validated_shift_is_the_real_one(server: FakeServer) -> None:
    server.coop.by_reader = True
    assert read_scan(scan(server, "2100000000098").text, TODAY) == read_scan(Recorded("90-vbc-check").html, TODAY)


def test_second_scan_is_told_as_the_real_one_tells_it(server: FakeServer) -> None:
    codes = [scan(server, "2100000000098").status_code for _ in range(2)]
    assert codes == [Recorded("96-double-scan-1").status, Recorded("96-double-scan-2").status] == [200, 500]
    server.clock.advance(2)
    recorded = Recorded("96-double-scan-3")
    answer = scan(server, "2100000000098")
    assert structure(answer.text) == structure(recorded.html)
    assert read_scan(answer.text, TODAY) == read_scan(recorded.html, TODAY)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("2199999999995", "10-check-2199999999995-unknown-card-valid-check-digit"),
        ("2100000000142", "10-check-2100000000142-disabled-card"),
        ("2199999999990", "10-check-2199999999990-invalid-check-digit"),
        ("210000000008", "21-check-12digits"),
        ("abcdefghijklm", "22-check-letters"),
    ],
)
def test_card_that_is_not_taken_leads_where_the_real_one_leads(server: FakeServer, code: str, name: str) -> None:
    recorded = Recorded(name)
    visitor = requests.Session()
    answer = scan(server, code, visitor)
    assert (answer.status_code, answer.headers["Location"]) == (recorded.status, recorded.headers["Location"])
    assert bool(visitor.cookies) is ("Set-Cookie" in recorded.headers)
    if "Set-Cookie" in recorded.headers:
        after = get(server, "/card_reader/", visitor)
        assert read_reader(after.text).card_unknown
        assert "Set-Cookie" in after.headers
        assert not visitor.cookies
        assert not read_reader(get(server, "/card_reader/", visitor).text).card_unknown


def test_reader_s_page_is_built_like_the_real_one(server: FakeServer) -> None:
    recorded = Recorded("01-cardreader-index-anon")
    answer = get(server, "/card_reader/")
    assert read_reader(answer.text) == read_reader(recorded.html)
    assert _cards(answer.text) == _cards(recorded.html)


def _cards(html: str) -> list[list[str]]:
    return [list(_inside(card)) for card in LexborHTMLParser(html).css("div.card")]


def test_old_address_of_the_reader_leads_on(server: FakeServer) -> None:
    answer = get(server, "/cardReader")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/card_reader/")


def test_place_that_is_not_known_is_sent_to_sign_in(server: FakeServer) -> None:
    server.setup.place_known = False
    recorded = Recorded("50-cardreader-index-foreign-ip")
    answer = get(server, "/card_reader/")
    assert answer.status_code == recorded.status
    assert answer.headers["Location"].endswith("/login")
    assert recorded.headers["Location"].endswith("/login")
    # The scan itself is not guarded.
    assert scan(server, "2100000000081").status_code == Recorded("51-check-foreign-ip").status


def test_scan_is_only_taken_as_a_form(server: FakeServer) -> None:
    assert get(server, "/card_reader/check").status_code == Recorded("03-check-GET").status


def test_home_page_names_its_days_and_weeks_like_the_real_one(server: FakeServer) -> None:
    recorded = read_home(Recorded("30-bad-c-home").html, TODAY)
    shown = read_home(get(server, "/").text, TODAY)
    assert shown.week_a == recorded.week_a
    assert set(shown.days) <= set(recorded.days)


def test_signing_in_leads_where_the_real_one_leads(server: FakeServer) -> None:
    for password, name in (("wrong", "30-bad-b"), (server.setup.password, "40-admin-b")):
        visitor = requests.Session()
        token = read_login_token(get(server, "/login", visitor).text)
        assert read_login_token(Recorded("40-admin-a").html)
        fields = {"_username": server.setup.user, "_password": password, "_csrf_token": token}
        answer = visitor.post(f"{server.url}/login_check", data=fields, timeout=5, allow_redirects=False)
        recorded = Recorded(name)
        assert answer.status_code == recorded.status
        path = re.sub(r"^http://[^/]+", "", recorded.headers["Location"])
        assert answer.headers["Location"] == server.url + path
        assert ("Set-Cookie" in answer.headers) is ("Set-Cookie" in recorded.headers)


def test_office_s_list_and_its_filter_are_like_the_real_ones(server: FakeServer) -> None:
    visitor = requests.Session()
    token = read_login_token(get(server, "/login", visitor).text)
    fields = {"_username": server.setup.user, "_password": server.setup.password, "_csrf_token": token}
    visitor.post(f"{server.url}/login_check", data=fields, timeout=5, allow_redirects=False)
    shown, form = read_bucket_list(get(server, "/booking/admin", visitor).text)
    recorded, recorded_form = read_bucket_list(Recorded("42-admin-booking").html)
    assert form.pop("form[_token]")
    assert recorded_form.pop("form[_token]")
    assert form == recorded_form
    # More was booked on the real one, by the time its list was looked at.
    assert {(found.bucket, found.job, found.starts, found.ends) for found in shown} <= {
        (found.bucket, found.job, found.starts, found.ends) for found in recorded
    }
    assert shown


def test_window_of_a_shift_says_what_the_real_one_says(server: FakeServer) -> None:
    visitor = requests.Session()
    token = read_login_token(get(server, "/login", visitor).text)
    fields = {"_username": server.setup.user, "_password": server.setup.password, "_csrf_token": token}
    visitor.post(f"{server.url}/login_check", data=fields, timeout=5, allow_redirects=False)
    shown = read_bucket_window(get(server, "/booking/admin/bucket/900001/show", visitor).text)
    recorded = read_bucket_window(Recorded("43-admin-bucket").html)
    assert [(p.number, p.name, p.open_to_all, p.present, p.formation) for p in shown.places] == [
        (p.number, p.name, p.open_to_all, p.present, p.formation) for p in recorded.places
    ]
    assert [sorted(re.sub(r"\d+", "", name) for name in p.tokens) for p in shown.places] == [
        sorted(re.sub(r"\d+", "", name) for name in p.tokens) for p in recorded.places
    ]
    assert {"#8 Elijah DAVIS", "#9 Oliver RODRIGUEZ"} <= {*shown.everyone} & {*recorded.everyone}
