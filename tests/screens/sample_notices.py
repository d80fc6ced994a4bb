"""Samples of what is closed, broken, too heavy or wrongly configured, and of the scale."""

from dataclasses import replace
from datetime import date

from kiosk.actions import Action
from kiosk.rules.amiss import Amiss, view_of
from kiosk.view_parts import Button, ButtonKind, Day, Frame, Hour, Panel, PanelTone, say
from kiosk.views import Edge, JarView, KeypadView, NoticeView, PromptView, View, WeightView
from tests.screens.sample_parts import BAND, CALL, DONE, HEADER, IDLE_BUTTONS, KNOWN_JAR, OFFLINE, TARE, at

AMISS = Amiss(
    file="/etc/coop-kiosk/kiosk.toml",
    faults=(
        '/etc/coop-kiosk/kiosk.toml, line 14: [reader] enabeld is not a key of this section; did you mean "enabled"?',
        "/etc/coop-kiosk/kiosk.toml, line 19: [door] relay_pin must be a whole number from 2 to 27, not 99",
    ),
)


def notices_samples() -> dict[str, View]:
    closed = NoticeView(
        frame=Frame(),
        edge=Edge.BRICK,
        icon="chat-question-outline",
        title=say("closed.title"),
        body=(say("closed.sub"), say("closed.how")),
        buttons=(
            Button(
                action=Action.SIGN_UP,
                label=say("closed.book"),
                icon="calendar-plus-outline",
                kind=ButtonKind.MAIN,
            ),
            replace(CALL, kind=ButtonKind.PLAIN),
            Button(action=Action.WHY, label=say("closed.why"), icon="help-circle-outline"),
        ),
    )
    broken = NoticeView(
        frame=Frame(header=HEADER),
        edge=Edge.SUN,
        icon="reader-off",
        title=say("broken.reader"),
        body=(say("broken.ring"),),
        buttons=(CALL, IDLE_BUTTONS[0]),
    )
    unknown = NoticeView(
        frame=Frame(),
        edge=Edge.PLUM,
        icon="card-search-outline",
        title=say("unknown.title"),
        body=(say("unknown.sub"),),
        panel=Panel(
            text=say("unknown.no"),
            code="…4F20",
            right=say("unknown.show"),
            icon="card-account-details-outline",
            tone=PanelTone.PLUM_SOFT,
        ),
        buttons=(CALL, DONE),
    )
    return {
        "closed": closed,
        "closed-why": replace(
            closed,
            body=(say("closed.hours"), say("closed.hours_do")),
            buttons=(closed.buttons[0], replace(CALL, kind=ButtonKind.PLAIN), DONE),
        ),
        "closed-inactive": replace(
            closed,
            body=(say("closed.inactive"), say("closed.inactive_do")),
            buttons=(CALL, DONE),
        ),
        "closed-asof": replace(
            closed,
            frame=Frame(header=OFFLINE),
            body=(say("closed.asof.day", day=Day(at(13, 18)), time=Hour(at(13, 18))),),
            buttons=(CALL, closed.buttons[2]),
        ),
        "closed-time": replace(
            closed,
            edge=Edge.NONE,
            icon="clock-outline",
            title=say("closed.time.tomorrow", time=Hour(at(15, 9))),
            body=(say("closed.time.sub"),),
            buttons=(
                Button(action=Action.WORK_NOW, label=say("idle.work"), icon="bell-ring-outline", kind=ButtonKind.MAIN),
                DONE,
            ),
        ),
        "unknown": unknown,
        "unknown-bank": replace(unknown, panel=None, body=(say("unknown.bank"),), icon="credit-card-outline"),
        "ringing": NoticeView(
            frame=Frame(),
            edge=Edge.NONE,
            icon="bell-ring-outline",
            title=say("bell.title"),
            body=(say("bell.sub"),),
            buttons=(Button(action=Action.STOP_BELL, label=say("bell.stop"), icon="bell-off-outline"),),
        ),
        "nobody": NoticeView(
            frame=Frame(),
            edge=Edge.SUN,
            icon="phone-outline",
            title=say("bell.nobody.title"),
            body=(say("bell.nobody", phone="01 42 00 00 00"),),
            buttons=(replace(CALL, label=say("bell.again")), DONE),
        ),
        "overload": NoticeView(
            frame=Frame(header=TARE),
            edge=Edge.BRICK,
            icon="weight",
            title=say("tare.over"),
            body=(say("tare.over.max", limit=6000), say("tare.over.do")),
            buttons=(KNOWN_JAR, DONE),
        ),
        "underload": NoticeView(
            frame=Frame(header=TARE),
            edge=Edge.SUN,
            icon="scale",
            title=say("tare.under"),
            body=(say("tare.under.do"),),
            buttons=(KNOWN_JAR, DONE),
        ),
        "light": NoticeView(
            frame=Frame(header=TARE),
            edge=Edge.SUN,
            icon="scale",
            title=say("tare.light"),
            body=(say("tare.light.do", limit=20), say("tare.zero.do")),
            buttons=(KNOWN_JAR, DONE),
        ),
        "broken-reader": broken,
        "broken-scale": replace(
            broken, icon="scale-off", title=say("broken.scale"), body=(say("broken.scale.do"),), buttons=(CALL, DONE)
        ),
        "broken-door": replace(
            broken, icon="door-off", title=say("broken.door"), body=(say("broken.door.do"),), buttons=(CALL, DONE)
        ),
        "broken-generic": replace(
            broken, icon="tools", title=say("broken.generic"), body=(say("broken.generic.do"),), buttons=(CALL, DONE)
        ),
        "amiss": view_of(AMISS),
    }


def scale_samples() -> dict[str, View]:
    keep = Button(action=Action.KEEP_TARE, label=say("tare.keep"), icon="check", kind=ButtonKind.MAIN)
    steady = WeightView(
        frame=Frame(header=TARE), grams=352, steady=True, caption=say("tare.steady"), buttons=(keep, DONE)
    )
    return {
        "tare-wait": PromptView(
            frame=Frame(header=TARE),
            picture="jar",
            title=say("tare.wait"),
            sub=(say("tare.wait.sub"),),
            buttons=(KNOWN_JAR, DONE),
        ),
        "searching": PromptView(
            frame=Frame(), picture="card", title=say("card.searching"), sub=(say("card.searching.sub"),)
        ),
        "two-cards": PromptView(frame=Frame(), picture="card", title=say("card.two"), buttons=(DONE,)),
        "tare-moving": WeightView(
            frame=Frame(header=TARE), grams=348, steady=False, caption=say("tare.moving"), buttons=(KNOWN_JAR, DONE)
        ),
        "tare-silent": WeightView(
            frame=Frame(header=TARE), grams=None, steady=False, caption=say("tare.silent"), buttons=(KNOWN_JAR, DONE)
        ),
        "tare-steady": steady,
        "tare-heavy": replace(steady, grams=12_345, corner=say("tare.count", n=12)),
        "card-band": replace(steady, frame=Frame(header=BAND), corner=say("tare.count", n=3)),
        "jar": JarView(
            frame=Frame(),
            title=say("jar.title"),
            grams=352,
            code="704825",
            line=say("jar.line", date=Day(date(2025, 10, 3))),
            ask=say("jar.ask"),
            buttons=(
                Button(action=Action.KEEP_TARE, label=say("jar.empty"), icon="check", kind=ButtonKind.MAIN),
                Button(action=Action.REWEIGH, label=say("jar.reweigh"), icon="scale"),
                DONE,
            ),
        ),
        "keypad": KeypadView(
            frame=Frame(),
            header=say("jar.header"),
            title=say("jar.type"),
            icon="barcode-scan",
            typed="704",
            length=6,
            cancel=Button(action=Action.CANCEL, label=say("help.cancel"), icon="close"),
        ),
        "keypad-remark": KeypadView(
            frame=Frame(header=OFFLINE),
            header=say("jar.header"),
            title=say("jar.type.only"),
            icon="barcode-scan",
            typed="704826",
            length=6,
            remark=say("jar.mistyped"),
            cancel=Button(action=Action.CANCEL, label=say("help.cancel"), icon="close"),
        ),
    }
