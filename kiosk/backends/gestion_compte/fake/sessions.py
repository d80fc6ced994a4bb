"""Sessions of the fake server: a cookie bound to its host name, messages for the next page, tokens for each form."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from flask import Request, Response

COOKIE: Final = "USERSSID"


@dataclass(slots=True)
class FakeSession:
    """What the server remembers of one visitor.

    Attributes:
        flashes: for the next page.
        user: who is signed in.
        lasts: it holds more than a message, a token that was given out or where the visitor wanted to go.
    """

    id: str = field(default_factory=lambda: secrets.token_hex(13))
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    flashes: list[str] = field(default_factory=list)
    user: str = ""
    lasts: bool = False

    def token(self, form: str) -> str:
        self.lasts = True
        return hmac.new(self.secret, form.encode(), hashlib.sha256).hexdigest()[:43]

    def accepts(self, form: str, token: str | None) -> bool:
        return hmac.compare_digest(self.token(form), token or "")


class FakeSessions:
    """All of them, by the cookie's value."""

    def __init__(self) -> None:
        self._known: dict[str, FakeSession] = {}

    def of(self, request: Request) -> FakeSession:
        """The visitor's session, or a new one that is kept if it comes to hold something."""
        return self._known.get(request.cookies.get(COOKIE, "")) or FakeSession()

    def keep(self, session: FakeSession, response: Response, domain: str) -> None:
        """Send a cookie for what is new, and take back that of a session that held nothing but a message."""
        holds = session.user or session.flashes or session.lasts
        if holds and session.id not in self._known:
            self._known[session.id] = session
            response.set_cookie(COOKIE, session.id, domain=domain, httponly=True)
        elif not holds and session.id in self._known:
            del self._known[session.id]
            response.delete_cookie(COOKIE, domain=domain, httponly=True)

    def sign_in(self, session: FakeSession, user: str) -> FakeSession:
        """A fresh session for who has signed in."""
        self._known.pop(session.id, None)
        return FakeSession(user=user)

    def expire(self) -> None:
        """Forget everybody."""
        self._known.clear()
