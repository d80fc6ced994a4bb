"""The sounds, made by code: sines with soft edges, below 1.1 kHz, told apart by their pattern."""

import io
import logging
import math
import os
import struct
import sys
import tempfile
import wave
from pathlib import Path
from typing import Any, Final

from kiosk.types import Sound

log = logging.getLogger(__name__)

RATE: Final = 22_050
SOFT_EDGE_SECONDS: Final = 0.008
LOUDNESS: Final = 0.5
SOFTER: Final = 0.5
"""6 dB less."""
MUCH_SOFTER: Final = 10 ** (-10 / 20)
"""10 dB less: early and late, when there is no crowd to be louder than."""
LOUD_FROM, LOUD_UNTIL = 8, 20
"""The hours of the day between which sounds are at their full volume."""

Note = tuple[float, float]
"""Hertz (0 is a pause) and seconds."""

NOTES: Final[dict[Sound, tuple[Note, ...]]] = {
    Sound.TAP: ((1000, 0.015),),
    Sound.CARD: ((880, 0.060),),
    Sound.OPEN: ((660, 0.090), (880, 0.150)),
    Sound.OPEN_ALERT: ((660, 0.090), (880, 0.090), (660, 0.150)),
    Sound.PRESENT: ((523, 0.080), (659, 0.080), (784, 0.160)),
    # Nobody in the queue may hear the difference between a closed account and an unknown card.
    Sound.UNKNOWN: ((440, 0.120), (0, 0.090), (440, 0.120)),
    Sound.CLOSED: ((440, 0.120), (0, 0.090), (440, 0.120)),
    Sound.STEADY: ((1047, 0.070),),
    Sound.OVERLOAD: ((330, 0.080), (0, 0.070), (330, 0.080), (0, 0.070), (330, 0.080)),
    Sound.BELL: ((784, 0.400), (622, 0.600)),
}
_QUIET: Final = frozenset({Sound.UNKNOWN, Sound.CLOSED})


def wave_bytes(sound: Sound) -> bytes:
    """A mono 16-bit WAVE file of ``sound``."""
    loudness = LOUDNESS * (SOFTER if sound in _QUIET else 1.0)
    samples = bytearray()
    for hertz, seconds in NOTES[sound]:
        count = int(seconds * RATE)
        edge = min(int(SOFT_EDGE_SECONDS * RATE), count // 2)
        for i in range(count):
            soft = min(i / edge, (count - i) / edge, 1.0) if edge else 1.0
            level = loudness * soft * math.sin(2 * math.pi * hertz * i / RATE)
            samples += struct.pack("<h", round(level * 32_767))
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(samples))
    return content.getvalue()


def loudness_at(hour: int, volume: float) -> float:
    """The volume at an hour of the day, 0 to 1."""
    return volume if LOUD_FROM <= hour < LOUD_UNTIL else volume * MUCH_SOFTER


def has_audio_device() -> bool:
    """Whether it is worth asking SDL for audio, which complains at length where there is none."""
    if sys.platform != "linux" or "PULSE_SERVER" in os.environ:
        return True
    return any(Path("/dev/snd").glob("pcm*p"))


class Sounds:
    """Plays the sounds through Kivy; silent, and said once, where there is no audio. Kivy's thread only."""

    def __init__(self, volume: float = 1.0) -> None:
        self._volume = volume
        self._folder = tempfile.TemporaryDirectory(prefix="kiosk-sounds-")
        self._loaded: dict[Sound, Any] = {}
        self._failed = False
        self._silent = volume <= 0
        if not self._silent and not has_audio_device():
            self._fall_silent()

    def play(self, sound: Sound, hour: int = LOUD_FROM) -> None:
        """Start ``sound`` as loud as befits the hour; what plays already goes on."""
        if self._silent:
            return
        try:
            loaded = self._loaded.get(sound) or self._load(sound)
        except OSError as error:
            self._fail(error)
            return
        if loaded is None or loaded.length <= 0:
            self._fall_silent()
            return
        loaded.volume = loudness_at(hour, self._volume)
        loaded.stop()
        loaded.play()

    def _fall_silent(self) -> None:
        self._silent = True
        log.warning("there is no audio; the kiosk is silent")

    def _fail(self, error: OSError) -> None:
        """Never an error of the screen: it would stand where the verdict is."""
        if not self._failed:
            log.warning("a sound cannot be made: %s", error.strerror)
        self._failed = True

    def _load(self, sound: Sound) -> Any:
        from kivy.core.audio import SoundLoader  # noqa: PLC0415  looks for audio devices when imported

        path = Path(self._folder.name) / f"{sound}.wav"
        # systemd-tmpfiles takes what nobody has touched for days.
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(wave_bytes(sound))
        self._loaded[sound] = SoundLoader.load(str(path))
        return self._loaded[sound]

    def close(self) -> None:
        """Forget the sounds. Twice does no harm."""
        for loaded in self._loaded.values():
            if loaded is not None:
                loaded.unload()
        self._loaded.clear()
        self._folder.cleanup()
