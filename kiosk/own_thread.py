"""A thread that sleeps until it is woken and ends when it is asked to: what every part beside the reactor has."""

import threading
from abc import ABC, abstractmethod


class OwnThread(ABC):
    """Begins once, ends once; a daemon, so that one that hangs keeps no process alive.

    Args:
        name: of the thread, for logs and debuggers.
    """

    def __init__(self, name: str) -> None:
        self._wake = threading.Condition()
        """Guards what threads share; told when there is something to do."""
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def request_stop(self) -> None:
        """Ask the thread to end after what it is doing; returns at once."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()

    def join(self, timeout_seconds: float = 2.0) -> bool:
        """Wait for the end; False if the thread still hangs in what it is doing."""
        if self._thread.is_alive():
            self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    @abstractmethod
    def _run(self) -> None:
        """The whole life of the thread; ends soon after ``_stopping`` is set."""
