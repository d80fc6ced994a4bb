"""What no program can be faster than, on this machine and in this run."""

import io
import os
import tempfile
import time
from pathlib import Path

from measuring import Figures, spread

SPI_HZ = 1_000_000
"""The clock that the reader's driver, and the stock library, ask of the bus."""
BITS_A_TRANSFER = 16
"""An address and a value."""
PAGE_BYTES = 4096


def measure(*, quick: bool = False) -> Figures:
    """All figures of this room."""
    figures = spread("fsync of one page", fsyncs(50 if quick else 400))
    figures["SPI: µs a transfer, by its bits alone"] = BITS_A_TRANSFER / SPI_HZ * 1e6
    return figures


def fsyncs(times: int) -> list[float]:
    """Seconds that it takes to append a page to a file and have it on the disk, where the terminal's data would lie."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "page").open("wb", buffering=0) as file:
        return [fsync(file) for _ in range(times)]


def fsync(file: io.FileIO) -> float:
    """Seconds for one more page of a file."""
    began = time.perf_counter()
    file.write(bytes(PAGE_BYTES))
    os.fsync(file.fileno())
    return time.perf_counter() - began
