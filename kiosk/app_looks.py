"""What a person sees of the configuration: the looks of the screens, and the light behind them."""

from collections.abc import Callable

from kiosk.config import Config
from kiosk.devices.backlight import Backlight
from kiosk.screens.looks import Looks
from kiosk.screens.theme import DAY, branded
from kiosk.text import Manners
from kiosk.views import View


def make_looks(config: Config) -> Looks:
    """What the coop chose about its screens."""
    terminal, coop = config.terminal, config.coop
    return Looks(
        theme=DAY if coop.brand_colour is None else branded(DAY, coop.brand_colour),
        logo="" if coop.logo is None else str(coop.logo),
        manners=Manners(tutoiement=terminal.tutoiement, inclusive_sign=terminal.inclusive_sign),
        reader_is=terminal.reader_is,
        volume=terminal.volume / 100,
        less_motion=terminal.less_motion,
        speech=terminal.speech,
    )


def lit(present: Callable[[View], None], backlight: Backlight | None) -> Callable[[View], None]:
    """``present``, with the light following what is shown."""
    if backlight is None:
        return present

    def follow(view: View) -> None:
        backlight.show(view)
        present(view)

    return follow
