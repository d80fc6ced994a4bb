"""The whole guide in a simulated room: real drivers, real files, a restart in the middle, and the terminal after it."""

import dataclasses
import json
import stat

import pytest

from kiosk.actions import Action
from kiosk.card_key import CardKey, sheet_text
from kiosk.config import load
from kiosk.demo.cast import Kind, character
from kiosk.demo.first_run import PASSPHRASE, FirstRunShow, bare, emergency_sheet, setup_code
from kiosk.demo.room import DEMO_KEY, Room, Wish, demo_clock
from kiosk.events import Touched
from kiosk.first_run.finding import is_guide_wanted, maybe_configuration
from kiosk.first_run.folder import GuideFolder
from kiosk.rules.guide_states import Key, Step
from kiosk.rules.staff_states import CORNERS
from kiosk.view_parts import Button
from kiosk.views import CodeView, IdleView, KeypadView, View
from tests.demo.onlooker import Onlooker, wait_until

CARD = character(Kind.OK).card
BADGE = character(Kind.BADGE).card


@pytest.fixture
def room(tmp_path):
    with Room(Wish(members=40), tmp_path, demo_clock()).running() as running:
        yield running


def buttons_of(view: View) -> list[tuple[Action, str]]:
    """What can be touched."""
    found = [(Action.LANGUAGE, ""), (Action.HELP, "")]
    if isinstance(view, KeypadView):
        found += [(Action.KEY, digit) for digit in "0123456789"] + [(Action.ERASE, ""), (Action.ENTER, "")]
    for field in dataclasses.fields(view):
        value = getattr(view, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Button):
                found.append((item.action, item.target))
    return found


class Technician:
    """Hands in the room, fingers on the glass: only what is there can be touched."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.folder = room.directory / "first-run"
        self.screen = Onlooker()
        self.show = FirstRunShow(room, self.folder)
        self.show.start(self.screen)

    def sees(self, title: str) -> View:
        return self.screen.wait_for_title(title, 30.0)

    def touches(self, action: Action, target: str = "") -> None:
        view = self.screen.wait_for(lambda view: (action, target) in buttons_of(view))
        self.show.post(Touched(action, target))
        if (action, target) not in {(Action.KEY, target), (Action.OPEN_DOOR, "")} and action is not Action.CHOOSE:
            self.screen.wait_for(lambda now: now != view)

    def types(self, digits: str) -> None:
        for count, digit in enumerate(digits, 1):
            self.show.post(Touched(Action.KEY, digit))
            self.screen.wait_for(lambda view, n=count: isinstance(view, KeypadView) and len(view.typed) == n)
        self.show.post(Touched(Action.ENTER))

    def stop(self) -> None:
        self.show.stop()

    # ── the steps ─────────────────────────────────────────────────────────────────────────────────────────────────

    def begins(self) -> None:
        self.sees("guide.language")
        self.touches(Action.CHOOSE, "fr")
        self.sees("guide.network")
        self.touches(Action.DONE)
        self.sees("guide.setup")

    def touches_corners(self) -> None:
        self.sees("part.screen.try")
        for corner in CORNERS:
            self.touches(Action.CHOOSE, corner)

    def lays_a_card(self) -> None:
        self.sees("guide.reader")
        self.room.lay_card(CARD)
        self.sees("guide.reader.read")
        self.room.lift_cards()
        self.touches(Action.DONE)

    def tries_the_door(self) -> None:
        self.sees("guide.door.unplug")
        self.touches(Action.DONE)
        self.touches(Action.OPEN_DOOR)
        self.sees("guide.door.lit")
        wait_until(lambda: self.room.door.is_energised)
        self.touches(Action.YES)
        self.sees("guide.door.plug")
        self.touches(Action.YES)

    def weighs(self) -> None:
        self.room.scale.place(352)
        self.screen.wait_for(
            lambda view: view.title.key == "guide.scale.weighs" and dict(view.title.values)["grams"] == 352, 30.0
        )
        self.touches(Action.DONE)

    def prints_a_label(self) -> None:
        self.sees("guide.printer.found")
        self.touches(Action.PRINT_AGAIN)
        self.sees("guide.printer.printed")
        self.touches(Action.YES)

    def chooses_a_pin(self) -> None:
        self.sees("pin.choose")
        self.types("1234")
        self.screen.wait_for(lambda view: view.remark is not None and view.remark.key == "pin.flaw.easy")
        self.types("4821")
        self.sees("pin.again")
        self.types("4821")

    def locks_the_sheet_away(self) -> str:
        view = self.sees("guide.sheet.passphrase")
        passphrase = view.panel.code.replace(" ", "")
        self.touches(Action.MORE)
        self.screen.wait_for(lambda view: isinstance(view, CodeView))
        self.touches(Action.YES)
        return passphrase

    def finishes(self) -> None:
        self.screen.wait_for_title("guide.check", 60.0)
        self.touches(Action.DONE)
        self.sees("guide.finish.done")
        self.show.post(Touched(Action.DONE))
        self.screen.wait_for(lambda view: isinstance(view, IdleView), 30.0)


@pytest.mark.timeout(300)
def test_a_set_up_code_makes_a_terminal_and_a_pulled_plug_loses_nothing(room):
    one = Technician(room)
    try:
        one.begins()
        room.scan(setup_code(room))
        one.sees("guide.key.there")
        one.touches(Action.DONE)
        one.sees("guide.server.fine")
        one.touches(Action.DONE)
        one.touches_corners()
        one.lays_a_card()
        one.sees("guide.scanner.known")
    finally:
        one.stop()
    assert is_guide_wanted(room.directory / "nothing.toml", one.folder)

    two = Technician(room)
    try:
        two.sees("guide.scanner.known")
        two.touches(Action.DONE)
        two.tries_the_door()
        two.weighs()
        two.prints_a_label()
        two.chooses_a_pin()
        passphrase = two.locks_the_sheet_away()
        two.finishes()
        assert len(passphrase) == 12
        assert passphrase.isdigit()
        wait_until(lambda: two.show.terminal is not None and two.show.terminal.reactor.session.pin is not None)
        assert two.show.terminal.reactor.session.pin.chosen
    finally:
        two.stop()

    file = maybe_configuration(room.directory / "nothing.toml", two.folder)
    assert file == two.folder / "kiosk.toml"
    made, brought = load(file, {}), room.config()
    assert (made.cards.key.reveal(), made.cards.key_id) == (DEMO_KEY, "demo")
    assert made.backend.token.reveal() == brought.backend.token.reveal()
    assert (made.door, made.scale, made.printer, made.bell) == (
        brought.door,
        brought.scale,
        brought.printer,
        brought.bell,
    )
    assert DEMO_KEY not in file.read_text(encoding="utf-8") + (two.folder / "guide.json").read_text(encoding="utf-8")
    secret = two.folder / "credentials" / "card-key"
    assert (stat.S_IMODE(secret.stat().st_mode), stat.S_IMODE(secret.parent.stat().st_mode)) == (0o600, 0o700)


@pytest.mark.timeout(300)
def test_without_a_code_every_part_is_asked_for_and_found(room):
    hands = Technician(room)
    try:
        hands.begins()
        hands.touches(Action.SKIP)
        hands.sees("guide.place")
        hands.touches(Action.CHOOSE, "both")
        hands.sees("guide.key")
        hands.touches(Action.YES)
        hands.sees("guide.server.fine")
        hands.touches(Action.DONE)
        hands.touches_corners()
        hands.lays_a_card()
        hands.sees("guide.scanner")
        room.scan(BADGE)
        hands.sees("guide.scanner.read")
        hands.touches(Action.DONE)
        hands.sees("guide.door")
        hands.touches(Action.CHOOSE, "fail_secure")
        hands.tries_the_door()
        hands.sees("guide.scale")
        hands.touches(Action.SEARCH)
        hands.weighs()
        hands.prints_a_label()
        hands.chooses_a_pin()
        passphrase = hands.locks_the_sheet_away()
        hands.finishes()
    finally:
        hands.stop()
    made = load(hands.folder / "kiosk.toml", {})
    assert made.terminal.station.value == "both"
    assert (made.backend.kind, made.door.relay_pin, made.scale.protocol) == ("folder", 17, room.wish.scale)
    assert (made.scanner.enabled, made.printer.language, made.printer.kind) == (True, room.wish.printer, "tcp")
    assert len(made.cards.key.reveal()) == 64
    assert passphrase not in json.dumps((hands.folder / "guide.json").read_text(encoding="utf-8"))


@pytest.mark.timeout(300)
def test_a_second_terminal_is_paired_by_the_sheet_and_has_no_parts(room):
    hands = Technician(room)
    try:
        hands.begins()
        hands.touches(Action.SKIP)
        hands.touches(Action.CHOOSE, "entrance")
        hands.sees("guide.key")
        room.scan(BADGE)
        hands.screen.wait_for(lambda view: view.body and view.body[0].key == "guide.key.trouble.sheet")
        room.scan(emergency_sheet())
        hands.sees("guide.key.passphrase")
        hands.types("0" * len(PASSPHRASE))
        hands.screen.wait_for(lambda view: view.remark is not None and view.remark.key == "guide.key.wrong")
        hands.types(PASSPHRASE)
        hands.sees("guide.server.fine")
        hands.touches(Action.DONE)
        hands.touches_corners()
        for title in ("guide.reader", "guide.scanner.known", "guide.door", "guide.scale"):
            hands.sees(title)
            hands.touches(Action.SKIP)
        hands.sees("guide.printer.found")
        hands.touches(Action.SKIP)
        hands.chooses_a_pin()
        hands.sees("guide.sheet.have")
        hands.touches(Action.YES)
        hands.finishes()
    finally:
        hands.stop()
    made = load(hands.folder / "kiosk.toml", {})
    assert (made.cards.key.reveal(), made.cards.key_id) == (DEMO_KEY, "demo")
    assert not any(part.enabled for part in (made.reader, made.scanner, made.door, made.scale))
    assert made.printer.kind == "none"


@pytest.mark.timeout(120)
def test_a_usb_key_is_found_by_itself_and_a_faulty_one_says_where(room):
    hands = Technician(room)
    try:
        hands.begins()
        machine = hands.show.machine
        machine.plug_usb()
        hands.sees("guide.key.there")
        hands.touches(Action.BACK)
        hands.sees("guide.place")
        hands.touches(Action.BACK)
        hands.sees("guide.setup")
        machine.unplug_usb()
        room.wish = dataclasses.replace(room.wish, scale="abacus")
        machine.plug_usb()
        assert "[scale] protocol must be one of" in dict(hands.sees("guide.setup.trouble").body[0].values)["text"]
    finally:
        hands.stop()


@pytest.mark.timeout(120)
def test_what_is_no_set_up_code_is_told(room):
    hands = Technician(room)
    try:
        hands.begins()
        room.scan("0420000001234")
        assert hands.sees("guide.setup.trouble").body[0].key == "guide.setup.no_code"
        room.scan(setup_code(room))
        hands.sees("guide.key.there")
    finally:
        hands.stop()


@pytest.mark.timeout(120)
def test_a_scale_that_says_nothing_known_is_chosen_recorded_or_left_out(room):
    """Looking at it takes a while; here the clock is moved."""
    progress = bare(room)
    key = CardKey(key=bytes(32), key_id="1")
    kept = GuideFolder(room.directory / "first-run", progress)
    kept.put_key(key)
    kept.keep(dataclasses.replace(progress, step=Step.SCALE, key=Key.MADE))
    hands = Technician(room)
    screen = hands.screen

    def comes_to(seen):
        wait_until(lambda: seen(screen.view), each=lambda: room.clock.advance(0.5), seconds=60.0)

    try:
        hands.sees("guide.scale")
        room.scale.mute(100_000)
        hands.touches(Action.SEARCH)
        comes_to(lambda view: view.title.key == "guide.scale.unknown")
        hands.touches(Action.MORE)
        hands.touches(Action.CHOOSE, "gram_dollar")
        comes_to(lambda view: view.title.key == "guide.scale.lost")
        hands.touches(Action.BACK)
        hands.touches(Action.RETRY)
        comes_to(lambda view: view.title.key == "guide.scale.recorded")
        assert (hands.folder / "scale.bin").exists()
        room.scale.mute(0)
        # Switched off and on, it has forgotten the half questions of other dialogues.
        room.scale.unplug()
        room.scale.plug()
        hands.touches(Action.SEARCH)
        hands.weighs()
        hands.sees("guide.printer.found")
        hands.touches(Action.BACK)
        hands.screen.wait_for(lambda view: view.title.key == "guide.scale.weighs")
        hands.touches(Action.SKIP)
        hands.sees("guide.printer.found")
    finally:
        hands.stop()
    assert ("scale", "enabled") not in GuideFolder(hands.folder).progress().settings


@pytest.mark.timeout(120)
@pytest.mark.parametrize("lock", ["fail_secure", "fail_safe"])
def test_the_led_goes_on_at_a_touch_whichever_lock_it_will_be(room, lock):
    """A magnet's relay is on all day: whoever then said truly that its LED goes off would have turned it round."""
    progress = bare(room)
    kept = GuideFolder(room.directory / "first-run", progress)
    kept.put_key(CardKey(key=bytes(32), key_id="1"))
    kept.keep(dataclasses.replace(progress, step=Step.DOOR, key=Key.MADE))
    hands = Technician(room)
    relay = room.door
    try:
        hands.touches(Action.CHOOSE, lock)
        hands.sees("guide.door.unplug")
        assert not relay.is_energised
        hands.touches(Action.DONE)
        hands.touches(Action.OPEN_DOOR)
        hands.sees("guide.door.lit")
        wait_until(lambda: relay.is_energised)
        hands.touches(Action.YES)
        hands.sees("guide.door.plug")
        wait_until(lambda: relay.is_energised is (lock == "fail_safe"))
        # As often as somebody wants to look: the lines may still be changing hands.
        wait_until(
            lambda: relay.is_energised is (lock == "fail_secure"),
            each=lambda: hands.show.post(Touched(Action.OPEN_DOOR)),
        )
        hands.touches(Action.YES)
        hands.sees("guide.scale")
    finally:
        hands.stop()
    settings = GuideFolder(hands.folder).progress().settings
    assert (settings["door", "lock"], settings.get(("door", "relay_active_high"))) == (lock, None)


@pytest.mark.timeout(120)
def test_parts_that_are_lost_say_so_and_come_back(room):
    progress = bare(room)
    kept = GuideFolder(room.directory / "first-run", progress)
    kept.put_key(CardKey(key=bytes(32), key_id="1"))
    kept.keep(dataclasses.replace(progress, step=Step.READER, key=Key.MADE))
    room.unplug_reader()
    room.printer.take_paper_out()
    hands = Technician(room)
    try:
        hands.sees("guide.reader.lost")
        room.plug_reader()
        hands.lays_a_card()
        hands.sees("guide.scanner")
        hands.touches(Action.SKIP)
        hands.sees("guide.door")
        hands.touches(Action.SKIP)
        hands.sees("guide.scale")
        hands.touches(Action.SKIP)
        hands.sees("guide.printer.found")
        hands.touches(Action.PRINT_AGAIN)
        assert hands.sees("guide.printer.trouble").body[0].key == "guide.printer.trouble.paper"
        room.printer.load_paper()
        hands.touches(Action.PRINT_AGAIN)
        hands.sees("guide.printer.printed")
    finally:
        hands.stop()


@pytest.mark.timeout(120)
def test_the_sheet_on_paper_is_scanned_and_proved(room):
    progress = bare(room)
    kept = GuideFolder(room.directory / "first-run", progress)
    kept.put_key(CardKey(key=bytes(range(32)), key_id="1"))
    kept.keep(dataclasses.replace(progress, step=Step.SHEET, key=Key.MADE))
    hands = Technician(room)
    try:
        passphrase = hands.sees("guide.sheet.passphrase").panel.code.replace(" ", "")
        hands.touches(Action.MORE)
        room.scan(emergency_sheet())
        hands.screen.wait_for(lambda view: view.line is not None and view.line.key == "guide.sheet.wrong")
        room.scan(sheet_text(CardKey(key=bytes(range(32)), key_id="1"), passphrase))
        hands.screen.wait_for(lambda view: view.good)
    finally:
        hands.stop()
