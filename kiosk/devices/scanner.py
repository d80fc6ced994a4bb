"""A bar-code gun or a USB card reader that types (evdev), from finding it to events.

It is taken for this program alone: what a member scans must not be typed into whatever has the focus. So the device has
to be named, and nothing that people touch or type on is ever taken.
"""

import contextlib
import errno
import fcntl
import logging
import os
import select
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from kiosk.devices.cards import (
    CardHasher,
    CodeKind,
    canonical_badge,
    classify_code,
    is_random_or_blank,
    tail,
)
from kiosk.devices.keys import EV_KEY, INPUT_EVENT, PAUSE_SECONDS, KeyDecoder, Layout
from kiosk.devices.labels.tare_code import TareFormat
from kiosk.devices.uid_formats import UidFormat, parse_reader_uid
from kiosk.errors import DeviceError
from kiosk.events import CardTapped, CodeNotKnown, Event, JarScanned, TareScanned
from kiosk.types import CardKind, JarCode, Part

log = logging.getLogger(__name__)

EV_REL, EV_ABS = 2, 3
KEY_1, KEY_ENTER = 2, 28
BUS_I8042: Final = 0x11
"""Keyboards of laptops and old PCs. No reader is one."""
EVIOCSCLOCKID: Final = 0x400445A0
WAIT_MILLISECONDS: Final = 250
EVENTS_AT_ONCE: Final = 256


class InputInfo(Protocol):
    @property
    def bustype(self) -> int: ...
    @property
    def vendor(self) -> int: ...
    @property
    def product(self) -> int: ...


class InputDevice(Protocol):
    """What is used of ``evdev.InputDevice``."""

    @property
    def fd(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def phys(self) -> str: ...
    @property
    def info(self) -> InputInfo: ...

    def capabilities(self) -> Mapping[int, Sequence[Any]]: ...
    def grab(self) -> None: ...
    def close(self) -> None: ...


class InputDevices(Protocol):
    """The input devices of this machine. Both raise OSError."""

    def paths(self) -> Sequence[str]: ...
    def open(self, path: str) -> InputDevice: ...


class EvdevDevices:
    """Those of the kernel."""

    def paths(self) -> Sequence[str]:
        import evdev

        return sorted(evdev.list_devices(writable=False))

    def open(self, path: str) -> InputDevice:
        import evdev

        return evdev.InputDevice(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputIdentity:
    """What a device is known by where it has no path of its own. ``phys`` (its place) tells two of a kind apart."""

    vendor: int
    product: int
    name: str = ""
    phys: str = ""

    @classmethod
    def of_usb(cls, usb_id: str) -> "InputIdentity":
        """From vendor and product as ``lsusb`` prints them, ``05f9:2204``.

        Raises:
            ValueError: not two hexadecimal numbers.
        """
        vendor, _, product = usb_id.partition(":")
        return cls(vendor=int(vendor, 16), product=int(product, 16))

    def fits(self, device: InputDevice) -> bool:
        return (
            (self.vendor, self.product) == (device.info.vendor, device.info.product)
            and self.name in {"", device.name}
            and self.phys in {"", device.phys}
        )

    def __str__(self) -> str:
        return f"{self.vendor:04x}:{self.product:04x}"


def maybe_refusal(device: InputDevice) -> str | None:
    """Why this device must not be taken; None where it may be one that only types codes."""
    capabilities = device.capabilities()
    if EV_REL in capabilities or EV_ABS in capabilities:
        return "it points: a touchscreen or a mouse"
    if not {KEY_1, KEY_ENTER} <= set(capabilities.get(EV_KEY, ())):
        return "it has no digits or no Enter"
    if device.info.bustype == BUS_I8042:
        return "it is a built-in keyboard"
    return None


class Scanner:
    """A bar-code gun or a typing card reader as a source of events.

    Args:
        target: a path under ``/dev/input/by-id`` or ``by-path``, or an identity.
        hasher: under whose key a card becomes a hash.
        layout: the keyboard that the reader believes to be; decides about letters only.
        uid_format: how a card reader writes a uid; None for a bar-code gun.
        badge_prefixes: how the coop's badges begin; anything valid where nothing is said.
        tares: how the till's code on a jar's label is written: no badge looks like that.
        pause_seconds: silence after which what was typed before is dropped.
        part: what is lost when this is lost: a card reader may stand in for the reader.
        devices: where devices come from.
    """

    faults: tuple[type[BaseException], ...] = (OSError,)

    def __init__(
        self,
        target: str | InputIdentity,
        hasher: CardHasher,
        *,
        layout: Layout = Layout.US,
        uid_format: UidFormat | None = None,
        badge_prefixes: tuple[str, ...] = (),
        tares: TareFormat | None = None,
        pause_seconds: float = PAUSE_SECONDS,
        part: Part = Part.SCANNER,
        devices: InputDevices | None = None,
    ) -> None:
        self.part = part
        self._target = target
        self._hasher = hasher
        self._layout = layout
        self._uid_format = uid_format
        self._badge_prefixes = badge_prefixes
        self._tares = tares
        self._pause_seconds = pause_seconds
        self._devices = EvdevDevices() if devices is None else devices
        self._device: InputDevice | None = None
        self._poll = select.poll()
        self._decoder = KeyDecoder(layout, pause_seconds)

    def open(self) -> None:
        """Find the device and take it for this program alone.

        Raises:
            DeviceError: not there, not alone in fitting, held by another program, or nothing to be taken.
            OSError: it cannot be opened.
        """
        device = self._find()
        try:
            if (refusal := maybe_refusal(device)) is not None:
                raise DeviceError(f"not taken: {refusal}")
            _grab(device)
            with contextlib.suppress(OSError):  # not every kernel knows it; then the wall clock has to do
                fcntl.ioctl(device.fd, EVIOCSCLOCKID, struct.pack("i", time.CLOCK_MONOTONIC))
        except OSError:
            device.close()
            raise
        self._device = device
        self._decoder = KeyDecoder(self._layout, self._pause_seconds)
        self._poll = select.poll()
        self._poll.register(device.fd, select.POLLIN)

    def read(self) -> tuple[Event, ...]:
        """Wait a quarter of a second for keys, and say which codes they end.

        Raises:
            DeviceError: the device went away.
            OSError: the same, in the kernel's words.
        """
        if self._device is None:
            raise DeviceError("the scanner is not open")
        if not self._poll.poll(WAIT_MILLISECONDS):
            return ()
        try:
            data = os.read(self._device.fd, EVENTS_AT_ONCE * INPUT_EVENT.size)
        except BlockingIOError:
            return ()
        if not data:
            raise DeviceError("the scanner went away")
        self._decoder.receive_data(data)
        events = []
        while (code := self._decoder.next_event()) is not None:
            events.append(self._event_of(code))
        return tuple(events)

    def close(self) -> None:
        """Give the device back: the kernel releases it with its file."""
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _find(self) -> InputDevice:
        if isinstance(self._target, str):
            return self._devices.open(self._target)
        fitting: list[InputDevice] = []
        for path in self._devices.paths():
            # A node may vanish, or be another user's, between being listed and being opened.
            with contextlib.suppress(OSError):
                device = self._devices.open(path)
                # A reader may have further nodes (volume keys) under the same identity.
                if self._target.fits(device) and maybe_refusal(device) is None:
                    fitting.append(device)
                else:
                    device.close()
        if len(fitting) == 1:
            return fitting[0]
        for device in fitting:
            device.close()
        if fitting:
            raise DeviceError(f"{len(fitting)} devices are {self._target}: say which by phys or by path")
        raise DeviceError(f"no reader {self._target} is plugged in")

    def _event_of(self, code: str) -> Event:
        return self._scanned(code) if self._uid_format is None else self._card(code, self._uid_format)

    def _scanned(self, code: str) -> Event:
        scanned = classify_code(code, self._badge_prefixes)
        if scanned.kind is CodeKind.JAR:
            return JarScanned(code=JarCode(scanned.code))
        if self._tares is not None and (grams := self._tares.maybe_grams(scanned.code)) is not None:
            return TareScanned(grams)
        if scanned.kind is CodeKind.BADGE:
            return CardTapped(
                hash=self._hasher.hash_badge(scanned.code),
                tail=scanned.code[-4:],
                kind=CardKind.BADGE,
                code=canonical_badge(scanned.code),
            )
        log.info("%s: a code of %d characters is neither a badge nor a jar", self.part, len(code))
        return CodeNotKnown()

    def _card(self, code: str, uid_format: UidFormat) -> Event:
        try:
            uid = parse_reader_uid(code, uid_format)
        except ValueError as error:
            log.info("%s: %d characters are no uid in the format %s: %s", self.part, len(code), uid_format, error)
            return CodeNotKnown(is_card=True)
        return CardTapped(
            hash=self._hasher.hash_uid(uid),
            tail=tail(uid),
            enrolable=not is_random_or_blank(uid),
            code=str(uid),
        )


def _grab(device: InputDevice) -> None:
    try:
        device.grab()
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise DeviceError("another program holds it") from error
        raise
