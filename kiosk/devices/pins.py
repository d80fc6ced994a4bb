"""Lines of the GPIO header through gpiozero, with outputs that never show a level nobody asked for.

gpiozero's lgpio pins claim an output low and then set its level; a relay that is active when low gets a short pulse at
every start. Here a line is claimed as an output at its level, in one call, and is pulled towards that level when it is
given back. Until the program starts and after it ends, the board's own resistor decides.
"""

import contextlib
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_IMPORTING = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """Where lines come from.

    Attributes:
        factory: the ``pin_factory`` to hand to every device of gpiozero; never set as gpiozero's global one.
        faults: what it raises when a line cannot be had.
        close: gives all lines back.
    """

    factory: Any
    faults: tuple[type[BaseException], ...]
    close: Callable[[], None]


def lgpio_pins() -> Pins:
    """The lines of a Raspberry Pi.

    Raises:
        ImportError: lgpio is not installed.
        Exception: whatever lgpio and gpiozero raise on a machine that is no Raspberry Pi.
    """
    lgpio = _import_lgpio()
    from gpiozero import GPIOZeroError
    from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin

    class RestingPin(LGPIOPin):  # type: ignore[misc]  # gpiozero has no types
        """A line that is claimed at its level, and rests at it."""

        rest_pull = lgpio.SET_PULL_NONE

        def output_with_state(self, state: bool) -> None:
            self.rest_pull = lgpio.SET_PULL_UP if state else lgpio.SET_PULL_DOWN
            lgpio.gpio_claim_output(self.factory._handle, self._number, int(state))  # noqa: SLF001 - as LGPIOPin does

        def close(self) -> None:
            handle = self.factory._handle  # noqa: SLF001 - as LGPIOPin does
            self.when_changed = None
            if handle is None:
                # The chip went first, and took the line with it: what was half made is closed last.
                return
            # A pull is taken over only by a line that is claimed anew.
            lgpio.gpio_free(handle, self._number)
            lgpio.gpio_claim_input(handle, self._number, self.rest_pull)

    factory = LGPIOFactory()
    factory.pin_class = RestingPin
    # By default all factories of the process share their lines, and closing one (the bell's) would close the door's.
    # What stays shared is who holds which line: a line wanted twice is refused.
    factory.pins = {}
    return Pins(factory=factory, faults=(GPIOZeroError, lgpio.error), close=factory.close)


def _import_lgpio() -> Any:
    """Lgpio makes a pipe in the working directory while it is imported, and fails where it may not.

    A service works in "/", and a read-only root is nobody's to write. Only that moment needs the name of the pipe.
    """
    # The door and the bell may both come here; the working directory is that of all threads.
    with _IMPORTING, tempfile.TemporaryDirectory(prefix="lgpio-") as folder, contextlib.chdir(folder):
        import lgpio
    return lgpio
