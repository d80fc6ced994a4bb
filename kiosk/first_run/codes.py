"""Codes while it is not known yet which device reads them: every device that types is listened to, none is taken.

Nothing but the guide is on the screen then, and it takes no keys: what is typed goes nowhere else.
"""

import contextlib
import logging
import os
import select
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kiosk.clock import Clock
from kiosk.devices.keys import INPUT_EVENT, KeyDecoder, Layout
from kiosk.devices.scanner import EVENTS_AT_ONCE, InputDevice, InputDevices, maybe_refusal
from kiosk.install.setup_code import MOST_DIGITS
from kiosk.own_thread import OwnThread
from kiosk.rules.guide_events import CodeRead

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
"""From one look for new devices to the next."""
WAIT_MILLISECONDS: Final = 200
LASTING: Final = "dev/input/by-id"


class _Typist:
    """One device, heard under both keyboards it may believe to be."""

    def __init__(self, path: str, device: InputDevice) -> None:
        self.path = path
        self.device = device
        self._decoders = [KeyDecoder(layout, longest=MOST_DIGITS) for layout in Layout]

    def lines(self, data: bytes) -> list[tuple[str, ...]]:
        """What it has typed to an end, each line as either layout has it."""
        for decoder in self._decoders:
            decoder.receive_data(data)
        lines = []
        while all(read := [decoder.next_event() for decoder in self._decoders]):
            lines.append(tuple(dict.fromkeys(text for text in read if text is not None)))
        return lines


class CodeListener(OwnThread):
    """Reads every scanner, on a thread of its own.

    Args:
        devices: where they come from.
        post: takes what they read.
        clock: paces the looks for new ones.
        root: of the file system: what a device is called there is what lasts.
    """

    def __init__(
        self, devices: InputDevices, post: Callable[[CodeRead], None], clock: Clock, root: Path = Path("/")
    ) -> None:
        super().__init__("codes")
        self._devices = devices
        self._post = post
        self._clock = clock
        self._root = root
        self._open: dict[str, _Typist] = {}
        self._refused: set[str] = set()

    def _run(self) -> None:
        looked_at = -LOOK_SECONDS
        try:
            while not self._stopping:
                if self._clock.monotonic() - looked_at >= LOOK_SECONDS:
                    self._look()
                    looked_at = self._clock.monotonic()
                self._listen()
        finally:
            for path in tuple(self._open):
                self._drop(path)

    def _look(self) -> None:
        try:
            paths = set(self._devices.paths())
        except OSError as fault:
            log.info("input devices cannot be listed: %s", fault)
            return
        self._refused &= paths
        for path in paths - self._open.keys() - self._refused:
            # A node may vanish, or be another user's, between being listed and being opened.
            with contextlib.suppress(OSError):
                device = self._devices.open(path)
                if maybe_refusal(device) is None:
                    self._open[path] = _Typist(path, device)
                else:
                    self._refused.add(path)
                    device.close()

    def _listen(self) -> None:
        poll = select.poll()
        by_fd = {}
        for typist in self._open.values():
            by_fd[typist.device.fd] = typist
            poll.register(typist.device.fd, select.POLLIN)
        for fd, _ in poll.poll(WAIT_MILLISECONDS):
            typist = by_fd[fd]
            try:
                data = os.read(fd, EVENTS_AT_ONCE * INPUT_EVENT.size)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                self._drop(typist.path)
                continue
            for readings in typist.lines(data):
                self._post(CodeRead(readings=readings, device=self._lasting_name(typist)))

    def _drop(self, path: str) -> None:
        self._open.pop(path).device.close()

    def _lasting_name(self, typist: _Typist) -> str:
        """What the configuration calls it: a path that outlives a reboot, else vendor and product."""
        lasting = self._root / LASTING
        if Path(typist.path).parent == lasting:
            return typist.path
        for link in sorted(lasting.glob("*-event-kbd")):
            if link.resolve() == Path(typist.path).resolve():
                return str(link)
        info = typist.device.info
        return f"{info.vendor:04x}:{info.product:04x}"
