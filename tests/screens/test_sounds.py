"""The sounds: patterns of soft sines, nothing above 1.1 kHz."""

import io
import logging
import math
import shutil
import wave
from pathlib import Path

import pytest
from kivy.core.audio import SoundLoader

from kiosk.screens.sounds import NOTES, RATE, Sounds, loudness_at, wave_bytes
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


class Loaded:
    """What Kivy gives for a file."""

    length = 1.0
    volume = 1.0

    def __init__(self):
        self.played = 0

    def stop(self):
        """It may play from before."""

    def play(self):
        self.played += 1

    def unload(self):
        """Its file may go."""


@pytest.fixture
def heard(monkeypatch):
    """The sounds that Kivy has loaded, by the names of their files; each has to be there."""
    loaded = {}

    def load(path):
        assert Path(path).read_bytes()
        return loaded.setdefault(Path(path).stem, Loaded())

    monkeypatch.setenv("PULSE_SERVER", "here")
    monkeypatch.setattr(SoundLoader, "load", load)
    return loaded


def test_a_sound_is_made_although_its_folder_was_tidied_away(heard):
    sounds = Sounds()
    sounds.play(Sound.OPEN)
    shutil.rmtree(sounds._folder.name)
    sounds.play(Sound.OVERLOAD)
    sounds.play(Sound.OPEN)
    sounds.close()
    assert {name: sound.played for name, sound in heard.items()} == {"open": 2, "overload": 1}


def test_a_sound_that_cannot_be_made_is_told_once_and_troubles_nobody(heard, caplog):
    sounds = Sounds()
    shutil.rmtree(sounds._folder.name)
    Path(sounds._folder.name).write_text("in the way")
    with caplog.at_level(logging.WARNING):
        sounds.play(Sound.OPEN)
        sounds.play(Sound.CLOSED)
    assert heard == {}
    assert len(caplog.records) == 1
    Path(sounds._folder.name).unlink()
    sounds.play(Sound.OPEN)
    sounds.close()
    assert heard["open"].played == 1
