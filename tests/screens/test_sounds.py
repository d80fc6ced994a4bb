"""The sounds: patterns of soft sines, nothing above 1.1 kHz."""

import io
import math
import wave

import pytest

from kiosk.screens.sounds import NOTES, RATE, loudness_at, wave_bytes
from kiosk.types import Sound


def samples_of(sound):
    with wave.open(io.BytesIO(wave_bytes(sound))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        data = file.readframes(file.getnframes())
    return [int.from_bytes(data[i : i + 2], "little", signed=True) for i in range(0, len(data), 2)]


@pytest.mark.parametrize("sound", Sound)
def test_every_sound_is_as_long_as_its_notes_and_starts_and_ends_softly(sound):
    values = samples_of(sound)
    assert len(values) / RATE == pytest.approx(sum(seconds for _, seconds in NOTES[sound]), abs=0.001)
    assert max(map(abs, values)) > 4_000
    assert abs(values[0]) < 400
    assert abs(values[-1]) < 3_000


def test_nothing_is_higher_than_older_ears_hear_well():
    assert max(hertz for notes in NOTES.values() for hertz, _ in notes) < 1_100


def test_a_closed_account_and_an_unknown_card_sound_the_same():
    assert wave_bytes(Sound.CLOSED) == wave_bytes(Sound.UNKNOWN)


def test_all_other_sounds_differ():
    others = [wave_bytes(sound) for sound in Sound if sound is not Sound.CLOSED]
    assert len(set(others)) == len(others)


def test_early_and_late_a_sound_is_ten_decibels_softer():
    assert loudness_at(8, 1.0) == loudness_at(19, 1.0) == 1.0
    for hour in (7, 20, 23, 0):
        assert 20 * math.log10(loudness_at(hour, 0.6) / 0.6) == pytest.approx(-10.0)
