"""An MFRC522 register by register, as far as its data sheet (NXP, rev. 3.9) tells what a host can see over SPI.

The real library runs on it unmodified (:mod:`kiosk.devices.simulated.modules`). Time is the caller's: the chip's timer
runs on the clock that it is given.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from kiosk.devices.simulated.card_models import Answer, Field, crc_16

CLOCK_HERTZ: Final = 13_560_000
FIFO_BYTES: Final = 64


class Register(IntEnum):
    """Those with a behaviour of their own; the others keep what is written."""

    COMMAND = 0x01
    COM_IRQ = 0x04
    DIV_IRQ = 0x05
    ERROR = 0x06
    STATUS_1 = 0x07
    STATUS_2 = 0x08
    FIFO_DATA = 0x09
    FIFO_LEVEL = 0x0A
    WATER_LEVEL = 0x0B
    CONTROL = 0x0C
    BIT_FRAMING = 0x0D
    COLL = 0x0E
    MODE = 0x11
    TX_MODE = 0x12
    RX_MODE = 0x13
    TX_CONTROL = 0x14
    CRC_HIGH = 0x21
    CRC_LOW = 0x22
    TIMER_MODE = 0x2A
    TIMER_PRESCALER = 0x2B
    TIMER_RELOAD_HIGH = 0x2C
    TIMER_RELOAD_LOW = 0x2D
    VERSION = 0x37


class Command(IntEnum):
    IDLE = 0x0
    MEM = 0x1
    CALC_CRC = 0x3
    TRANSMIT = 0x4
    NO_CHANGE = 0x7
    RECEIVE = 0x8
    TRANSCEIVE = 0xC
    MF_AUTHENT = 0xE
    SOFT_RESET = 0xF


RESETS: Final = {
    0x01: 0x20,
    0x02: 0x80,
    0x04: 0x14,
    0x07: 0x21,
    0x0B: 0x08,
    0x0C: 0x10,
    0x0E: 0xA0,
    0x11: 0x3F,
    0x14: 0x80,
    0x21: 0xFF,
    0x22: 0xFF,
    0x24: 0x26,
    0x26: 0x48,
}

TIMER_IRQ, ERROR_IRQ, IDLE_IRQ, RX_IRQ, TX_IRQ = 0x01, 0x02, 0x10, 0x20, 0x40
CRC_IRQ: Final = 0x04
CRC_ERROR, COLLISION_ERROR, OVERFLOW_ERROR, TEMPERATURE_ERROR = 0x04, 0x08, 0x10, 0x40
CRYPTO_ON: Final = 0x08
POWER_DOWN: Final = 0x10
CRC_ENABLE: Final = 0x80
ANTENNA: Final = 0x03
CRC_PRESETS: Final = (0x0000, 0x6363, 0xA671, 0xFFFF)
READ_ONLY: Final = frozenset(
    {Register.ERROR, Register.STATUS_1, Register.CRC_HIGH, Register.CRC_LOW, Register.VERSION, Register.CONTROL}
)


@dataclass(slots=True)
class Faults:
    """What goes wrong. All may be set and taken back while a driver runs.

    Attributes:
        bus_level: every byte read, whatever the chip says: 0x00 or 0xFF on a broken wire.
        bus_error: raised by every transfer.
        noise: what the wires do to each byte, both ways.
        before_transfer: called with the number of each transfer, from 1.
        hot: too warm; the antenna drivers are off and TempErr is set.
        hung: it answers and does nothing, until its reset pin is driven.
        timer_stuck: TimerIRq reads 1 however often it is cleared.
        timer_dead: the timer never runs out.
        crc_reads: how often DivIrq is read before the checksum is there.
        wake_seconds: how long the chip takes no writes after a reset.
    """

    bus_level: int | None = None
    bus_error: OSError | None = None
    noise: Callable[[int], int] | None = None
    before_transfer: Callable[[int], None] | None = None
    hot: bool = False
    hung: bool = False
    timer_stuck: bool = False
    timer_dead: bool = False
    crc_reads: int = 0
    wake_seconds: float = 0.0


class Chip:
    """The chip and the field before its antenna.

    Args:
        now: monotonic seconds, for the chip's timer.
        version: what VersionReg says: 91, 92, 90, 88 on clones.

    Attributes:
        transfers: how many SPI transfers there were.
        resets: how often it was reset, in any way.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, version: int = 0x92) -> None:
        self.field = Field()
        self.faults = Faults()
        self.version = version
        self.transfers = 0
        self.resets = 0
        self._now = now
        self._held_in_reset = False
        self._specials_read: dict[int, Callable[[], int]] = {
            Register.COMMAND: self._read_command,
            Register.COM_IRQ: self._read_com_irq,
            Register.DIV_IRQ: self._read_div_irq,
            Register.ERROR: self._read_error,
            Register.STATUS_1: self._read_status_1,
            Register.FIFO_DATA: self._read_fifo_data,
            Register.FIFO_LEVEL: lambda: len(self._fifo),
            Register.TX_CONTROL: self._read_tx_control,
            Register.VERSION: lambda: self.version,
        }
        self._specials_written: dict[int, Callable[[int], None]] = {
            Register.COMMAND: self._write_command,
            Register.COM_IRQ: lambda value: self._write_irq(Register.COM_IRQ, value),
            Register.DIV_IRQ: lambda value: self._write_irq(Register.DIV_IRQ, value),
            Register.STATUS_2: self._write_status_2,
            Register.FIFO_DATA: self._write_fifo_data,
            Register.FIFO_LEVEL: self._write_fifo_level,
            Register.BIT_FRAMING: self._write_bit_framing,
            Register.COLL: self._write_coll,
            Register.TX_CONTROL: self._write_tx_control,
        }
        self.reset()

    def reset(self) -> None:
        """What a soft reset, the reset pin and a brown-out do: every register as at power-on, the carrier off."""
        with self.field.lock:
            self.resets += 1
            self._registers = [RESETS.get(address, 0) for address in range(64)]
            self._fifo = bytearray()
            self._timer_ends: float | None = None
            self._crc_reads_left: int | None = None
            self._awake_from = self._now() + self.faults.wake_seconds
            self.field.power(on=False)

    def drive_reset_pin(self, high: bool) -> None:
        """The level on NRSTPD: low stops everything, the rise starts the chip afresh."""
        with self.field.lock:
            if high and self._held_in_reset:
                self.faults.hung = False
                self.reset()
            if not high:
                self.field.power(on=False)
            self._held_in_reset = not high

    def transfer(self, sent: list[int]) -> list[int]:
        """One SPI transfer, chip select low throughout (data sheet 8.1.2).

        Raises:
            OSError: while the fault of that name is injected.
        """
        with self.field.lock:
            self.transfers += 1
            if self.faults.before_transfer is not None:
                self.faults.before_transfer(self.transfers)
            if self.faults.bus_error is not None:
                raise self.faults.bus_error
            noise = self.faults.noise
            heard = sent if noise is None else [noise(byte) for byte in sent]
            answered = self._answer(heard)
            if self.faults.bus_level is not None:
                return [self.faults.bus_level] * len(sent)
            return answered if noise is None else [noise(byte) for byte in answered]

    def _answer(self, sent: list[int]) -> list[int]:
        if self._held_in_reset:
            return [0x00] * len(sent)
        if sent[0] & 0x80:
            return [0x00, *(self._read(address >> 1 & 0x3F) for address in sent[:-1])]
        for byte in sent[1:]:
            self._write(sent[0] >> 1 & 0x3F, byte)
        return [0x00] * len(sent)

    # ── registers ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _read(self, address: int) -> int:
        self._run_timer()
        special = self._specials_read.get(address)
        return self._registers[address] if special is None else special()

    def _read_command(self) -> int:
        asleep = POWER_DOWN if self._now() < self._awake_from else 0
        return self._registers[Register.COMMAND] | asleep

    def _read_com_irq(self) -> int:
        return self._registers[Register.COM_IRQ] | (TIMER_IRQ if self.faults.timer_stuck else 0)

    def _read_div_irq(self) -> int:
        self._run_crc()
        return self._registers[Register.DIV_IRQ]

    def _read_error(self) -> int:
        return self._registers[Register.ERROR] | (TEMPERATURE_ERROR if self.faults.hot else 0)

    def _read_fifo_data(self) -> int:
        return self._fifo.pop(0) if self._fifo else 0

    def _read_tx_control(self) -> int:
        return self._registers[Register.TX_CONTROL] & ~(ANTENNA if self.faults.hot else 0)

    def _read_status_1(self) -> int:
        water = self._registers[Register.WATER_LEVEL]
        crc_ready = 0x20 if self._crc_reads_left is None else 0
        running = 0x08 if self._timer_ends is not None else 0
        high = 0x02 if FIFO_BYTES - len(self._fifo) <= water else 0
        low = 0x01 if len(self._fifo) <= water else 0
        return crc_ready | running | high | low

    def _write(self, address: int, value: int) -> None:
        if self._now() < self._awake_from or self.faults.hung or address in READ_ONLY:
            return
        special = self._specials_written.get(address)
        if special is None:
            self._registers[address] = value
        else:
            special(value)

    def _write_irq(self, register: Register, value: int) -> None:
        """Bit 7 says what becomes of the bits that are written as 1."""
        if value & 0x80:
            self._registers[register] |= value & 0x7F
        else:
            self._registers[register] &= ~value

    def _write_status_2(self, value: int) -> None:
        crypto = self._registers[Register.STATUS_2] & value & CRYPTO_ON
        self._registers[Register.STATUS_2] = value & 0xC0 | crypto

    def _write_fifo_data(self, value: int) -> None:
        if len(self._fifo) < FIFO_BYTES:
            self._fifo.append(value)
        else:
            self._registers[Register.ERROR] |= OVERFLOW_ERROR

    def _write_fifo_level(self, value: int) -> None:
        if value & 0x80:
            self._fifo.clear()
            self._registers[Register.ERROR] &= ~OVERFLOW_ERROR

    def _write_coll(self, value: int) -> None:
        self._registers[Register.COLL] = value & 0x80 | self._registers[Register.COLL] & 0x7F

    def _write_bit_framing(self, value: int) -> None:
        self._registers[Register.BIT_FRAMING] = value
        if value & 0x80 and self._registers[Register.COMMAND] & 0x0F == Command.TRANSCEIVE:
            self._transceive()

    def _write_tx_control(self, value: int) -> None:
        self._registers[Register.TX_CONTROL] = value
        self.field.power(on=bool(value & ANTENNA) and not self.faults.hot)

    # ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _write_command(self, value: int) -> None:
        command = value & 0x0F
        if command == Command.SOFT_RESET:
            self.reset()
            return
        if command == Command.NO_CHANGE:
            self._registers[Register.COMMAND] = value & 0x30 | self._registers[Register.COMMAND] & 0x0F
            return
        self._registers[Register.COMMAND] = value & 0x3F
        self._timer_ends = None
        match command:
            case Command.CALC_CRC:
                self._crc_reads_left = self.faults.crc_reads
            case Command.MF_AUTHENT:
                self._authenticate()
            case Command.TRANSCEIVE if self._registers[Register.BIT_FRAMING] & 0x80:
                self._transceive()
            case _:
                pass

    def _run_crc(self) -> None:
        """CalcCRC does not end by itself: it takes in whatever is in the FIFO until it is told to be idle."""
        if self._crc_reads_left is None:
            return
        if self._crc_reads_left > 0:
            self._crc_reads_left -= 1
            return
        preset = CRC_PRESETS[self._registers[Register.MODE] & 0x03]
        low, high = crc_16(bytes(self._fifo), preset)
        self._fifo.clear()
        self._registers[Register.CRC_LOW] = low
        self._registers[Register.CRC_HIGH] = high
        self._registers[Register.DIV_IRQ] |= CRC_IRQ
        self._crc_reads_left = None

    def _transceive(self) -> None:
        frame = bytes(self._fifo)
        self._fifo.clear()
        self._registers[Register.ERROR] = 0
        self._registers[Register.COLL] = self._registers[Register.COLL] & 0x80 | 0x20
        self._registers[Register.COM_IRQ] |= TX_IRQ
        if self._registers[Register.TX_MODE] & CRC_ENABLE:
            frame += self._crc_of(frame)
        answer = self.field.exchange(frame, self._registers[Register.BIT_FRAMING] & 0x07)
        if answer is None:
            self._start_timer()
        else:
            self._receive(answer)

    def _receive(self, answer: Answer) -> None:
        data = answer.data
        errors = 0
        if self._registers[Register.RX_MODE] & CRC_ENABLE:
            data, checksum = data[:-2], data[-2:]
            errors |= 0 if checksum == self._crc_of(data) else CRC_ERROR
        if answer.collision is not None:
            errors |= COLLISION_ERROR
            position = answer.collision % 32 if answer.collision <= 32 else 0x20
            self._registers[Register.COLL] = self._registers[Register.COLL] & 0x80 | position
        for byte in data:
            self._write_fifo_data(byte)
        self._registers[Register.ERROR] |= errors
        self._registers[Register.CONTROL] = answer.last_bits
        self._registers[Register.COM_IRQ] |= RX_IRQ | (ERROR_IRQ if self._registers[Register.ERROR] else 0)

    def _authenticate(self) -> None:
        frame = bytes(self._fifo)
        self._fifo.clear()
        if len(frame) == 12 and self.field.authenticate(frame[2:8], frame[8:12]):
            self._registers[Register.STATUS_2] |= CRYPTO_ON
            self._registers[Register.COM_IRQ] |= IDLE_IRQ
            self._registers[Register.COMMAND] &= ~0x0F
        else:
            self._start_timer()

    def _crc_of(self, data: bytes) -> bytes:
        return crc_16(data, CRC_PRESETS[self._registers[Register.MODE] & 0x03])

    # ── the timer ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _start_timer(self) -> None:
        """The timer starts at the end of a transmission where TAuto says so (data sheet 8.5)."""
        mode = self._registers[Register.TIMER_MODE]
        if mode & 0x80 and not self.faults.timer_dead:
            prescaler = (mode & 0x0F) << 8 | self._registers[Register.TIMER_PRESCALER]
            reload = self._registers[Register.TIMER_RELOAD_HIGH] << 8 | self._registers[Register.TIMER_RELOAD_LOW]
            self._timer_ends = self._now() + (2 * prescaler + 1) / CLOCK_HERTZ * (reload + 1)

    def _run_timer(self) -> None:
        if self._timer_ends is not None and self._now() >= self._timer_ends:
            self._timer_ends = None
            self._registers[Register.COM_IRQ] |= TIMER_IRQ
