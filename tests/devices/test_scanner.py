import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from kiosk.devices.cards import CardUid, PartialUid
from kiosk.devices.keys import Layout
from kiosk.devices.labels.tare_code import PRESETS
from kiosk.devices.scanner import EvdevDevices, InputIdentity, Scanner, maybe_refusal
from kiosk.devices.simulated.wedge import AZERTY, DIGIT_ROW, QWERTY, Info, Typist, UsbHub, Wedge
from kiosk.devices.uid_formats import UidFormat
from kiosk.errors import DeviceError
from kiosk.events import CardTapped, CodeNotKnown, Event, JarScanned, TareScanned
from kiosk.types import CardKind, Grams, JarCode, Part
from tests.devices.simulated.bench import FOUR, HASHER, SEVEN

BADGE = "0420000001003"
GUN = InputIdentity(vendor=0x0C2E, product=0x0901)


@pytest.fixture
def gun() -> Iterator[Wedge]:
    gun = Wedge()
    yield gun
    gun.close()


@pytest.fixture
def hub(gun: Wedge) -> UsbHub:
    return UsbHub(gun)


def opened(hub: UsbHub, target: str | InputIdentity = GUN, **settings: Any) -> Scanner:
    scanner = Scanner(target, HASHER, devices=hub, **settings)
    scanner.open()
    return scanner


def scan(scanner: Scanner, device: Wedge, data: bytes) -> list[Event]:
    device.type(data)
    return list(scanner.read())


def test_badge_is_a_tap_known_by_its_hash(hub: UsbHub, gun: Wedge) -> None:
    assert scan(opened(hub), gun, Typist(1000.0).scan(BADGE)) == [
        CardTapped(hash=HASHER.hash_badge(BADGE), tail="1003", kind=CardKind.BADGE)
    ]


def test_badge_that_lost_its_leading_zero_is_the_same(hub: UsbHub, gun: Wedge) -> None:
    (tapped,) = scan(opened(hub), gun, Typist(1000.0).scan(BADGE[1:]))
    assert isinstance(tapped, CardTapped)
    assert tapped.hash == HASHER.hash_badge(BADGE)


def test_jar_is_a_jar(hub: UsbHub, gun: Wedge) -> None:
    assert scan(opened(hub), gun, Typist(1000.0).scan("005724")) == [JarScanned(code=JarCode("005724"))]


@pytest.mark.parametrize("code", ["0700000003529", "700000003529"], ids=["whole", "zero lost"])
@pytest.mark.parametrize("prefixes", [(), ("042",)])
def test_tills_code_on_a_label_is_a_tare_and_no_badge(
    hub: UsbHub, gun: Wedge, code: str, prefixes: tuple[str, ...]
) -> None:
    scanner = opened(hub, badge_prefixes=prefixes, tares=PRESETS["oca_pos_tare"])
    assert scan(scanner, gun, Typist(1000.0).scan(code)) == [TareScanned(Grams(352))]


def test_product_from_the_shelf_is_nothing_and_leaves_no_trace_of_what_it_was(
    hub: UsbHub, gun: Wedge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    scanner = opened(hub, badge_prefixes=("042",))
    assert scan(scanner, gun, Typist(1000.0).scan("4006381333931")) == [CodeNotKnown()]
    assert [record.message for record in caplog.records] == [
        "scanner: a code of 13 characters is neither a badge nor a jar"
    ]


def test_code_may_come_in_pieces(hub: UsbHub, gun: Wedge) -> None:
    scanner = opened(hub)
    data = Typist(1000.0).scan(BADGE)
    assert scan(scanner, gun, data[:240]) == []
    assert len(scan(scanner, gun, data[240:])) == 1


def test_several_codes_at_once_are_several_events(hub: UsbHub, gun: Wedge) -> None:
    scanner = opened(hub)
    typist = Typist(1000.0)
    events = scan(scanner, gun, typist.scan(BADGE) + typist.scan("005724"))
    assert [type(event) for event in events] == [CardTapped, JarScanned]


def test_silence_is_no_event(hub: UsbHub) -> None:
    assert opened(hub).read() == ()


@pytest.mark.parametrize(
    ("uid_format", "text", "uid"),
    [
        (UidFormat.DECIMAL, "3735928559", CardUid(FOUR)),
        (UidFormat.DECIMAL_REVERSED, "36136423711482628", CardUid(SEVEN)),
        (UidFormat.HEX, "04A3C6CAE26180", CardUid(SEVEN)),
        (UidFormat.HEX, "04:A3:C6:CA:E2:61:80", CardUid(SEVEN)),
        (UidFormat.WIEGAND_26, "190,44510", PartialUid(bytes.fromhex("BEADDE"))),
    ],
)
def test_card_reader_that_types_gives_the_card(
    hub: UsbHub, gun: Wedge, uid_format: UidFormat, text: str, uid: CardUid | PartialUid
) -> None:
    for layout, letters in ((Layout.US, QWERTY), (Layout.FR, AZERTY)):
        scanner = opened(hub, uid_format=uid_format, layout=layout)
        (tapped,) = scan(scanner, gun, Typist(1000.0).scan(text, letters))
        assert tapped == CardTapped(hash=HASHER.hash_uid(uid), tail=uid.data.hex().upper()[-4:])
        scanner.close()


def test_card_reader_that_types_may_stand_in_for_the_reader(hub: UsbHub) -> None:
    assert opened(hub).part is Part.SCANNER
    assert opened(hub, uid_format=UidFormat.HEX, part=Part.READER).part is Part.READER


@pytest.mark.parametrize(
    ("uid_format", "text"),
    [
        (UidFormat.HEX, "08A1B2C3"),
        (UidFormat.HEX_FIRST_FOUR, "08A1B2C3"),
        (UidFormat.HEX_FIRST_FOUR, "01020304"),
        (UidFormat.HEX_LAST_FOUR, "01020304"),
        (UidFormat.HEX_LAST_FOUR, "FFFFFFFF"),
        (UidFormat.WIEGAND_26, "0,0"),
    ],
)
def test_random_or_blank_id_from_a_card_reader_is_never_to_be_linked(
    hub: UsbHub, gun: Wedge, uid_format: UidFormat, text: str
) -> None:
    (tapped,) = scan(opened(hub, uid_format=uid_format), gun, Typist(1000.0).scan(text, QWERTY))
    assert isinstance(tapped, CardTapped)
    assert not tapped.enrolable


def test_uid_in_another_format_is_nothing_and_is_not_logged(
    hub: UsbHub, gun: Wedge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert scan(opened(hub, uid_format=UidFormat.HEX), gun, Typist(1000.0).scan("3735928559")) == [
        CodeNotKnown(is_card=True)
    ]
    assert "3735928559" not in caplog.text
    assert "no uid in the format hex" in caplog.text


# ── finding and taking it ─────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_taken_for_this_program_alone_and_given_back(hub: UsbHub, gun: Wedge) -> None:
    scanner = opened(hub)
    assert gun.grabs == 1
    scanner.close()
    scanner.close()
    assert gun.closes == 1
    with pytest.raises(DeviceError, match="not open"):
        scanner.read()


def test_it_is_found_by_its_path(hub: UsbHub, gun: Wedge) -> None:
    opened(hub, gun.path)
    assert gun.grabs == 1


def test_device_held_by_another_program_is_told_as_such(hub: UsbHub, gun: Wedge) -> None:
    gun.held_elsewhere = True
    with pytest.raises(DeviceError, match="another program holds it"):
        opened(hub)
    assert gun.fd == -1


NOT_TO_BE_TAKEN = [
    Wedge(name="touchscreen", capabilities={0: [0], 1: [2, 28, 330], 3: [(0, None), (1, None)]}),
    Wedge(name="mouse", capabilities={1: [2, 28, 272], 2: [0, 1, 8]}),
    Wedge(name="power button", capabilities={1: [116]}),
    Wedge(name="no keys", capabilities={0: [0]}),
    Wedge(name="built-in keyboard", info=Info(bustype=0x11)),
]


@pytest.mark.parametrize("device", NOT_TO_BE_TAKEN, ids=lambda device: device.name)
def test_what_people_touch_or_type_on_is_never_taken(device: Wedge) -> None:
    hub = UsbHub(device)
    assert maybe_refusal(device) is not None
    with pytest.raises(DeviceError, match="no reader 0c2e:0901 is plugged in"):
        opened(hub)
    with pytest.raises(DeviceError, match="not taken"):
        opened(hub, device.path)
    assert device.grabs == 0
    assert device.fd == -1


def test_keyboard_that_was_not_named_is_not_taken() -> None:
    keyboard = Wedge(info=Info(vendor=0x046D, product=0xC31C))
    with pytest.raises(DeviceError, match="no reader"):
        opened(UsbHub(keyboard))
    assert keyboard.grabs == 0


@pytest.fixture
def pair() -> Iterator[tuple[Wedge, Wedge]]:
    first = Wedge("/dev/input/event3", phys="usb-1.2/input0", name="Keyboard")
    second = Wedge("/dev/input/event4", phys="usb-1.3/input0", name="Scanner")
    yield first, second
    first.close()
    second.close()


def test_further_nodes_of_the_same_reader_are_left_alone(hub: UsbHub, gun: Wedge) -> None:
    volume = Wedge("/dev/input/event4", name="Bar Code Scanner Consumer Control", capabilities={1: [113, 114, 115]})
    hub.plug(volume)
    opened(hub)
    assert (gun.grabs, volume.grabs) == (1, 0)
    assert volume.fd == -1


def test_two_of_a_kind_are_told_apart_by_their_place(pair: tuple[Wedge, Wedge]) -> None:
    first, second = pair
    hub = UsbHub(*pair)
    with pytest.raises(DeviceError, match="2 devices are 0c2e:0901"):
        opened(hub)
    assert (first.grabs, second.grabs) == (0, 0)
    opened(hub, InputIdentity(vendor=0x0C2E, product=0x0901, phys="usb-1.3/input0"))
    assert (first.grabs, second.grabs) == (0, 1)


def test_name_decides_where_vendor_and_product_are_everyones(pair: tuple[Wedge, Wedge]) -> None:
    opened(UsbHub(*pair), InputIdentity(vendor=0x0C2E, product=0x0901, name="Scanner"))
    assert [wedge.grabs for wedge in pair] == [0, 1]


def test_identity_is_written_as_lsusb_prints_it() -> None:
    assert InputIdentity.of_usb("0c2e:0901") == GUN
    assert str(GUN) == "0c2e:0901"
    with pytest.raises(ValueError):
        InputIdentity.of_usb("0c2e")


def test_node_that_vanishes_while_looking_is_passed_over(gun: Wedge) -> None:
    class Flickering(UsbHub):
        def paths(self) -> Sequence[str]:
            return ["/dev/input/event0", *super().paths()]

    opened(Flickering(gun))
    assert gun.grabs == 1


# ── plugging ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_unplugged_is_lost(hub: UsbHub, gun: Wedge) -> None:
    scanner = opened(hub)
    hub.unplug(gun)
    with pytest.raises(DeviceError, match="went away"):
        scanner.read()


def test_hundred_replugs_leave_nothing_behind_and_it_still_reads(hub: UsbHub, gun: Wedge) -> None:
    scanner = Scanner(GUN, HASHER, devices=hub)
    typist = Typist(1000.0)
    for _ in range(100):
        scanner.open()
        gun.type(typist.scan(BADGE)[:200])
        scanner.read()
        hub.unplug(gun)
        with pytest.raises(OSError):
            scanner.read()
        scanner.close()
        with pytest.raises(DeviceError, match="no reader"):
            scanner.open()
        hub.plug(gun)
    assert gun.grabs == gun.closes == 100
    scanner.open()
    # Half a code typed before the plug was pulled does not stick to the next one.
    assert len(scan(scanner, gun, typist.scan(BADGE))) == 1


def test_what_is_typed_while_nobody_listens_is_lost(hub: UsbHub, gun: Wedge) -> None:
    gun.scan(BADGE)
    scanner = opened(hub)
    gun.scan("005724")
    assert scanner.read() == (JarScanned(code=JarCode("005724")),)


def read_for_seconds(scanner: Scanner) -> list[Event]:
    return [event for _ in range(12) for event in scanner.read()]


@pytest.mark.skipif(not os.access("/dev/uinput", os.W_OK), reason="this kernel has no uinput, or it is not ours")
def test_real_kernel_device_is_found_taken_read_and_lost() -> None:
    import evdev

    name = "coop-kiosk test scanner"
    keys = {evdev.ecodes.EV_KEY: list(range(1, 120))}
    with evdev.UInput(keys, name=name, vendor=0x1209, product=0xC009) as wedge:
        assert Path(wedge.device.path).exists()
        scanner = Scanner(InputIdentity(vendor=0x1209, product=0xC009, name=name), HASHER, devices=EvdevDevices())
        scanner.open()
        with pytest.raises(DeviceError, match="another program holds it"):
            Scanner(InputIdentity(vendor=0x1209, product=0xC009), HASHER).open()
        for digit in BADGE:
            wedge.write(evdev.ecodes.EV_KEY, DIGIT_ROW[digit], 1)
            wedge.write(evdev.ecodes.EV_KEY, DIGIT_ROW[digit], 0)
            wedge.syn()
        wedge.write(evdev.ecodes.EV_KEY, evdev.ecodes.KEY_ENTER, 1)
        wedge.syn()
        events = read_for_seconds(scanner)
        assert events == [CardTapped(hash=HASHER.hash_badge(BADGE), tail="1003", kind=CardKind.BADGE)]
    with pytest.raises(OSError):
        read_for_seconds(scanner)
    scanner.close()
