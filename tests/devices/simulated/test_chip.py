import pytest

from kiosk.devices.simulated import card_models
from kiosk.devices.simulated.chip import RESETS, Chip, Command, Register
from tests.devices.simulated.bench import FOUR, BenchClock


class Host:
    """The other end of the wires."""

    def __init__(self) -> None:
        self.clock = BenchClock()
        self.chip = Chip(now=self.clock.monotonic)

    def read(self, register: int) -> int:
        return self.chip.transfer([register << 1 | 0x80, 0])[1]

    def write(self, register: int, *values: int) -> None:
        self.chip.transfer([register << 1, *values])

    def send(self, frame: bytes, last_bits: int = 0) -> None:
        self.write(Register.BIT_FRAMING, last_bits)
        self.write(Register.COM_IRQ, 0x7F)
        self.write(Register.FIFO_LEVEL, 0x80)
        self.write(Register.FIFO_DATA, *frame)
        self.write(Register.COMMAND, Command.TRANSCEIVE)
        self.write(Register.BIT_FRAMING, 0x80 | last_bits)


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.mark.parametrize("register", sorted(RESETS))
def test_registers_start_as_the_data_sheet_says(host: Host, register: int) -> None:
    assert host.read(register) == RESETS[register]


def test_soft_reset_restores_everything_and_cuts_the_carrier(host: Host) -> None:
    card = card_models.phone()
    host.write(Register.TX_CONTROL, 0x83)
    host.chip.field.lay(card)
    uid = card.uid
    host.write(0x15, 0x40)
    host.write(Register.COMMAND, Command.SOFT_RESET)
    assert host.read(0x15) == 0x00
    assert host.read(Register.TX_CONTROL) == 0x80
    assert card.uid != uid


def test_interrupt_bits_are_cleared_and_set_by_what_bit_seven_says(host: Host) -> None:
    host.write(Register.COM_IRQ, 0x10)
    assert host.read(Register.COM_IRQ) == 0x04
    host.write(Register.COM_IRQ, 0x80 | 0x20)
    assert host.read(Register.COM_IRQ) == 0x24


def test_fifo_gives_back_in_order_and_several_bytes_a_transfer(host: Host) -> None:
    host.write(Register.FIFO_DATA, 1, 2, 3)
    assert host.read(Register.FIFO_LEVEL) == 3
    address = Register.FIFO_DATA << 1 | 0x80
    assert host.chip.transfer([address, address, address, 0]) == [0, 1, 2, 3]
    assert host.read(Register.FIFO_DATA) == 0


def test_fifo_overflow_is_an_error_until_the_fifo_is_flushed(host: Host) -> None:
    host.write(Register.FIFO_DATA, *range(65))
    assert host.read(Register.FIFO_LEVEL) == 64
    assert host.read(Register.ERROR) == 0x10
    assert host.read(Register.STATUS_1) & 0x03 == 0x02
    host.write(Register.FIFO_LEVEL, 0x80)
    assert host.read(Register.ERROR) == 0
    assert host.read(Register.STATUS_1) & 0x03 == 0x01


@pytest.mark.parametrize(("data", "low", "high"), [("5000", 0x57, 0xCD), ("60", 0xF8, 0x32), ("08", 0xB6, 0xDD)])
@pytest.mark.parametrize("reads", [0, 5])
def test_checksum_coprocessor(host: Host, data: str, low: int, high: int, reads: int) -> None:
    host.chip.faults.crc_reads = reads
    host.write(Register.MODE, 0x3D)
    host.write(Register.DIV_IRQ, 0x04)
    host.write(Register.FIFO_DATA, *bytes.fromhex(data))
    host.write(Register.COMMAND, Command.CALC_CRC)
    waited = 0
    while not host.read(Register.DIV_IRQ) & 0x04:
        waited += 1
    assert waited == reads
    assert host.read(Register.STATUS_1) & 0x20
    assert (host.read(Register.CRC_LOW), host.read(Register.CRC_HIGH)) == (low, high)


@pytest.mark.parametrize(("preset", "crc"), [(0, 0x0000), (1, 0x6363), (2, 0xA671), (3, 0xFFFF)])
def test_checksum_of_nothing_is_its_preset(host: Host, preset: int, crc: int) -> None:
    host.write(Register.MODE, 0x3C | preset)
    host.write(Register.COMMAND, Command.CALC_CRC)
    host.read(Register.DIV_IRQ)
    assert host.read(Register.CRC_HIGH) << 8 | host.read(Register.CRC_LOW) == crc


def test_card_is_heard_only_while_the_antenna_is_on(host: Host) -> None:
    host.chip.field.lay(card_models.classic(FOUR))
    host.send(b"\x52", 7)
    assert host.read(Register.COM_IRQ) & 0x60 == 0x40
    host.write(Register.TX_CONTROL, 0x83)
    host.send(b"\x52", 7)
    assert host.read(Register.COM_IRQ) & 0x60 == 0x60
    assert host.read(Register.FIFO_LEVEL) == 2
    assert host.read(Register.CONTROL) & 0x07 == 0


@pytest.mark.parametrize(
    ("mode", "prescaler", "reload", "milliseconds"), [(0x8D, 0x3E, 30, 15.5), (0x80, 0xA9, 1000, 25.0)]
)
def test_timer_runs_out_after_its_period(
    host: Host, mode: int, prescaler: int, reload: int, milliseconds: float
) -> None:
    host.write(Register.TIMER_MODE, mode)
    host.write(Register.TIMER_PRESCALER, prescaler)
    host.write(Register.TIMER_RELOAD_HIGH, reload >> 8)
    host.write(Register.TIMER_RELOAD_LOW, reload & 0xFF)
    host.write(Register.TX_CONTROL, 0x83)
    host.send(b"\x52", 7)
    host.clock.seconds += (milliseconds - 0.6) / 1000
    assert not host.read(Register.COM_IRQ) & 0x01
    assert host.read(Register.STATUS_1) & 0x08
    host.clock.seconds += 0.0012
    assert host.read(Register.COM_IRQ) & 0x01
    assert not host.read(Register.STATUS_1) & 0x08


def test_timer_does_not_run_without_tauto(host: Host) -> None:
    host.write(Register.TX_CONTROL, 0x83)
    host.send(b"\x52", 7)
    host.clock.seconds += 10
    assert not host.read(Register.COM_IRQ) & 0x01


def test_collision_is_reported_with_its_place(host: Host) -> None:
    host.write(Register.TX_CONTROL, 0x83)
    host.chip.field.lay(card_models.classic(FOUR))
    host.chip.field.lay(card_models.classic(bytes([*FOUR[:3], FOUR[3] ^ 0x80])))
    host.send(b"\x52", 7)
    assert host.read(Register.COLL) & 0x20
    host.send(b"\x93\x20")
    assert host.read(Register.ERROR) & 0x08
    assert host.read(Register.COLL) & 0x3F == 0, "bit 32 is written as 0, and valid"


def test_checksums_in_the_chip_are_appended_and_tested(host: Host) -> None:
    host.write(Register.TX_CONTROL, 0x83)
    host.write(Register.MODE, 0x3D)
    host.chip.field.lay(card_models.classic(FOUR))
    host.send(b"\x52", 7)
    host.send(b"\x93\x20")
    host.write(Register.TX_MODE, 0x80)
    host.write(Register.RX_MODE, 0x80)
    host.send(bytes.fromhex("9370DEADBEEF22"))
    assert host.read(Register.FIFO_LEVEL) == 1
    assert host.read(Register.FIFO_DATA) == 0x08
    assert host.read(Register.ERROR) == 0


def test_wrong_checksum_is_an_error_where_the_chip_tests_it(host: Host) -> None:
    host.write(Register.TX_CONTROL, 0x83)
    host.write(Register.RX_MODE, 0x80)
    host.chip.field.lay(card_models.classic(FOUR))
    host.send(b"\x52", 7)
    assert host.read(Register.ERROR) & 0x04


def test_chip_held_in_reset_says_nothing_and_starts_afresh(host: Host) -> None:
    host.write(0x15, 0x40)
    host.chip.drive_reset_pin(high=False)
    assert host.read(Register.VERSION) == 0x00
    host.chip.drive_reset_pin(high=True)
    assert host.read(Register.VERSION) == 0x92
    assert host.read(0x15) == 0x00


def test_chip_that_wakes_says_so_and_takes_no_writes(host: Host) -> None:
    host.chip.faults.wake_seconds = 0.05
    host.write(Register.COMMAND, Command.SOFT_RESET)
    assert host.read(Register.COMMAND) & 0x10
    host.write(0x15, 0x40)
    assert host.read(0x15) == 0x00
    host.clock.seconds += 0.06
    assert not host.read(Register.COMMAND) & 0x10


def test_too_hot_a_chip_switches_its_antenna_off(host: Host) -> None:
    host.write(Register.TX_CONTROL, 0x83)
    host.chip.faults.hot = True
    assert host.read(Register.ERROR) & 0x40
    assert not host.read(Register.TX_CONTROL) & 0x03


def test_noise_bends_both_ways(host: Host) -> None:
    host.chip.faults.noise = lambda byte: byte ^ 0x01
    assert host.read(Register.VERSION) == 0x93
    host.chip.faults.noise = None
    host.write(0x15, 0x40)
    host.chip.faults.noise = lambda byte: byte ^ 0x02 if byte == 0x40 else byte
    host.write(0x15, 0x40)
    host.chip.faults.noise = None
    assert host.read(0x15) == 0x42


def test_bus_error_is_raised_by_every_transfer(host: Host) -> None:
    host.chip.faults.bus_error = OSError(5, "Input/output error")
    with pytest.raises(OSError, match="Input/output"):
        host.read(Register.VERSION)


def test_version_cannot_be_written(host: Host) -> None:
    host.write(Register.VERSION, 0x00)
    assert host.read(Register.VERSION) == 0x92
