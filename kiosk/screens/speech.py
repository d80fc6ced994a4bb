"""Speaks the verdicts of the door with espeak-ng, where it is installed: never a name, never a reason."""

import logging
import queue
import subprocess
import threading
from collections.abc import Callable, Mapping
from typing import Final

from kiosk.types import Sound

log = logging.getLogger(__name__)

PHRASES: Final[Mapping[Sound, str]] = {
    Sound.OPEN: "speech.open",
    Sound.OPEN_ALERT: "speech.open",
    Sound.PRESENT: "speech.present",
    # Nobody in the queue may hear the difference between a closed account and an unknown card.
    Sound.CLOSED: "speech.closed",
    Sound.UNKNOWN: "speech.closed",
}
"""Which sound comes with which sentence of the catalogue."""
LONGEST_SECONDS: Final = 10.0
FULL_AMPLITUDE: Final = 100


class Speech:
    """A thread that speaks one sentence after the other; without the program it is silent, which is logged once.

    Args:
        volume: 0 to 1.
        run: runs a command as :func:`subprocess.run` does.
    """

    def __init__(self, volume: float, run: Callable[..., object] = subprocess.run) -> None:
        self._amplitude = round(FULL_AMPLITUDE * volume)
        self._run = run
        self._said: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._speak_all, name="speech", daemon=True)
        self._thread.start()

    def speak(self, text: str, language: str) -> None:
        """Say ``text`` once what is being said is over, unless something newer is to be said by then; at once."""
        self._said.put((text, language))

    def close(self) -> None:
        """Speak no more. Twice does no harm."""
        self._said.put(None)

    def join(self, timeout_seconds: float) -> bool:
        """Whether the thread has ended."""
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _newest(self) -> tuple[str, str] | None:
        """What waited behind a long sentence was for somebody who has gone: the next person must not hear it."""
        wanted = self._said.get()
        while wanted is not None and not self._said.empty():
            newer = self._said.get()
            if newer is None:
                # The end comes after what is to be said.
                self._said.put(None)
                break
            wanted = newer
        return wanted

    def _speak_all(self) -> None:
        is_missed = False
        while (wanted := self._newest()) is not None:
            text, language = wanted
            command = ["espeak-ng", "-a", str(self._amplitude), "-v", language, "--", text]
            try:
                self._run(command, check=False, capture_output=True, timeout=LONGEST_SECONDS)
            except OSError:
                # Tried again at the next sentence: a moment without memory must not silence the door for years.
                if not is_missed:
                    log.warning("espeak-ng cannot be started; nothing is spoken")
                is_missed = True
            except subprocess.TimeoutExpired:
                log.warning("espeak-ng did not end; a sentence was cut")
