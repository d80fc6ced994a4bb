"""The MFRC522 chip, on the register primitives of mfrc522 0.0.7.

Imported only when a reader is opened: the library imports the Pi's modules at its top.
"""

import logging
from collections.abc import Callable
from typing import Final

import spidev
from mfrc522 import MFRC522
from RPi import GPIO

from kiosk.devices.raspberry_header import PLACE_OF
from kiosk.devices.rc522_dialogue import HALT, Reply
from kiosk.errors import DeviceError

TIMER_IRQ, IDLE_IRQ, RX_IRQ = 0x01, 0x10, 0x20
ALL_IRQS: Final = 0x7F
START_SEND: Final = 0x80
COLLISION: Final = 0x08
ERRORS: Final = 0x1B
"""Buffer overflow, collision, parity, protocol."""
TOO_HOT: Final = 0x40
POWER_DOWN: Final = 0x10
ANTENNA: Final = 0x03
FLUSH: Final = 0x80

LOOK_SECONDS: Final = 0.0005
LOOKS: Final = 24
"""Longer than the chip's own timer by far: the bound of a wait whose interrupt never comes."""
WAKE_LOOKS: Final = 50
WAKE_LOOK_SECONDS: Final = 0.001
PIN_LOW_SECONDS: Final = 0.001
START_SECONDS: Final = 0.05
CARD_START_SECONDS: Final = 0.005
"""What a card may need from field to first answer (ISO/IEC 14443-3, 5)."""

SETTINGS: Final = {
    # The timer starts by itself after each frame (TAuto) and runs 120 ticks of 25 µs: cards answer a call or a select
    # after 91 µs, and three milliseconds leave room for slow ones.
    MFRC522.TModeReg: 0x80,
    MFRC522.TPrescalerReg: 0xA9,
    MFRC522.TReloadRegH: 0x00,
    MFRC522.TReloadRegL: 0x77,
    MFRC522.TxAutoReg: 0x40,  # 100 % ASK, whatever ModGsP says
    MFRC522.ModeReg: 0x3D,  # checksums start from 6363
    MFRC522.TxModeReg: 0x00,  # checksums are made and tested by the host
    MFRC522.RxModeReg: 0x00,
}
REGISTER_NAMES: Final = {
    MFRC522.TModeReg: "TMode",
    MFRC522.TPrescalerReg: "TPrescaler",
    MFRC522.TReloadRegH: "TReload high",
    MFRC522.TReloadRegL: "TReload low",
    MFRC522.TxAutoReg: "TxASK",
    MFRC522.ModeReg: "Mode",
    MFRC522.TxModeReg: "TxMode",
    MFRC522.RxModeReg: "RxMode",
}
NO_CHIP: Final = frozenset({0x00, 0xFF})


class Rc522Chip(MFRC522):  # type: ignore[misc]  # the library has no types
    """The library's chip with waits that end, and with its own pins only.

    Args:
        bus: SPI bus.
        device: chip select on it.
        reset_pin: GPIO number of NRSTPD, whatever numbering the process uses.
        pause: waits that many seconds.

    Raises:
        OSError: no such bus.
        RuntimeError: the pins cannot be had.
    """

    MAX_LEN = 64

    def __init__(self, bus: int, device: int, reset_pin: int, pause: Callable[[float], None]) -> None:
        # The library's own constructor is left out: it adds a log handler a time, chooses the reset pin by the pin
        # numbering (one of its two defaults is the serial port's receive line) and writes before the chip is awake.
        self.logger = logging.getLogger(__name__)
        self._pause = pause
        self._version: int | None = None
        self._channel: int | None = None
        self.spi = spidev.SpiDev()
        self.spi.open(bus, device)
        self.spi.max_speed_hz = 1_000_000
        try:
            if GPIO.getmode() is None:
                GPIO.setmode(GPIO.BCM)
            GPIO.setwarnings(False)
            channel = reset_pin if GPIO.getmode() == GPIO.BCM else PLACE_OF[reset_pin]
            GPIO.setup(channel, GPIO.OUT, initial=GPIO.HIGH)
            self._channel = channel
        except BaseException:
            self.spi.close()
            raise

    def Close_MFRC522(self) -> None:  # noqa: N802  # overrides the library's, which releases every pin of the process
        """Give back the bus and the one pin."""
        self.spi.close()
        if self._channel is not None:
            GPIO.cleanup(self._channel)
            self._channel = None

    def MFRC522_Init(self) -> None:  # noqa: N802  # overrides the library's, which does not wait for the reset
        """Reset by command and set up.

        Raises:
            DeviceError: the chip does not wake up.
        """
        self.MFRC522_Reset()
        self._pause(WAKE_LOOK_SECONDS)
        for _ in range(WAKE_LOOKS):
            if not self.Read_MFRC522(self.CommandReg) & POWER_DOWN:
                break
            self._pause(WAKE_LOOK_SECONDS)
        else:
            raise DeviceError("the chip does not wake up after a reset")
        for register, value in SETTINGS.items():
            self.Write_MFRC522(register, value)
        self.AntennaOn()
        self._pause(CARD_START_SECONDS)

    def reset_by_pin(self) -> None:
        """Take the chip's power and set it up anew.

        Raises:
            DeviceError: the chip does not wake up.
        """
        GPIO.output(self._channel, GPIO.LOW)
        self._pause(PIN_LOW_SECONDS)
        GPIO.output(self._channel, GPIO.HIGH)
        self._pause(START_SECONDS)
        self.MFRC522_Init()

    def maybe_fault(self) -> str | None:
        """What is wrong with the chip, told from its registers; None when all is well."""
        version = self.Read_MFRC522(self.VersionReg)
        if version in NO_CHIP:
            return f"no chip answers on the bus (VersionReg reads {version:02X})"
        if self._version is None:
            self._version = version
        if version != self._version:
            return f"VersionReg reads {version:02X} and was {self._version:02X}"
        if self.Read_MFRC522(self.ErrorReg) & TOO_HOT:
            return "the chip is too hot"
        return self._maybe_lost_setting() or self._maybe_deaf()

    def _maybe_lost_setting(self) -> str | None:
        for register, value in SETTINGS.items():
            if (found := self.Read_MFRC522(register)) != value:
                return f"{REGISTER_NAMES[register]} reads {found:02X} and was set to {value:02X}"
        if self.Read_MFRC522(self.TxControlReg) & ANTENNA != ANTENNA:
            return "the antenna is off"
        return None

    def _maybe_deaf(self) -> str | None:
        self.Write_MFRC522(self.CommandReg, self.PCD_IDLE)
        self.Write_MFRC522(self.CommIrqReg, ALL_IRQS)
        if self.Read_MFRC522(self.CommIrqReg) & TIMER_IRQ:
            return "the timer's interrupt is stuck"
        try:
            # No card answers this one: only a chip that sends, and whose timer runs, comes back from it.
            self.exchange(HALT, 0)
        except DeviceError as error:
            return str(error)
        return None

    def exchange(self, frame: bytes, last_bits: int) -> Reply | None:
        """Send a frame and hear the answer (:data:`kiosk.devices.rc522_dialogue.Exchange`).

        Raises:
            DeviceError: the chip neither heard anything nor said in time that it did not.
        """
        self.Write_MFRC522(self.BitFramingReg, last_bits)
        status, data, bits = self.MFRC522_ToCard(self.PCD_TRANSCEIVE, list(frame))
        if status == self.MI_NOTAGERR:
            return None
        if status == self.MI_OK:
            return Reply(bytes(data), damaged=bits % 8 != 0)
        return Reply(b"", damaged=True, collided=bool(self.Read_MFRC522(self.ErrorReg) & COLLISION))

    def MFRC522_ToCard(  # noqa: N802  # overrides the library's, whose wait ends only by counting to 2000
        self,
        command: int,
        sendData: list[int],  # noqa: N803  # the library's name
    ) -> tuple[int, list[int], int]:
        """Run a command of the chip, as the library's method of that name: status, answer, number of bits."""
        self.Write_MFRC522(self.CommandReg, self.PCD_IDLE)
        self.Write_MFRC522(self.CommIrqReg, ALL_IRQS)
        self.Write_MFRC522(self.FIFOLevelReg, FLUSH)
        for byte in sendData:
            self.Write_MFRC522(self.FIFODataReg, byte)
        self.Write_MFRC522(self.CommandReg, command)
        if command == self.PCD_TRANSCEIVE:
            self.SetBitMask(self.BitFramingReg, START_SEND)
        irqs = self._wait_for(RX_IRQ | IDLE_IRQ)
        if command == self.PCD_TRANSCEIVE:
            self.ClearBitMask(self.BitFramingReg, START_SEND)
        if not irqs & (RX_IRQ | IDLE_IRQ):
            return self.MI_NOTAGERR, [], 0
        if self.Read_MFRC522(self.ErrorReg) & ERRORS:
            return self.MI_ERR, [], 0
        if command != self.PCD_TRANSCEIVE:
            return self.MI_OK, [], 0
        return self.MI_OK, *self._take_answer()

    def _wait_for(self, wanted: int) -> int:
        """The interrupts, once one of ``wanted`` or the timer's is among them."""
        for _ in range(LOOKS):
            irqs: int = self.Read_MFRC522(self.CommIrqReg)
            if irqs & (wanted | TIMER_IRQ):
                return irqs
            self._pause(LOOK_SECONDS)
        raise DeviceError("the chip's timer does not run out")

    def _take_answer(self) -> tuple[list[int], int]:
        level = min(self.Read_MFRC522(self.FIFOLevelReg), self.MAX_LEN)
        last_bits = self.Read_MFRC522(self.ControlReg) & 0x07
        data = [self.Read_MFRC522(self.FIFODataReg) for _ in range(level)]
        bits = level * 8 if last_bits == 0 else (level - 1) * 8 + last_bits
        return data, bits
