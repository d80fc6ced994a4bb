"""A view for every screen, as the rules build them, with everyday values and with the longest ones."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.events import Action
from kiosk.views import (
    BoardLine,
    Button,
    ButtonKind,
    ChoicesView,
    Countdown,
    Day,
    Duration,
    Edge,
    Frame,
    Header,
    HelpView,
    Hour,
    Hours,
    IdleView,
    JarView,
    JobRow,
    KeypadView,
    Line,
    Names,
    NoticeView,
    OfferRow,
    Panel,
    PanelTone,
    PersonRow,
    PromptView,
    QuestionView,
    ResultTone,
    ResultView,
    RollCallView,
    ShiftRow,
    ShiftsView,
    SignUpView,
    Slot,
    StillThereView,
    TextView,
    Tile,
    View,
    WeightView,
    literal,
    say,
)

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2025, 10, 14, 12, 32, tzinfo=UTC)
DONE = Button(action=Action.DONE, label=say("my.done"), icon="check")
CALL = Button(action=Action.CALL_DESK, label=say("closed.call"), icon="bell-ring-outline", kind=ButtonKind.MAIN)
MY_SHIFTS = Button(
    action=Action.MY_SHIFTS, label=say("open.shifts"), icon="calendar-account-outline", kind=ButtonKind.MAIN
)
KNOWN_JAR = Button(action=Action.JAR_KNOWN, label=say("tare.known"), icon="barcode-scan")
UNDO_HOW = Line(text=say("shift.undo_how", n=30), icon="undo")
HEADER = Header(text=say("idle.header", day=Day(NOW), time=Hour(NOW), week="B"))
NIGHT_HEADER = Header(text=say("idle.header.closed", day=Day(NOW), time=Hour(NOW)), icon="weather-night")
OFFLINE = Header(
    text=say("offline.header", time=Hour(NOW - timedelta(minutes=27))),
    second=say("offline.header2", day=Day(NOW), time=Hour(NOW)),
    icon="cloud-off-outline",
    bold=True,
)
TARE = Header(text=say("tare.header"))
BAND = Header(
    text=say("tare.band.hello", name="Camille"), second=say("tare.band"), icon="check-circle-outline", band=True
)


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    """A time in Paris."""
    return datetime(2025, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def slot(day: int, start: tuple[int, int], end: tuple[int, int], month: int = 10) -> Slot:
    """A shift of one day."""
    return Slot(at(day, *start, month=month), at(day, *end, month=month))


BOARD = (
    BoardLine(label=say("board.now"), headline=say("board.here", n=5, m=6), here=5, of=6),
    BoardLine(label=say("board.next", time=Hour(at(14, 19))), headline=None, here=0, of=0, gap=say("board.gap", n=2)),
)
IDLE_BUTTONS = (
    Button(action=Action.WEIGH, label=say("idle.weigh"), icon="scale"),
    Button(action=Action.ROLL_CALL, label=say("idle.team"), icon="account-group-outline"),
    Button(action=Action.NO_CARD, label=say("idle.nocard"), icon="card-account-details-outline"),
)


def _idle() -> dict[str, View]:
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


def _results() -> dict[str, View]:
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


def _notices() -> dict[str, View]:
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
            title=say("closed.why.title"),
            body=(say("closed.hours"), say("closed.hours_do")),
            buttons=(closed.buttons[0], replace(CALL, kind=ButtonKind.PLAIN), DONE),
        ),
        "closed-inactive": replace(
            closed,
            title=say("closed.why.title"),
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
            body=(say("tare.light.do", limit=20),),
            buttons=(KNOWN_JAR, DONE),
        ),
        "broken-reader": broken,
        "broken-scale": replace(
            broken, icon="scale-off", title=say("broken.scale"), body=(say("broken.scale.do"),), buttons=(CALL, DONE)
        ),
        "broken-door": replace(
            broken, icon="door-off", title=say("broken.door"), body=(say("broken.door.do"),), buttons=(CALL, DONE)
        ),
        "broken-store": replace(
            broken, icon="memory", title=say("broken.store"), body=(say("broken.store.do"),), buttons=(CALL, DONE)
        ),
        "broken-generic": replace(
            broken, icon="tools", title=say("broken.generic"), body=(say("broken.generic.do"),), buttons=(CALL, DONE)
        ),
    }


def _people() -> dict[str, View]:
    question = QuestionView(
        frame=Frame(header=Header(text=say("shift.hello", name="Camille"))),
        title=say("shift.ask"),
        panel=Panel(
            text=say("shift.until", job="Caisse", end=Hour(at(14, 19))), icon="clock-outline", tone=PanelTone.SKY_SOFT
        ),
        main=Button(
            action=Action.START_SHIFT,
            label=say("shift.yes"),
            sub=say("shift.yes.sub"),
            icon="hand-wave-outline",
            kind=ButtonKind.MAIN,
            countdown=Countdown(ends_at=9.0, seconds=15.0),
        ),
        others=(
            Button(action=Action.JUST_SHOPPING, label=say("shift.no"), icon="basket-outline"),
            Button(action=Action.PARTNER_ABSENT, label=say("shift.absent"), icon="account-off-outline"),
        ),
    )
    shifts = ShiftsView(
        frame=Frame(),
        title=say("my.title"),
        tiles=(
            Tile(label=say("my.balance"), figure=literal("1\u00a0h\u00a030"), rest=say("my.ahead")),
            Tile(
                label=say("my.due"),
                figure=literal("1\u00a0h\u00a030"),
                rest=say("my.due.by", date=Day(date(2025, 11, 2))),
                tone=PanelTone.SKY_SOFT,
            ),
        ),
        rows=(
            ShiftRow(
                icon="calendar-check-outline",
                text=say("my.row", slot=slot(21, (16, 0), (19, 0))),
                right=literal("Caisse"),
            ),
            ShiftRow(
                icon="calendar-check-outline",
                text=say("my.row", slot=slot(18, (16, 0), (19, 0), month=11)),
                right=literal("Mise en rayon"),
            ),
        ),
        buttons=(
            Button(action=Action.SIGN_UP, label=say("my.book"), icon="calendar-plus-outline", kind=ButtonKind.MAIN),
            DONE,
        ),
    )

    def offer(number: int, when: Slot, job: str, free: int, places: int) -> OfferRow:
        return OfferRow(
            title=say("need.slot", slot=when),
            sub=say("need.places", job=job, n=free, m=places),
            button=Button(action=Action.PICK, label=say("need.yes"), kind=ButtonKind.MAIN, target=f"shift-{number}"),
        )

    sign_up = SignUpView(
        frame=Frame(),
        title=say("need.title"),
        offers=(
            offer(1, slot(19, (10, 0), (12, 30)), "Accueil", 3, 3),
            offer(2, slot(16, (10, 45), (13, 0)), "Livraison", 2, 4),
            offer(3, slot(18, (16, 0), (19, 30)), "Caisse", 1, 5),
        ),
        buttons=(Button(action=Action.MORE_DATES, label=say("need.more"), icon="calendar-month-outline"), DONE),
    )
    title = say("team.title", hours=Hours(at(14, 16), at(14, 19)), n=5, m=6)
    next_shift = Button(action=Action.NEXT_SHIFT, label=say("team.next_shift"), icon="chevron-right")

    def job(name: str, here: int, of: int) -> JobRow:
        missing = of - here
        return JobRow(
            job=literal(name),
            here=here,
            of=of,
            count=say("team.count", n=here, m=of),
            remark=say("team.short", n=missing) if missing else say("team.full"),
            short=bool(missing),
        )

    jobs = RollCallView(
        frame=Frame(),
        title=title,
        jobs=(
            job("Livraison", 1, 2),
            job("Caisse", 2, 2),
            job("Mise en rayon", 2, 2),
            JobRow(
                job=say("team.next", time=Hour(at(14, 19))),
                here=0,
                of=0,
                count=None,
                remark=say("team.short", n=2),
                short=True,
                quiet=True,
            ),
        ),
        panel=Panel(text=say("team.card"), icon="card-account-details-outline", tone=PanelTone.SKY_SOFT),
        buttons=(next_shift, DONE),
    )

    def here(name: str, task: str) -> PersonRow:
        return PersonRow(name=literal(name), job=literal(task), icon="check-circle-outline")

    people = RollCallView(
        frame=Frame(),
        title=title,
        people=(
            here("Sam", "Caisse"),
            here("Ines", "Caisse"),
            here("Lou", "Mise en rayon"),
            here("Max", "Mise en rayon"),
            replace(here("Noé", "Livraison"), chip=say("team.first")),
            PersonRow(
                name=literal("Alix"),
                job=literal("Livraison"),
                icon="clock-outline",
                chip=say("team.expected"),
                chip_tone=PanelTone.SUN_SOFT,
            ),
            PersonRow(name=literal("Livraison"), job=say("team.free", n=1), icon="plus-circle-outline"),
        ),
        extra=Button(action=Action.JOIN, label=say("team.join"), icon="hand-wave-outline", kind=ButtonKind.MAIN),
        buttons=(next_shift, DONE),
    )
    return {
        "question": question,
        "question-long": replace(
            question,
            frame=Frame(header=Header(text=say("shift.hello", name="Marie-Christine"))),
            title=say("shift.ask_for", name="Marie-Christine"),
            panel=Panel(
                text=say("shift.line", job="Mise en rayon frais", start=Hour(at(14, 10, 45)), end=Hour(at(14, 13, 30))),
                icon="clock-outline",
                tone=PanelTone.SKY_SOFT,
            ),
            others=question.others[:1],
        ),
        "shifts": shifts,
        "shifts-none": replace(
            shifts, tiles=shifts.tiles[:1], rows=(), empty=say("my.none"), frame=Frame(header=OFFLINE)
        ),
        "shifts-remark": replace(
            shifts,
            rows=(),
            remark=Panel(
                text=say("alert.hours", duration=Duration(180), date=Day(date(2025, 11, 2))),
                icon="message-text-outline",
                tone=PanelTone.SUN_SOFT,
            ),
        ),
        "sign-up": sign_up,
        "sign-up-taken": replace(sign_up, remark=say("need.taken"), offers=sign_up.offers[:2]),
        "sign-up-empty": replace(sign_up, offers=(), empty=say("need.empty"), buttons=(DONE,)),
        "roll-call": jobs,
        "roll-call-later": replace(
            jobs, title=say("team.title.day", slot=slot(28, (10, 45), (13, 30)), n=11, m=12), panel=None
        ),
        "roll-call-people": people,
    }


def _choices() -> dict[str, View]:
    def choice(action: Action, key: str, icon: str) -> Button:
        return Button(action=action, label=say(key), icon=icon)

    no_card = ChoicesView(
        frame=Frame(),
        title=say("nocard.title"),
        choices=(
            choice(Action.FORGOT_CARD, "nocard.forgot", "card-account-details-outline"),
            choice(Action.LOST_CARD, "nocard.lost", "card-search-outline"),
            choice(Action.VISITOR, "nocard.visit", "storefront-outline"),
            choice(Action.NEW_HERE, "nocard.new", "hand-wave-outline"),
            choice(Action.DELIVERY, "nocard.delivery", "truck-outline"),
            DONE,
        ),
    )
    help_view = HelpView(
        frame=Frame(header=HEADER),
        under=_idle()["idle"],
        title=say("help.title"),
        choices=(
            choice(Action.LARGE_TEXT, "help.big", "format-size"),
            choice(Action.MUTE, "help.sound", "volume-off"),
            choice(Action.LANGUAGE, "help.lang", "translate"),
            choice(Action.MY_DATA, "help.data", "shield-account-outline"),
            CALL,
            choice(Action.CANCEL, "help.close", "check"),
        ),
    )
    return {
        "no-card": no_card,
        "help": help_view,
        "still-there": StillThereView(
            frame=Frame(),
            under=_people()["shifts"],
            title=say("still.title"),
            countdown=Countdown(ends_at=14.0, seconds=20.0),
            buttons=(
                Button(
                    action=Action.STILL_HERE,
                    label=say("still.yes"),
                    icon="hand-wave-outline",
                    kind=ButtonKind.MAIN,
                ),
                DONE,
            ),
        ),
        "data": TextView(
            frame=Frame(),
            title=say("data.title"),
            paragraphs=(say("data.what"), say("data.passages", n=3, years=5), say("data.contact")),
            buttons=(DONE,),
        ),
    }


def _scale() -> dict[str, View]:
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


def samples() -> dict[str, View]:
    """Every sample by its name."""
    return _idle() | _results() | _notices() | _people() | _choices() | _scale()


def framed(view: View, *, language: str = "fr", large_text: bool = False, night: bool | None = None) -> View:
    """``view`` in another language or mode."""
    frame = replace(
        view.frame,
        language=language,
        large_text=large_text,
        night=view.frame.night if night is None else night,
    )
    if isinstance(view, StillThereView | HelpView):
        return replace(
            view, frame=frame, under=framed(view.under, language=language, large_text=large_text, night=night)
        )
    return replace(view, frame=frame)
