"""Samples of the idle screen and of what follows a card."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.view_parts import Button, ButtonKind, Day, Frame, Header, Hour, Names, Panel, say
from kiosk.views import BoardLine, IdleView, ResultTone, ResultView, View
from tests.screens.sample_parts import (
    BOARD,
    CALL,
    DONE,
    HEADER,
    IDLE_BUTTONS,
    KNOWN_JAR,
    MY_SHIFTS,
    NIGHT_HEADER,
    NOW,
    OFFLINE,
    TARE,
    UNDO_HOW,
    at,
    slot,
)


def idle_samples() -> dict[str, View]:
    idle = IdleView(
        frame=Frame(header=HEADER),
        picture="card",
        title=say("idle.title"),
        sub=say("idle.sub"),
        board=BOARD,
        buttons=IDLE_BUTTONS,
    )
    return {
        "idle": idle,
        "idle-offline": replace(idle, frame=Frame(header=OFFLINE)),
        "idle-stale": replace(idle, frame=Frame(header=HEADER, stale=True)),
        "idle-many": replace(
            idle,
            sub=say("idle.gauge", n=118, m=142),
            board=(
                BoardLine(
                    label=say("board.now"),
                    headline=say("board.here", n=11, m=14),
                    here=11,
                    of=14,
                    gap=say("board.gap", n=3),
                ),
                BoardLine(
                    label=say("board.tomorrow", time=Hour(at(15, 10, 45))),
                    headline=None,
                    here=0,
                    of=0,
                    gap=say("board.gap", n=12),
                ),
            ),
        ),
        "idle-bare": replace(idle, board=(), buttons=IDLE_BUTTONS[:2]),
        "idle-bulk": replace(
            idle,
            frame=Frame(header=Header(text=say("idle.header.bulk", day=Day(NOW), time=Hour(NOW)))),
            picture="jar",
            title=say("tare.wait"),
            sub=say("tare.wait.sub"),
            board=(),
            steps=(say("bulk.place"), say("bulk.stick"), say("bulk.fill")),
            buttons=(KNOWN_JAR, replace(CALL, kind=ButtonKind.PLAIN)),
        ),
        "idle-night": IdleView(
            frame=Frame(header=NIGHT_HEADER, night=True),
            picture="card",
            title=say("idle.closed", time=Hour(at(15, 9))),
            sub=say("idle.closed.sub"),
            board=(
                BoardLine(
                    label=say("board.tomorrow", time=Hour(at(15, 9))),
                    headline=say("board.booked", n=2, m=4),
                    here=2,
                    of=4,
                    gap=say("board.gap", n=2),
                ),
            ),
            buttons=(
                Button(action=Action.WORK_NOW, label=say("idle.work"), icon="bell-ring-outline"),
                IDLE_BUTTONS[2],
            ),
        ),
        "idle-alarm": replace(idle, sub=say("door.close")),
    }


def results_samples() -> dict[str, View]:
    welcome = ResultView(
        frame=Frame(),
        tone=ResultTone.LEAF,
        icon="check-circle-outline",
        title=say("open.title"),
        body=(say("open.sub", name="Camille"),),
        panel=Panel(text=say("open.next", slot=slot(21, (16, 0), (19, 0))), icon="calendar-check-outline"),
        buttons=(MY_SHIFTS, DONE),
    )
    done = replace(
        welcome,
        icon="account-check-outline",
        title=say("shift.done", name="Camille"),
        body=(say("shift.noted", time=Hour(at(14, 15, 52))),),
        panel=Panel(text=say("shift.team", names=Names(("Sam", "Noé", "Ines"))), icon="account-group-outline"),
        note=UNDO_HOW,
        buttons=(
            Button(
                action=Action.ROLL_CALL,
                label=say("shift.team.see"),
                icon="account-group-outline",
                kind=ButtonKind.MAIN,
            ),
            DONE,
        ),
    )
    booked = replace(
        done,
        icon="calendar-check-outline",
        title=say("need.booked"),
        body=(say("need.booked.sub", name="Camille"),),
        panel=Panel(
            text=say("need.booked.line", slot=slot(19, (10, 0), (12, 30)), job="Accueil"), icon="clock-outline"
        ),
        buttons=(MY_SHIFTS, DONE),
    )
    kept = ResultView(
        frame=Frame(header=TARE),
        tone=ResultTone.LEAF,
        icon="jar",
        title=say("tare.kept"),
        body=(say("tare.kept.write"),),
        panel=Panel(
            text=say("tare.done.line", grams=352),
            icon="jar",
            left=say("tare.count", n=3),
            code="704825",
        ),
        buttons=(
            Button(action=Action.ANOTHER_JAR, label=say("tare.another"), icon="jar", kind=ButtonKind.MAIN),
            DONE,
        ),
    )
    return {
        "welcome": welcome,
        "welcome-bare": replace(welcome, panel=None),
        "welcome-reopen": replace(
            welcome, buttons=(MY_SHIFTS, Button(action=Action.REOPEN, label=say("open.reopen"), icon="door"))
        ),
        "welcome-early": replace(
            welcome,
            body=(say("open.worker", name="Camille"),),
            panel=Panel(text=say("open.early", time=Hour(at(15, 13, 45))), icon="clock-outline"),
        ),
        "welcome-long": replace(
            welcome,
            body=(say("open.sub", name="Marie-Christine"), say("open.help", n=2)),
            panel=Panel(text=say("open.next", slot=slot(28, (10, 45), (13, 30))), icon="calendar-check-outline"),
            buttons=(MY_SHIFTS, Button(action=Action.WORK_NOW, label=say("open.work"), icon="hand-wave-outline"), DONE),
        ),
        "attention": ResultView(
            frame=Frame(),
            tone=ResultTone.SUN,
            icon="message-text-outline",
            title=say("open.title"),
            body=(say("alert.hello", name="Camille"), say("alert.sub")),
            buttons=(
                Button(action=Action.READ, label=say("alert.read"), icon="message-text-outline", kind=ButtonKind.DARK),
                Button(action=Action.LATER, label=say("alert.later"), icon="clock-outline"),
            ),
        ),
        "attention-offline": ResultView(
            frame=Frame(header=OFFLINE),
            tone=ResultTone.SUN,
            icon="message-text-outline",
            title=say("open.title"),
            body=(say("alert.offline"),),
            buttons=(DONE,),
        ),
        "done": done,
        "done-bare": replace(done, panel=None, note=None),
        "done-long": replace(
            done,
            title=say("shift.done", name="Marie-Christine"),
            body=(
                say("shift.noted.here", time=Hour(at(14, 15, 52))),
                say("shift.newcomer", n=1, names=Names(("Jean-Baptiste",))),
            ),
            panel=Panel(
                text=say("shift.team", names=Names(("Marie-Christine", "Jean-Baptiste", "Noé", "Ines"))),
                icon="account-group-outline",
            ),
        ),
        "booked": booked,
        "booked-open": replace(booked, body=(say("need.booked.open", name="Marie-Christine"),)),
        "kept": kept,
        "undone": replace(
            done,
            icon="undo",
            title=say("shift.undone"),
            body=(say("shift.undone.sub"),),
            panel=None,
            note=None,
            buttons=(DONE,),
        ),
    }
