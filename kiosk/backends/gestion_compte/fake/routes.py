"""The routes of the fake server, each a few lines over the coop; one at a time."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final, Protocol

from flask import Flask, Response, current_app, g, redirect, request
from markupsafe import Markup

from kiosk.backends.gestion_compte.fake import html
from kiosk.backends.gestion_compte.fake.coop import DUE_MINUTES, Bucket, FakeCoop, Place, Version
from kiosk.backends.gestion_compte.fake.sessions import FakeSession, FakeSessions
from kiosk.backends.gestion_compte.french import MONTHS, WEEKDAYS
from kiosk.clock import Clock
from kiosk.devices.cards import maybe_ean13

if TYPE_CHECKING:
    from jinja2 import Template

GREETINGS: Final = ("Bonjour", "Salut", "Coucou", "Hola", "Bienvenue", "Hello")
UNKNOWN_BADGE: Final = "Oups, ce badge n'est pas actif ou n'existe pas"
STALE_FORM: Final = "Une erreur s'est produite... The CSRF token is invalid. Please try to resubmit the form."
PUBLIC_DAYS: Final = 7
OFFICE_DAYS: Final = 28
READER_FORM: Final = "card_reader"


@dataclass(slots=True, kw_only=True)
class Setup:
    """How the server is set up, and may come to be; changed while it runs.

    Attributes:
        place_known: the terminal's address is in PLACE_LOCAL_IP_ADDRESS.
        single_sign_on: OIDC_ENABLE.
        user, password: of the service account.
        is_manager: the account has ROLE_SHIFT_MANAGER.
        first_password: the account has ROLE_PASSWORD_TO_SET.
        cookie_domain: ROUTER_REQUEST_CONTEXT_HOST.
        guards_scans: what upstream means to add: an access check on the scan.
        tokens_for_scans: what upstream means to add: a token with the scan.
        refuses_scans: what nobody has thought of: a scan leads back to the reader's page without a word.
    """

    version: Version = Version.MASTER
    place_known: bool = True
    single_sign_on: bool = False
    user: str = "borne"
    password: str = "un mot de passe"  # noqa: S105  of nobody
    is_manager: bool = True
    first_password: bool = False
    cookie_domain: str = "127.0.0.1"
    guards_scans: bool = False
    tokens_for_scans: bool = False
    refuses_scans: bool = False


class Server(Protocol):
    """What the routes need of the server they belong to."""

    coop: FakeCoop
    clock: Clock
    setup: Setup
    lock: threading.Lock
    sessions: FakeSessions
    requests: list[tuple[str, str]]

    def refresh(self) -> None: ...


class Routes:
    """The application of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._greetings = cycle(GREETINGS)
        self._marked: dict[str, int] = {}
        self._templates: dict[str, Template] = {}

    @property
    def _coop(self) -> FakeCoop:
        return self._server.coop

    @property
    def _setup(self) -> Setup:
        return self._server.setup

    @property
    def _is_master(self) -> bool:
        return self._setup.version is Version.MASTER

    def _now(self) -> datetime:
        return self._server.clock.now()

    def _today(self) -> date:
        return self._now().astimezone(self._coop.zone).date()

    def application(self) -> Flask:
        app = Flask("fake-gestion-compte")
        app.url_map.strict_slashes = False
        app.jinja_env.filters |= {
            "clock": lambda at: f"{at.astimezone(self._coop.zone):%-Hh%M}",
            "counter": _counter,
            "long": lambda day: _day(self._local(day)),
            "full": lambda day: f"{_day(self._local(day))} {self._local(day).year}",
        }
        for path, methods, view in self._table():
            app.add_url_rule(path, endpoint=f"{path} {methods}", view_func=self._locked(view), methods=methods.split())
        app.register_error_handler(404, lambda _: self._error(404))
        app.register_error_handler(405, lambda _: self._error(405))
        return app

    def _table(self) -> Iterator[tuple[str, str, Callable[..., Any]]]:
        yield "/card_reader/", "GET", self.reader
        yield "/cardReader", "GET", lambda: redirect("/card_reader/", 301)
        yield "/card_reader/check", "POST", self.check
        yield "/", "GET", self.home
        yield "/booking/day/<day>", "GET", self.day
        yield "/openinghours/widget", "GET", self.opening_hours
        yield "/closingexceptions/widget", "GET", self.closures
        yield "/events/widget", "GET", self.events
        yield "/login", "GET", self.login
        yield "/login_check", "POST", self.login_check
        yield "/booking/admin", "GET POST", self.office_list
        yield "/booking/admin/bucket/<int:place_id>/show", "GET", self.office_window
        yield "/booking/bucket/<int:place_id>/show", "GET", self.public_or_1x_window
        yield "/shift/<int:place_id>/validate_admin", "POST", self.validate
        yield "/shift/<int:place_id>/book_admin", "POST", self.book
        yield "/shift/<int:place_id>/free_admin", "POST", self.free

    def _locked(self, view: Callable[..., Any]) -> Callable[..., Response]:
        def locked(**arguments: Any) -> Response:
            with self._server.lock:
                self._server.requests.append((request.method, request.path))
                self._server.refresh()
                g.session = self._server.sessions.of(request)
                answer = view(**arguments)
                response = answer if isinstance(answer, Response) else Response(answer)
                self._server.sessions.keep(g.session, response, self._setup.cookie_domain)
                return response

        return locked

    # ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _render(self, template: str, layout: str = html.FULL, **values: Any) -> str:
        session: FakeSession = g.session
        known = {
            "coop": self._coop,
            "today": self._today(),
            "now": self._now(),
            "master": self._is_master,
            "token": session.token,
            **values,
        }
        content = Markup(self._fill(template, known))  # noqa: S704  our own templates
        flashes, session.flashes = session.flashes, []
        return self._fill(layout, {"coop": self._coop, "flashes": flashes, "content": content})

    def _fill(self, template: str, values: Mapping[str, Any]) -> str:
        if template not in self._templates:
            self._templates[template] = current_app.jinja_env.from_string(template)
        return self._templates[template].render(values)

    def _error(self, status: int) -> Response:
        g.session = FakeSession()
        return Response(self._render(html.ERROR, status=status), status)

    def _away(self, path: str) -> Any:
        """To a page by its whole address, as Symfony does for whoever is not let in."""
        return redirect(f"{request.host_url.rstrip('/')}{path}")

    def _to_login(self) -> Any:
        g.session.lasts = True
        return self._away("/oauth/login" if self._setup.single_sign_on else "/login")

    def _local(self, day: date | datetime) -> date:
        return day.astimezone(self._coop.zone).date() if isinstance(day, datetime) else day

    # ── the reader ────────────────────────────────────────────────────────────────────────────────────────────────

    def _maybe_kept_from_reader(self) -> Any:
        """Where a request of somebody leads who may not see the reader's page; None for whoever may."""
        if g.session.user:
            return Response(status=403) if self._setup.single_sign_on else None
        return None if self._setup.place_known else self._to_login()

    def reader(self) -> Any:
        if (away := self._maybe_kept_from_reader()) is not None:
            return away
        now = self._now()
        return self._render(
            html.READER,
            html.LIGHT,
            running=self._coop.in_progress(now),
            coming=self._coop.upcoming_today(now),
            is_open=True,
            csrf=g.session.token(READER_FORM) if self._setup.tokens_for_scans else "",
        )

    def check(self) -> Any:
        if self._setup.guards_scans and (away := self._maybe_kept_from_reader()) is not None:
            return away
        if self._setup.tokens_for_scans and not g.session.accepts(READER_FORM, request.form.get("_token")):
            return redirect("/card_reader/")
        code = request.values.get("swipe_code", "")
        if self._setup.refuses_scans or len(code) != 13 or maybe_ean13(code) is None:
            return redirect("/card_reader/")
        now = self._now()
        holder, enabled = self._coop.badges.get(code[:12], (None, False))
        if holder is None or not enabled:
            g.session.flashes.append(UNKNOWN_BADGE)
            return redirect("/card_reader/")
        second = int(now.timestamp())
        if self._is_master and self._marked.get(holder.id) == second:
            # What a scan has just marked lies in a cache for this second, detached: the second scan stumbles over it.
            return Response(self._render(html.ERROR, status=500), 500)
        scan = self._coop.scan(code[:12], now)
        assert scan is not None
        if scan.validated:
            self._marked[holder.id] = second
        household = [p for p in self._coop.beneficiaries.values() if p.membership is holder.membership]
        return self._render(
            html.CHECK,
            html.LIGHT,
            scan=scan,
            due=DUE_MINUTES,
            household=len(household) > 1,
            greeting=next(self._greetings),
            late_alt="" if self._is_master else Markup('alt="Oups" '),
        )

    # ── the public pages ──────────────────────────────────────────────────────────────────────────────────────────

    def home(self) -> Any:
        days = [self._today() + timedelta(days=ahead) for ahead in range(PUBLIC_DAYS + 1)]
        weeks: dict[int, list[date]] = {}
        for day in (day for day in days if self._coop.on_day(day)):
            weeks.setdefault(day.isocalendar().week, []).append(day)
        return self._render(
            html.HOME,
            weeks=[
                {"number": number, "days": found, "letter": self._letter(found[0])} for number, found in weeks.items()
            ],
            on_day=self._coop.on_day,
            bucket_free=_first_free,
        )

    def _letter(self, day: date) -> str:
        week_a = self._coop.week_a
        return "" if week_a is None else "ABCD"[(day - week_a).days // 7 % 4]

    def day(self, day: str) -> Any:
        if not self._is_master:
            return self._error(404)
        buckets = self._coop.on_day(date.fromisoformat(day))
        if not buckets:
            return Response(self._render(html.ERROR, status=500), 500)
        return self._fill(html.DAY, {"buckets": buckets, "master": True, "bucket_free": _first_free})

    def opening_hours(self) -> Any:
        by_day: dict[int, list[tuple[str, str]]] = {}
        for weekday, opens, closes in self._coop.hours:
            by_day.setdefault(weekday, []).append((opens.removesuffix("00"), closes.removesuffix("00")))
        hours = [(WEEKDAYS[weekday], by_day[weekday]) for weekday in sorted(by_day)]
        return self._render(html.OPENING_HOURS, html.LIGHT, hours=hours)

    def closures(self) -> Any:
        return self._render(html.CLOSURES, html.LIGHT)

    def events(self) -> Any:
        coming = [event for event in self._coop.events if event[1] > self._now()]
        return self._render(html.EVENTS, html.LIGHT, events=coming[: request.args.get("limit", 100, int)])

    # ── signing in ────────────────────────────────────────────────────────────────────────────────────────────────

    def login(self) -> Any:
        if self._setup.single_sign_on:
            return self._away("/oauth/login")
        return self._render(html.LOGIN, token=g.session.token("authenticate"))

    def login_check(self) -> Any:
        setup, form = self._setup, request.form
        is_right = (form.get("_username"), form.get("_password")) == (setup.user, setup.password)
        if not is_right or not g.session.accepts("authenticate", form.get("_csrf_token")):
            return self._away("/login")
        g.session = self._server.sessions.sign_in(g.session, setup.user)
        return self._away("/")

    def _maybe_shut_out(self) -> Any:
        """Where a request of the office's leads that is none; None for the shift manager."""
        if not g.session.user:
            return self._to_login()
        if self._setup.first_password:
            return self._away("/user/change_password")
        return None if self._setup.is_manager else Response(status=403)

    # ── the office ────────────────────────────────────────────────────────────────────────────────────────────────

    def office_list(self) -> Any:
        if (away := self._maybe_shut_out()) is not None:
            return away
        monday = self._today() - timedelta(days=self._today().weekday())
        first, last = monday, monday + timedelta(days=OFFICE_DAYS)
        form = request.form
        if request.method == "POST" and g.session.accepts("form", form.get("form[_token]")):
            first, last = (date.fromisoformat(form[f"form[{name}]"]) for name in ("from", "to"))
        days = [first + timedelta(days=ahead) for ahead in range((last - first).days)]
        return self._render(
            html.OFFICE_LIST,
            token=g.session.token("form"),
            monday=monday,
            window="",
            buckets=[bucket for day in days for bucket in self._coop.on_day(day)],
        )

    def office_window(self, place_id: int) -> Any:
        return self._window(place_id) if self._is_master else self._error(404)

    def public_or_1x_window(self, place_id: int) -> Any:
        if not self._is_master:
            return self._window(place_id)
        bucket = self._coop.bucket(place_id)
        return self._error(404) if bucket is None else self._fill(html.PUBLIC_WINDOW, {"bucket": bucket})

    def _window(self, place_id: int) -> Any:
        if (away := self._maybe_shut_out()) is not None:
            return away
        bucket = self._coop.bucket(place_id)
        if bucket is None:
            return self._error(404)
        values = {
            "bucket": bucket,
            "names": dict.fromkeys(self._coop.names(), ""),
            "token": g.session.token,
            "shows_presence": lambda place: self._coop.by_reader and place.starts_at <= self._now(),
        }
        return self._fill(html.OFFICE_WINDOW, values)

    def validate(self, place_id: int) -> Any:
        def act(place: Place, fields: Mapping[str, str]) -> str | None:
            return self._coop.set_carried_out(place, carried_out=fields.get("validate") == "1")

        return self._deed(place_id, "shift_validate_invalidate_forms_", act)

    def book(self, place_id: int) -> Any:
        def act(place: Place, fields: Mapping[str, str]) -> str | None:
            return self._coop.book(place, fields.get("shifter", ""), self._today())

        return self._deed(place_id, "shift_book_forms_", act)

    def free(self, place_id: int) -> Any:
        def act(place: Place, _fields: Mapping[str, str]) -> str | None:
            self._coop.free(place)
            return None

        return self._deed(place_id, "shift_free_forms_", act)

    def _deed(self, place_id: int, purpose: str, act: Callable[[Place, Mapping[str, str]], str | None]) -> Any:
        """A form of the office's: signed in, the right token, then the deed; a message either way."""
        if (away := self._maybe_shut_out()) is not None:
            return away
        place = self._coop.places.get(place_id)
        if place is None:
            return self._error(404)
        form = f"{purpose}{place_id}"
        fields = {name.removeprefix(f"{form}[").rstrip("]"): value for name, value in request.form.items()}
        wrong = act(place, fields) if g.session.accepts(form, fields.get("_token")) else STALE_FORM
        if request.headers.get("X-Requested-With") != "XMLHttpRequest":
            return self._away("/booking/admin")
        body = {"message": wrong or "C'est fait !", "card": "", "modal": ""}
        return Response(json.dumps(body), 400 if wrong else 200, content_type="application/json")


def _first_free(bucket: Bucket) -> Place | None:
    return next((place for place in bucket.sorted if place.shifter is None and place.kept_for is None), None)


def _counter(minutes: int) -> str:
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}h{abs(minutes) % 60:02}"


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day:2} {MONTHS[day.month - 1]}"
