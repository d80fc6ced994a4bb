"""The screens of the guide of the first run about the parts."""

from typing import Final

from kiosk.actions import Action
from kiosk.rules.guide_bulk import PROTOCOLS, PROTOCOLS_A_PAGE
from kiosk.rules.guide_parts import LOCKS, USUAL_LINE
from kiosk.rules.guide_showing import back, choice, in_its_words, main, notice, plain, shown, step_of, titled, trouble
from kiosk.rules.guide_states import (
    Guide,
    Locking,
    PickingLine,
    Printing,
    Reading,
    Relaying,
    Scanning,
    Weighing,
)
from kiosk.types import CardKind
from kiosk.view_parts import Button, Frame, Say, literal, say
from kiosk.views import ChoicesView, KeypadView, NoticeView, PromptView

# ── reader and scanner ────────────────────────────────────────────────────────────────────────────────────────────


@shown(Reading)
def show_reader(_guide: Guide, state: Reading, frame: Frame) -> PromptView | NoticeView:
    """What was read, never its number."""
    skip = plain(Action.SKIP, "guide.reader.none", "reader-off")
    if state.card is not None:
        body = "strange" if state.strange else "badge" if state.card is CardKind.BADGE else "card"
        buttons = (main(Action.DONE, "guide.fine"), skip, back())
        return notice(frame, "check-circle-outline", say("guide.reader.read"), (Say(f"guide.reader.{body}"),), buttons)
    if state.fault:
        body_lines = (say("guide.reader.wires"), say("guide.reader.reboot"))
        return trouble(frame, "reader-off", "guide.reader.lost", body_lines, (skip, back()))
    if not state.found:
        return PromptView(frame=frame, picture="reader", title=say("guide.reader.look"), buttons=(skip, back()))
    sub = say("guide.reader.strange" if state.strange else "guide.reader.sub")
    return PromptView(frame=frame, picture="card", title=say("guide.reader"), sub=(sub,), buttons=(skip, back()))


@shown(Scanning)
def show_scanner(_guide: Guide, state: Scanning, frame: Frame) -> PromptView | NoticeView:
    skip = plain(Action.SKIP, "guide.scanner.none", "barcode-off")
    if not state.device:
        sub = (say("guide.scanner.sub"),)
        return PromptView(
            frame=frame, picture="barcode-scan", title=say("guide.scanner"), sub=sub, buttons=(skip, back())
        )
    title = say("guide.scanner.read" if state.seen else "guide.scanner.known")
    buttons = (main(Action.DONE, "guide.fine"), skip, back())
    return notice(frame, "check-circle-outline", title, (say("guide.scanner.kept"),), buttons)


# ── door ──────────────────────────────────────────────────────────────────────────────────────────────────────────

NO_DOOR: Final = plain(Action.SKIP, "guide.door.none", "door-off")
LINE: Final = plain(Action.MORE, "guide.door.line", "swap-horizontal")
LOCK_ICONS: Final = dict(zip(LOCKS, ("lock-outline", "lock-open-variant-outline"), strict=True))


@shown(Locking)
def show_locks(_guide: Guide, _state: Locking, frame: Frame) -> ChoicesView:
    locks = tuple(choice(Say(f"guide.door.{lock}"), lock, icon) for lock, icon in LOCK_ICONS.items())
    return ChoicesView(frame=titled(frame), title=say("guide.door"), choices=(*locks, NO_DOOR, back()))


@shown(Relaying)
def show_relay(guide: Guide, state: Relaying, frame: Frame) -> PromptView | NoticeView:
    """First without the lock, then with it."""
    if state.fault:
        return trouble(frame, "door-off", "guide.door.lost", (in_its_words(state.fault),), (LINE, NO_DOOR, back()))
    if not state.found:
        return PromptView(frame=frame, picture="door", title=say("guide.door.look"), buttons=(NO_DOOR, back()))
    if not state.unplugged:
        buttons = (main(Action.DONE, "guide.door.unplugged"), NO_DOOR, back())
        return notice(
            frame,
            "power-plug-off-outline",
            say("guide.door.unplug"),
            (say("guide.door.unplug.sub"),),
            buttons,
        )
    return _show_lock(frame) if state.lit else _show_light(guide, state, frame)


def _show_light(guide: Guide, state: Relaying, frame: Frame) -> NoticeView:
    if state.fired:
        buttons = (
            main(Action.YES, "guide.yes"),
            plain(Action.NO, "guide.no", "close"),
            plain(Action.OPEN_DOOR, "guide.door.fire", "gesture-tap"),
        )
        return notice(frame, "gesture-tap", say("guide.door.lit"), (), buttons)
    fire = main(Action.OPEN_DOOR, "guide.door.fire", "gesture-tap")
    if state.dead:
        return trouble(frame, "door", "guide.door.fire.title", (say("guide.door.dead"),), (fire, LINE, back()))
    line = guide.progress.settings.get(("door", "relay_pin"), USUAL_LINE)
    body = say("guide.door.turned") if state.turned else say("guide.door.fire.sub", n=int(str(line)))
    return notice(frame, "door", say("guide.door.fire.title"), (body,), (fire, LINE, back()))


def _show_lock(frame: Frame) -> NoticeView:
    buttons = (
        main(Action.YES, "guide.door.works"),
        plain(Action.OPEN_DOOR, "guide.door.try", "door-open"),
        back(),
    )
    return notice(frame, "door", say("guide.door.plug"), (say("guide.door.plug.sub"),), buttons)


@shown(PickingLine)
def show_lines(_guide: Guide, state: PickingLine, frame: Frame) -> KeypadView:
    return KeypadView(
        frame=frame,
        header=step_of(frame),
        title=say("guide.door.pick"),
        icon="memory",
        typed=state.digits,
        length=2,
        remark=say("guide.door.range") if state.trouble else None,
        cancel=Button(action=Action.CANCEL, label=say("help.cancel"), icon="close"),
    )


# ── scale ─────────────────────────────────────────────────────────────────────────────────────────────────────────

NO_SCALE: Final = plain(Action.SKIP, "guide.scale.none", "scale-off")
AGAIN: Final = plain(Action.SEARCH, "guide.scale.again", "magnify")


@shown(Weighing)
def show_scale(_guide: Guide, state: Weighing, frame: Frame) -> PromptView | NoticeView | ChoicesView:
    """Found out; else from the list; else recorded; else by hand."""
    if state.looking or state.recording:
        doing = "looking" if state.looking else "recording"
        sub = say("guide.scale.minute" if state.looking else "guide.scale.recording.sub")
        return PromptView(frame=frame, picture="scale", title=Say(f"guide.scale.{doing}"), sub=(sub,))
    if state.protocol and not state.choosing:
        return _show_trial(state, frame)
    if state.ports is None:
        buttons = (main(Action.SEARCH, "guide.scale.find", "magnify"), NO_SCALE, back())
        return notice(frame, "scale", say("guide.scale"), (say("guide.scale.sub"),), buttons)
    if not state.ports:
        body = (say("guide.scale.no_port.sub"),)
        return trouble(frame, "scale-off", "guide.scale.no_port", body, (AGAIN, NO_SCALE, back()))
    return _show_list(state, frame) if state.choosing else _show_ways(state, frame)


def _show_trial(state: Weighing, frame: Frame) -> PromptView | NoticeView:
    if state.grams is not None:
        buttons = (main(Action.DONE, "guide.fine"), AGAIN, NO_SCALE)
        said = (say("guide.scale.speaks", text=state.protocol),)
        return notice(frame, "scale", say("guide.scale.weighs", grams=state.grams), said, buttons)
    if state.fault:
        body = (in_its_words(state.fault),)
        others = (plain(Action.MORE, "guide.scale.list", "text-box-search-outline"),) if state.ports else (NO_SCALE,)
        return trouble(frame, "scale-off", "guide.scale.lost", body, (AGAIN, *others, back()))
    return PromptView(
        frame=frame,
        picture="scale",
        title=say("guide.scale.try"),
        sub=(say("guide.scale.speaks", text=state.protocol),),
        buttons=(AGAIN, NO_SCALE, back()),
    )


def _show_ways(state: Weighing, frame: Frame) -> ChoicesView:
    title = say("guide.scale.unknown") if state.recorded is None else say("guide.scale.recorded", n=state.recorded)
    return ChoicesView(
        frame=titled(frame),
        title=title,
        choices=(
            AGAIN,
            plain(Action.MORE, "guide.scale.list", "text-box-search-outline"),
            plain(Action.RETRY, "guide.scale.record", "usb-flash-drive-outline"),
            plain(Action.SKIP, "guide.scale.by_hand", "keyboard-outline"),
            back(),
        ),
    )


def _show_list(state: Weighing, frame: Frame) -> ChoicesView:
    first = state.page * PROTOCOLS_A_PAGE
    named = tuple(choice(literal(name), name, "scale") for name in PROTOCOLS[first : first + PROTOCOLS_A_PAGE])
    more = plain(Action.MORE, "guide.scale.more", "chevron-right")
    return ChoicesView(frame=titled(frame), title=say("guide.scale.which"), choices=(*named, more, back()))


# ── printer ───────────────────────────────────────────────────────────────────────────────────────────────────────

NO_PRINTER: Final = plain(Action.SKIP, "guide.printer.none", "printer-off-outline")


@shown(Printing)
def show_printer(_guide: Guide, state: Printing, frame: Frame) -> PromptView | NoticeView:
    """Whether a label came out, and with what on it, a person sees."""
    if not state.looked:
        picture = "printer-outline"
        return PromptView(frame=frame, picture=picture, title=say("guide.printer.look"), buttons=(NO_PRINTER, back()))
    if not state.port:
        body = (say("guide.printer.not_found.sub"),)
        again = plain(Action.SEARCH, "guide.scale.again", "magnify")
        return trouble(frame, "printer-off-outline", "guide.printer.not_found", body, (again, NO_PRINTER, back()))
    if state.waiting:
        return PromptView(frame=frame, picture="printer-outline", title=say("guide.printer.printing"))
    other = plain(Action.NO, "guide.printer.other", "translate")
    if state.printed:
        again = plain(Action.PRINT_AGAIN, "guide.printer.again", "printer-outline")
        return notice(
            frame, "printer-check", say("guide.printer.printed"), (), (main(Action.YES, "guide.yes"), other, again)
        )
    printing = main(Action.PRINT_AGAIN, "guide.printer.print", "printer-outline")
    if state.trouble:
        body = (Say(f"guide.printer.trouble.{state.trouble}"),)
        return trouble(frame, "printer-alert", "guide.printer.trouble", body, (printing, other, NO_PRINTER))
    body = (say("guide.printer.tongue", text=state.language.upper()),)
    return notice(frame, "printer-outline", say("guide.printer.found"), body, (printing, NO_PRINTER, back()))
