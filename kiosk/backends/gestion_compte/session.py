"""A conversation with a gestion-compte server: one request at a time, cookies kept, every redirect told apart.

Whoever stands in the shop and the shift manager have one each: signed in, the public pages are others.

Pages are never followed to another place: where a request leads says what became of it.

* ``/card_reader/`` after a scan: the card is unknown or disabled, or the scan was not taken. The next page of the same
  session says which, if the session's cookie was kept.
* ``/login`` or ``/oauth/login``: this terminal is not authorised, or its session is over. With an account it signs in
  anew, once; where single sign-on stands in the way it cannot.
* ``/user/change_password``: the account still has its first password.
* any other place, another host above all: a portal or a proxy speaks, not the server.

The session's cookie is bound to the host name that the server was set up with. Under another name it is dropped without
a word, and every form of the server would be refused: that is told as what it is.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Final
from urllib.parse import urljoin, urlsplit

from requests.cookies import RequestsCookieJar

from kiosk.backends.gestion_compte import words
from kiosk.backends.gestion_compte.office_pages import read_login_token
from kiosk.backends.rest_transport import HttpAnswer, Transport
from kiosk.backends.server_time import ServerTime
from kiosk.clock import Clock
from kiosk.errors import BackendUnavailable, NotAuthorised

COOKIE: Final = "USERSSID"
READER: Final = "/card_reader/"
LOGIN: Final = "/login"
LOGIN_CHECK: Final = "/login_check"
SINGLE_SIGN_ON: Final = "/oauth/login"
FIRST_PASSWORD: Final = "/user/change_password"  # noqa: S105  a path


class AccountRefused(NotAuthorised):
    """Error raised when the server does not take the account, or not for this; whoever has none is served as before.

    Attributes:
        words: the same for a coordinator.
    """

    def __init__(self, message: str, words: str) -> None:
        super().__init__(message)
        self.words = words


@dataclass(frozen=True, slots=True)
class Page:
    """A whole answer.

    Attributes:
        status: 200, 302, 400 or 404; anything else is raised.
        html: the text, with signs that are no UTF-8 replaced: some initials are half a sign.
        leads_to: the path that a redirect names, on the server itself.
        has_session: the server gave a cookie with it.
    """

    status: int
    html: str
    leads_to: str = ""
    has_session: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """The page after an answer.

    ``told``: what the server had to say about that answer stands on it, as the cookie it gave for that was kept.
    """

    page: Page
    told: bool


@dataclass(frozen=True, slots=True)
class Account:
    """The service account of the shift manager's tier."""

    user: str
    password: str


class Budget:
    """What is left of the time for several requests."""

    def __init__(self, seconds: float) -> None:
        # Not the injected clock: sockets wait in the machine's own time.
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds.

        Raises:
            BackendUnavailable: none are.
        """
        left = self._at - time.monotonic()
        if left <= 0:
            raise BackendUnavailable("the answer took too long")
        return left


class Session:
    """The server, from any thread; who comes second waits.

    Args:
        url: scheme, host and perhaps a path in front of ``/card_reader/``.
        clock: this terminal's own time, to be compared with the server's.
        turn: held during a request; the same for all conversations with a server.
        account: signs in where a page asks for it; None is whoever stands in the shop.
        ca_file: certificates to trust instead of the machine's.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        turn: threading.Lock,
        account: Account | None = None,
        ca_file: str | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._account = account
        self._cookies = RequestsCookieJar()
        self._transport = Transport(self._url, None, ca_file, self._cookies)
        self._turn = turn
        self._logins = 0
        self.time = ServerTime(clock)
        """The server's."""
        self.is_reached = False
        """The last request was answered, by the server or whoever stands for it."""

    @property
    def _keeps_cookies(self) -> bool:
        """The server's session lives: what it says on the next page is said to us."""
        return any(cookie.name == COOKIE for cookie in self._cookies)

    def get(self, path: str, budget: Budget) -> Page:
        """A page. With an account it signs in where the page asks for it.

        Raises:
            NotAuthorised: the server wants to know who asks; :class:`AccountRefused` where that was said.
            BackendUnavailable: no usable answer in time.
        """
        with self._in_turn(budget):
            return self._page("GET", path, budget)

    def post_and_look(self, path: str, form: Mapping[str, str], at: str, budget: Budget) -> tuple[Page, Look | None]:
        """Send a form; if the answer leads to the page ``at``, that page, too, before anyone else sees it.

        For errors see :meth:`get`.
        """
        with self._in_turn(budget):
            logins = self._logins
            answer = self._page("POST", path, budget, form)
            if answer.status != 302 or answer.leads_to != at:
                return answer, None
            # Looking ends a session that held nothing but this one message.
            kept = self._keeps_cookies or not answer.has_session
            page = self._page("GET", at, budget)
            # Signing in for the look begins another session than the one that was told.
            return answer, Look(page, kept and logins == self._logins)

    def post(self, path: str, form: Mapping[str, str], budget: Budget, *, as_script: bool = True) -> Page:
        """Send a form; its token came with :meth:`get`. For errors see there.

        ``as_script`` asks for the answer that a script gets, a message; without it a page comes.
        """
        headers = {"X-Requested-With": "XMLHttpRequest"} if as_script else {}
        with self._in_turn(budget):
            return self._page("POST", path, budget, form, headers)

    def close(self) -> None:
        """Close the connections. Twice does no harm."""
        self._transport.close()

    # ── in turn ───────────────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _in_turn(self, budget: Budget) -> Iterator[None]:
        if not self._turn.acquire(timeout=budget.left()):
            raise BackendUnavailable("the server is still busy with another request")
        try:
            yield
        finally:
            self._turn.release()

    def _page(
        self,
        method: str,
        path: str,
        budget: Budget,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        send = partial(self._exchange, method, path, budget, form, headers)
        page = send()
        if self._account is not None and page.status == 302 and _is_login(page.leads_to):
            self._sign_in(self._account, budget)
            if form is not None:
                # Its token belonged to the session that is over: whoever sent it has to fetch a new one.
                raise BackendUnavailable("the session was over; it is open again")
            page = send()
            if page.status == 302 and _is_login(page.leads_to):
                raise AccountRefused("the server signs the account in and forgets it at once", words.ACCOUNT_FORGOTTEN)
        if page.status == 302:
            _judge(page.leads_to)
        return page

    def _exchange(
        self,
        method: str,
        path: str,
        budget: Budget,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        wanted = {"Accept": "text/html, application/json", **(headers or {})}
        self.is_reached = False
        answer = self._transport.exchange(method, path, budget.left(), form=form, headers=wanted)
        self._note_time(answer)
        self.is_reached = answer.status < 500
        if answer.status in {200, 400, 404}:
            return Page(answer.status, answer.body.decode("utf-8", "replace"))
        if answer.status in {301, 302, 303, 307, 308}:
            return Page(302, "", self._own_path(answer.headers.get("Location", "")), "Set-Cookie" in answer.headers)
        if answer.status in {401, 403}:
            who, where = "this terminal" if self._account is None else "the account", path.partition("?")[0]
            message = f"the server does not let {who} see {where}"
            raise NotAuthorised(message) if self._account is None else AccountRefused(message, words.ACCOUNT_MAY_NOT)
        raise BackendUnavailable(f"the server answers {answer.status}")

    def _own_path(self, location: str) -> str:
        """The path of a redirect below the server's own address."""
        base = urlsplit(self._url)
        target = urlsplit(urljoin(f"{self._url}/", location))
        if target.hostname != base.hostname:
            raise BackendUnavailable("the answer leads to another server")
        # The other way round is a server that does not know it stands behind a proxy.
        if (base.scheme, target.scheme) == ("http", "https"):
            raise BackendUnavailable("the server wants https://: write that in url")
        return target.path.removeprefix(base.path)

    def _note_time(self, answer: HttpAnswer) -> None:
        with suppress(ValueError, OverflowError):
            self.time.hear(parsedate_to_datetime(answer.headers.get("Date", "")).astimezone(UTC))

    # ── the account ───────────────────────────────────────────────────────────────────────────────────────────────

    def _sign_in(self, account: Account, budget: Budget) -> None:
        form = self._exchange("GET", LOGIN, budget)
        if form.status == 302 and form.leads_to.startswith(SINGLE_SIGN_ON):
            raise AccountRefused(
                "the server signs people in elsewhere (OIDC): an account's password is not taken",
                words.ACCOUNT_ELSEWHERE,
            )
        if form.status != 200:
            raise BackendUnavailable("the server shows no way to sign in")
        if not self._keeps_cookies:
            raise AccountRefused(
                "the server's session is for another host name: write the name of ROUTER_REQUEST_CONTEXT_HOST in url",
                words.ACCOUNT_FORGOTTEN,
            )
        fields = {
            "_username": account.user,
            "_password": account.password,
            "_csrf_token": read_login_token(form.html),
        }
        answer = self._exchange("POST", LOGIN_CHECK, budget, fields)
        if answer.status != 302:
            raise BackendUnavailable("the server answers a login with a page")
        if _is_login(answer.leads_to):
            raise AccountRefused("the server does not take the account's name and password", words.ACCOUNT_WRONG)
        _judge(answer.leads_to)
        self._logins += 1


def _is_login(leads_to: str) -> bool:
    return LOGIN in leads_to


def _judge(leads_to: str) -> None:
    """Raise what a redirect means, unless it is an outcome of the request itself."""
    if leads_to.startswith(SINGLE_SIGN_ON):
        raise NotAuthorised("the server does not know this place, and signs people in elsewhere (OIDC)")
    if _is_login(leads_to):
        raise NotAuthorised("the server does not know this place: PLACE_LOCAL_IP_ADDRESS names no such address")
    if leads_to.startswith(FIRST_PASSWORD):
        raise AccountRefused(
            "the account still has its first password: sign in once by hand and change it", words.ACCOUNT_FIRST_PASSWORD
        )
