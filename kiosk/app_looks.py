"""What a person sees of the configuration: the looks of the screens, and the light behind them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.config import Config
from kiosk.devices.backlight import Backlight
from kiosk.effects import PrintList
from kiosk.screens.looks import Looks
from kiosk.screens.theme import DAY, branded
from kiosk.text import Manners, texts
from kiosk.views import View

if TYPE_CHECKING:
    from kiosk.devices.printer import Printer


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


def list_printer(printer: "Printer", config: Config) -> Callable[[PrintList], None]:
    """What prints a list in the words of the coop."""
    # Pillow is loaded only where something is printed.
    from kiosk.devices.labels.paper_list import PaperList  # noqa: PLC0415 - see above

    def print_list(order: PrintList) -> None:
        words = texts(order.language, config.terminal.timezone, make_looks(config).manners).words
        rows = tuple((words(about), words(word)) for about, word in order.rows)
        printer.print_list(order.id, PaperList(title=words(order.title), rows=rows))

    return print_list


def lit(present: Callable[[View], None], backlight: Backlight | None) -> Callable[[View], None]:
    """``present``, with the light following what is shown."""
    if backlight is None:
        return present

    def follow(view: View) -> None:
        backlight.show(view)
        present(view)

    return follow
