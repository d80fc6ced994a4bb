"""What is spoken, and what is not."""

import logging
import threading

from kiosk.messages import MESSAGES
from kiosk.screens.speech import PHRASES, Speech
from kiosk.types import Sound


def test_a_sentence_is_handed_to_espeak_in_its_language_and_as_loud_as_wanted():
    commands = []
    speech = Speech(0.5, lambda command, **_: commands.append(command))
    speech.speak("C’est ouvert.", "fr")
    speech.close()
    assert speech.join(5)
    assert commands == [["espeak-ng", "-a", "50", "-v", "fr", "--", "C’est ouvert."]]


def test_what_waited_behind_a_long_sentence_is_not_said_to_the_next_person():
    begun, go_on, said = threading.Event(), threading.Event(), []

    def run(command, **_):
        said.append(command[-1])
        begun.set()
        assert go_on.wait(5)

    speech = Speech(1.0, run)
    speech.speak("one", "fr")
    assert begun.wait(5)
    for text in ("two", "three"):
        speech.speak(text, "fr")
    go_on.set()
    speech.close()
    assert speech.join(5)
    assert said == ["one", "three"]


def test_a_moment_without_memory_mutes_one_sentence():
    said, heard = [], threading.Event()

    def run(command, **_):
        said.append(command[-1])
        heard.set()
        if len(said) == 1:
            raise OSError(12, "Cannot allocate memory")

    speech = Speech(1.0, run)
    for text in ("one", "two"):
        heard.clear()
        speech.speak(text, "fr")
        assert heard.wait(5)
    speech.close()
    assert speech.join(5)
    assert said == ["one", "two"]


def test_without_the_program_it_is_silent_and_says_so_once(caplog):
    def missing(command, **_):
        raise FileNotFoundError(command[0])

    with caplog.at_level(logging.WARNING):
        speech = Speech(1.0, missing)
        for _ in range(3):
            speech.speak("C’est ouvert.", "fr")
        speech.close()
        assert speech.join(5)
    assert len(caplog.records) == 1


def test_no_phrase_has_a_value_and_closed_and_unknown_are_the_same():
    assert not [key for key in PHRASES.values() if "{" in str(MESSAGES[key])]
    assert PHRASES[Sound.CLOSED] == PHRASES[Sound.UNKNOWN]
