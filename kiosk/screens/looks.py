"""What a coop chooses about its screens: colours and logo, manners, sounds, motion. No Kivy here."""

from dataclasses import dataclass, field
from typing import Final

from kiosk.screens.theme import DAY, Theme
from kiosk.text import Manners


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The choices, as the face takes them.

    Attributes:
        theme: the colours by day.
        logo: path of the coop's logo, empty without one.
        manners: *tu* or *vous*, and the inclusive sign.
        reader_is: where the reader is, seen from the screen: ``below``, ``left``, ``right`` or ``above``.
        volume: of the sounds, 0 (never a sound) to 1.
        less_motion: nothing fades.
        speech: the verdicts of the door are spoken, where espeak-ng is installed.
    """

    theme: Theme = DAY
    logo: str = ""
    manners: Manners = field(default_factory=Manners)
    reader_is: str = "below"
    volume: float = 1.0
    less_motion: bool = False
    speech: bool = False


PLAIN: Final = Looks()
