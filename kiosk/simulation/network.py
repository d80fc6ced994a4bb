"""The way from a terminal to the server: cut, slow, lying, or losing answers, as the story has it."""

import json as json_text
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Final

from kiosk.backends.rest_transport import HttpAnswer
from kiosk.errors import BackendUnavailable
from kiosk.simulation.kernel import Kernel, Killed
from kiosk.simulation.server import CoopServer

USUAL_SECONDS = (0.01, 0.08)
LIES: Final[tuple[tuple[int, dict[str, str], bytes], ...]] = (
    (200, {"Content-Type": "text/html"}, b"<html><title>Welcome to this hotel</title></html>"),
    (200, {}, b"{}"),
    (200, {}, b'{"full": true, "last": true, "curs'),
    (204, {}, b""),
    (302, {"Location": "https://portal.invalid/"}, b""),
    (200, {}, b'{"id": "somebody-elses", "outcome": "accepted"}'),
    (502, {}, b"<h1>Bad Gateway</h1>"),
)
"""What portals, proxies and half-dead servers say."""


class Weather(StrEnum):
    """How the way is."""

    CLEAR = "clear"
    CUT = "cut"
    SLOW = "slow"
    LYING = "lying"


@dataclass(slots=True)
class Way:
    """The state of the way.

    Attributes:
        troubles: statuses that the server answers next, instead of doing anything.
        answers_to_lose: so many requests are carried out and never answered.
    """

    weather: Weather = Weather.CLEAR
    troubles: deque[int] = field(default_factory=deque)
    answers_to_lose: int = 0

    @property
    def is_cut(self) -> bool:
        """Nothing comes through."""
        return self.weather is Weather.CUT


class SimulatedExchanger:
    """Carries requests of one terminal.

    Args:
        kernel: time passes on the way.
        chance: how much.
        server: at its end.
        way: how it is.
        terminal: who asks.
    """

    def __init__(self, kernel: Kernel, chance: Random, server: CoopServer, way: Way, terminal: str) -> None:
        self._kernel = kernel
        self._chance = chance
        self._server = server
        self._way = way
        self._terminal = terminal

    def exchange(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        query: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """One request and its answer, if the way allows.

        Raises:
            BackendUnavailable: no answer came in time.
        """
        assert form is None
        way, chance = self._way, self._chance
        if way.is_cut:
            # A cable that is out is noticed at once, a dead route only by waiting.
            self._pass(chance.choice((0.001, min(4.0, seconds))))
            raise BackendUnavailable("the server cannot be reached")
        there = chance.uniform(2.0, 15.0) if way.weather is Weather.SLOW else chance.uniform(*USUAL_SECONDS)
        self._pass(min(there, seconds) / 2)
        if there > seconds:
            self._pass(seconds / 2)
            raise BackendUnavailable("the answer took too long")
        if way.is_cut:
            raise BackendUnavailable("the connection broke")
        if way.weather is Weather.LYING:
            status, told, body = chance.choice(LIES)
            return HttpAnswer(status, told, body)
        if way.troubles:
            return _trouble(way.troubles.popleft(), chance)
        sent = json_text.loads(json_text.dumps(json))
        answer = self._server.answer(self._terminal, method, path, query=query or {}, body=sent, headers=headers or {})
        if way.answers_to_lose:
            way.answers_to_lose -= 1
            self._pass(seconds if chance.random() < 0.5 else 0.05)
            raise BackendUnavailable("the answer was lost")
        self._pass(there / 2)
        if way.is_cut:
            raise BackendUnavailable("the connection broke")
        return answer

    def close(self) -> None:
        """Nothing is held."""

    def _pass(self, seconds: float) -> None:
        if not self._kernel.block(seconds):
            raise Killed


def _trouble(status: int, chance: Random) -> HttpAnswer:
    headers = {"Retry-After": str(chance.randint(1, 60))} if chance.random() < 0.5 else {}
    code = {401: "not_authorised", 422: "trouble"}.get(status, "trouble")
    body = {"status": status, "code": code, "detail": "As the story has it."}
    return HttpAnswer(status, headers, json_text.dumps(body).encode())
