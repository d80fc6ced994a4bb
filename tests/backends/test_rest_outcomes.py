"""From what a server answers over HTTP to what becomes of a fact."""

import json

import pytest

from kiosk.backends.base import Accepted, Refused, Retry
from kiosk.backends.rest import outcome_of
from kiosk.backends.rest_transport import HttpAnswer
from kiosk.errors import BackendUnavailable


def told(status: int, code: str | None = None, **headers: str) -> HttpAnswer:
    body = {"code": code, "detail": "C'est trop tard."} if code else {}
    return HttpAnswer(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode()
    )


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (told(200), Accepted()),
        (told(201), Accepted()),
        (told(409, "in_flight"), Retry(2.0, "the server is still busy with it")),
        (told(409, "in_flight", Retry_After="9"), Retry(9.0, "the server is still busy with it")),
        (told(409, "taken"), Refused("C'est trop tard.")),
        (told(422, "key_reused"), Refused("C'est trop tard.")),
        (told(400, "not_understood"), Refused("C'est trop tard.")),
        (told(404, "unknown"), Refused("C'est trop tard.")),
        (told(429, "slow_down", Retry_After="30"), Retry(30.0, "the server answers 429")),
        (told(503, Retry_After="30"), Retry(30.0, "the server answers 503")),
        (told(503, Retry_After="999999"), Retry(3600.0, "the server answers 503")),
        (told(503, Date="Tue, 24 Nov 2026 15:04:00 GMT", Retry_After="Tue, 24 Nov 2026 15:05:00 GMT"),
         Retry(60.0, "the server answers 503")),
        (told(503, Date="Tue, 24 Nov 2026 15:04:00 GMT", Retry_After="Mon, 23 Nov 2026 15:05:00 GMT"),
         Retry(0.0, "the server answers 503")),
    ],
)  # fmt: skip
def test_answers_become_outcomes(answer: HttpAnswer, outcome: object) -> None:
    assert outcome_of(answer) == outcome


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(told(500), id="trouble"),
        pytest.param(told(503, Retry_After="soon"), id="trouble, no time"),
        pytest.param(told(429), id="not now, no time"),
        pytest.param(told(404), id="a proxy's 404"),
        pytest.param(told(302), id="elsewhere"),
        pytest.param(told(204), id="no word"),
        pytest.param(HttpAnswer(200, {}, b"OK"), id="not in JSON"),
    ],
)
def test_what_is_not_in_the_words_of_the_contract_decides_nothing(answer: HttpAnswer) -> None:
    with pytest.raises(BackendUnavailable):
        outcome_of(answer)


def test_refusal_is_shortened_and_shown_safely() -> None:
    body = {"code": "no", "detail": "a\x1b[2J\n" + "b" * 5000}
    outcome = outcome_of(HttpAnswer(422, {}, json.dumps(body).encode()))
    assert isinstance(outcome, Refused)
    assert outcome.reason.isprintable()
    assert len(outcome.reason) == 200
