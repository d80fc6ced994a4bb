"""Samples of shifts, teams, choices and sheets."""

from dataclasses import replace
from datetime import date

from kiosk.actions import Action
from kiosk.view_parts import (
    Button,
    ButtonKind,
    Countdown,
    Day,
    Duration,
    Frame,
    Header,
    Hour,
    Hours,
    Panel,
    PanelTone,
    Slot,
    literal,
    say,
)
from kiosk.views import (
    ChoicesView,
    HelpView,
    JobRow,
    OfferRow,
    PersonRow,
    QuestionView,
    RollCallView,
    ShiftRow,
    ShiftsView,
    SignUpView,
    StillThereView,
    TextView,
    Tile,
    View,
)
from tests.screens.sample_parts import CALL, DONE, HEADER, OFFLINE, at, slot
from tests.screens.sample_results import idle_samples


def people_samples() -> dict[str, View]:
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
            replace(here("Ines", "Caisse"), chip=say("team.alone"), chip_tone=PanelTone.SUN_SOFT),
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
        "sign-up-elsewhere": replace(
            sign_up,
            remark=say("need.elsewhere"),
            offers=tuple(replace(row, button=None) for row in sign_up.offers),
        ),
        "sign-up-empty": replace(sign_up, offers=(), empty=say("need.empty"), buttons=(DONE,)),
        "roll-call": jobs,
        "roll-call-later": replace(
            jobs, title=say("team.title.day", slot=slot(28, (10, 45), (13, 30)), n=11, m=12), panel=None
        ),
        "roll-call-people": people,
        "roll-call-crowd": replace(people, people=people.people[:6] * 2, extra=None),
        "roll-call-jobs": replace(jobs, jobs=(*jobs.jobs[:3], *jobs.jobs[:3], jobs.jobs[3])),
    }


def choices_samples() -> dict[str, View]:
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
        under=idle_samples()["idle"],
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
            under=people_samples()["shifts"],
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
            paragraphs=(say("data.what"), say("data.passages", n=90, sent=30), say("data.contact")),
            buttons=(DONE,),
        ),
    }
