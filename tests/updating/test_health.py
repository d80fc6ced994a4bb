"""When a version on trial is well, and when it is not."""

from dataclasses import replace

import pytest

from kiosk.updating.health import LIMIT_SECONDS, MOST_DEATHS, STEADY_SECONDS, Look, Verdict, Watched, judge

GOOD = {"version": "2", "lost": [], "online": True, "store_fault": None}


def look(at, process=7, runs=True, **status):
    return Look(at=at, runs=runs, process=process, status=GOOD | status)


def watch(*looks, **watched):
    now, verdict = Watched(version="2", began=0.0, **watched), Verdict.WAITING
    verdicts = []
    for one in looks:
        now, verdict = judge(now, one)
        verdicts.append(verdict)
    return now, verdicts


def test_well_is_well_for_a_while_without_a_break():
    _, verdicts = watch(look(1), look(1 + STEADY_SECONDS - 0.1), look(1 + STEADY_SECONDS))
    assert verdicts == [Verdict.WAITING, Verdict.WAITING, Verdict.WELL]


def test_a_break_begins_the_while_anew():
    now, verdicts = watch(
        look(1), look(15, lost=["reader"]), look(16), look(1 + STEADY_SECONDS), look(16 + STEADY_SECONDS)
    )
    assert verdicts == [Verdict.WAITING] * 4 + [Verdict.WELL]
    assert now.deaths == 0


def test_what_is_not_well_after_two_minutes_is_sick():
    now, verdicts = watch(look(LIMIT_SECONDS - 1, runs=False), look(LIMIT_SECONDS, runs=False))
    assert verdicts == [Verdict.WAITING, Verdict.SICK]
    assert now.why_not == "does not run"


def test_who_became_well_at_the_last_moment_may_show_that_it_lasts():
    _, verdicts = watch(look(LIMIT_SECONDS - 1), look(LIMIT_SECONDS + 5), look(LIMIT_SECONDS - 1 + STEADY_SECONDS))
    assert verdicts == [Verdict.WAITING, Verdict.WAITING, Verdict.WELL]


def test_who_wavers_at_the_end_is_sick():
    _, verdicts = watch(look(LIMIT_SECONDS - 1), look(LIMIT_SECONDS + 5, store_fault="full"))
    assert verdicts[-1] is Verdict.SICK


def test_who_dies_too_often_is_sick_at_once():
    now, verdicts = watch(*(look(float(at), process=at) for at in range(1, MOST_DEATHS + 2)))
    assert verdicts == [Verdict.WAITING] * MOST_DEATHS + [Verdict.SICK]
    assert now.why_not == "was started anew by itself"


def test_one_that_is_gone_for_a_moment_and_back_under_another_number_has_died():
    now, _ = watch(look(1), look(2, process=None, runs=False), look(3, process=8))
    assert now.deaths == 1
    assert now.steady_since == 3


@pytest.mark.parametrize(
    ("before", "status", "why"),
    [
        ({}, {"lost": ["scale", "door"]}, "has lost what answered before: door, scale"),
        ({"lost": frozenset({"door"})}, {"lost": ["scale", "door"]}, "has lost what answered before: scale"),
        ({"lost": frozenset({"door"})}, {"lost": ["door"]}, None),
        ({"online": True}, {"online": False}, "does not reach the server, which answered before"),
        ({"online": False}, {"online": False}, None),
        ({}, {"version": "1"}, "answers as version 1"),
        ({}, {"silent": ["screen", "reader"]}, "shows no life in reader, screen"),
        ({}, {"store_fault": "read_only"}, "cannot write what happens (read_only)"),
    ],
)
def test_a_version_is_measured_by_what_answered_before(before, status, why):
    now, [verdict] = watch(look(1, **status), **before)
    assert now.why_not == (why or "is well, and not for long enough")
    assert (now.steady_since is None) == (why is not None)
    assert verdict is Verdict.WAITING


def test_no_answer_is_not_well():
    now, _ = watch(replace(look(1), status=None))
    assert now.why_not == "does not answer on its control socket"
