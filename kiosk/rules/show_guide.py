"""The screens of the guide of the first run: how it begins."""

from typing import Final

from kiosk.actions import Action
from kiosk.rules import show_guide_end, show_guide_parts
from kiosk.rules.guide import STATIONS
from kiosk.rules.guide_keys import NO_CODE
from kiosk.rules.guide_showing import (
    back,
    choice,
    in_its_words,
    main,
    notice,
    paint,
    plain,
    shown,
    step_of,
    titled,
    trouble,
)
from kiosk.rules.guide_states import (
    PASSPHRASE_DIGITS,
    Fetching,
    Greeting,
    Guide,
    Key,
    Keying,
    Marking,
    Networking,
    Opening,
    Placing,
    Serving,
)
from kiosk.rules.staff_states import CORNERS
from kiosk.types import ClockTrust
from kiosk.view_parts import Button, ButtonKind, Frame, Hour, Say, literal, say
from kiosk.views import (
    LANGUAGES,
    CheckRow,
    ChecksView,
    ChoicesView,
    GlassView,
    KeypadView,
    Light,
    NoticeView,
    PromptView,
    View,
)

ROOMS: Final = (show_guide_parts, show_guide_end)
"""The modules whose painters fill the table, beside this one."""


def view_of(guide: Guide) -> View:
    """What the screen shows."""
    return paint(guide)


# ── language, network, set-up ─────────────────────────────────────────────────────────────────────────────────────


@shown(Greeting)
def show_greeting(_guide: Guide, _state: Greeting, frame: Frame) -> ChoicesView:
    return ChoicesView(
        frame=titled(frame),
        title=say("guide.language"),
        choices=tuple(choice(Say(f"guide.language.{name}"), name, "translate") for name in LANGUAGES),
    )


CLOCKS: Final = {ClockTrust.SYNCED: "synced", ClockTrust.SINCE: "since", ClockTrust.NEVER: "never"}
CLOCK_LIGHTS: Final = {ClockTrust.SYNCED: Light.GOOD, ClockTrust.SINCE: Light.LOOK, ClockTrust.NEVER: Light.LOOK}


@shown(Networking)
def show_network(_guide: Guide, state: Networking, frame: Frame) -> ChecksView:
    seen = state.seen
    if seen is None:
        looking = say("guide.network.looking")
        rows: tuple[CheckRow, ...] = (CheckRow(name=say("guide.network.name"), text=looking, light=Light.OFF),)
    else:
        text = say("guide.network.is", text=seen.address) if seen.address else say("guide.network.none")
        time = () if seen.trust is ClockTrust.NEVER else (("time", Hour(seen.at)),)
        rows = (
            CheckRow(name=say("guide.network.name"), text=text, light=Light.GOOD if seen.address else Light.BAD),
            CheckRow(
                name=say("part.clock"),
                text=Say(f"part.clock.{CLOCKS[seen.trust]}", time),
                light=CLOCK_LIGHTS[seen.trust],
            ),
        )
    return ChecksView(
        frame=titled(frame),
        title=say("guide.network"),
        rows=rows,
        buttons=(main(Action.DONE, "guide.go_on"), plain(Action.RETRY, "guide.retry", "restart"), back()),
    )


@shown(Fetching)
def show_fetching(_guide: Guide, state: Fetching, frame: Frame) -> PromptView | NoticeView:
    usb = plain(Action.RETRY, "guide.setup.usb.look", "usb-flash-drive-outline")
    skip = plain(Action.SKIP, "guide.setup.skip", "skip-next-outline")
    if state.reading:
        return PromptView(frame=frame, picture="qrcode-scan", title=say("guide.setup.reading"), buttons=(back(),))
    if state.trouble:
        why = say("guide.setup.no_code") if state.trouble == NO_CODE else in_its_words(state.trouble)
        body = (why, say("guide.setup.scan"))
        return trouble(frame, "alert-outline", "guide.setup.trouble", body, (skip, usb, back()))
    return PromptView(
        frame=frame,
        picture="qrcode-scan",
        title=say("guide.setup"),
        sub=(say("guide.setup.usb"),),
        buttons=(skip, usb, back()),
    )


PLACES: Final = dict(zip(STATIONS, ("storefront-outline", "jar", "swap-horizontal"), strict=True))


@shown(Placing)
def show_place(_guide: Guide, _state: Placing, frame: Frame) -> ChoicesView:
    choices = tuple(choice(Say(f"guide.place.{station}"), station, icon) for station, icon in PLACES.items())
    return ChoicesView(frame=titled(frame), title=say("guide.place"), choices=(*choices, back()))


# ── key, server, touch ────────────────────────────────────────────────────────────────────────────────────────────


@shown(Keying)
def show_key(guide: Guide, state: Keying, frame: Frame) -> NoticeView:
    if guide.progress.key is not Key.NONE:
        said = (Say(f"guide.key.{guide.progress.key.value}"),)
        return notice(frame, "key-outline", say("guide.key.there"), said, (main(Action.DONE, "guide.go_on"), back()))
    buttons = (main(Action.YES, "guide.key.make", "key-outline"), back())
    if state.trouble:
        why = Say(f"guide.key.trouble.{state.trouble}")
        return trouble(frame, "alert-outline", "guide.key", (why,), buttons)
    body = (say("guide.key.first"), say("guide.key.second"))
    return notice(frame, "key-outline", say("guide.key"), body, buttons)


@shown(Opening)
def show_opening(_guide: Guide, state: Opening, frame: Frame) -> KeypadView:
    remark = say("pin.checking") if state.checking else say("guide.key.wrong") if state.wrong else None
    return KeypadView(
        frame=frame,
        header=step_of(frame),
        title=say("guide.key.passphrase"),
        icon="key-outline",
        typed=state.digits,
        length=PASSPHRASE_DIGITS,
        remark=remark,
        cancel=Button(action=Action.CANCEL, label=say("help.cancel"), icon="close"),
    )


@shown(Serving)
def show_server(_guide: Guide, state: Serving, frame: Frame) -> PromptView | NoticeView:
    tried = state.tried
    if tried is None:
        return PromptView(frame=frame, picture="cloud-check-outline", title=say("guide.server"), buttons=(back(),))
    if tried.members is not None:
        known = say("guide.server.members", n=tried.members)
        buttons = (main(Action.DONE, "guide.go_on"), back())
        return notice(frame, "cloud-check-outline", say("guide.server.fine"), (known,), buttons)
    again = main(Action.RETRY, "guide.retry", "restart")
    skip = plain(Action.DONE, "guide.server.skip", "skip-next-outline")
    if tried.refused:
        return trouble(
            frame, "cloud-off-outline", "guide.server.refused", (say("guide.server.token"),), (again, skip, back())
        )
    body = (in_its_words(tried.fault), say("guide.server.later"))
    return trouble(frame, "cloud-off-outline", "guide.server.lost", body, (again, skip, back()))


@shown(Marking)
def show_marks(_guide: Guide, state: Marking, frame: Frame) -> GlassView | NoticeView:
    if state.twice:
        buttons = (
            main(Action.RETRY, "guide.retry", "restart"),
            plain(Action.SKIP, "guide.go_on", "skip-next-outline"),
            back(),
        )
        return trouble(frame, "gesture-tap", "guide.touch.twice", (say("guide.touch.why"),), buttons)
    return GlassView(
        frame=titled(frame),
        title=say("part.screen.try"),
        text=say("guide.touch.count" if state.waiting else "guide.touch"),
        corners=tuple(_mark(corner, done=corner in state.touched) for corner in CORNERS),
        back=back(),
    )


def _mark(corner: str, *, done: bool) -> Button:
    return Button(
        action=Action.CHOOSE,
        label=literal(""),
        icon="check-circle-outline" if done else "gesture-tap",
        kind=ButtonKind.MAIN if done else ButtonKind.PLAIN,
        target=corner,
    )
