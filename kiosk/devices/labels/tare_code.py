"""The bar code that a till reads the tare from: an EAN-13 that carries grams.

Twelve digits and a check digit: a prefix that the till knows, then the weight in kilograms without its point. How each
till takes it stands in ``docs/till.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kiosk.devices.cards import ean13_check_digit, maybe_ean13
from kiosk.types import Grams

DIGITS: Final = 12
"""Of an EAN-13 without its check digit."""


@dataclass(frozen=True, slots=True)
class TareFormat:
    """Where in the twelve digits the weight stands.

    Attributes:
        prefix: its digits; the rest is for the weight.
        decimals: digits of the weight behind the point of its kilograms: 3 are grams, 2 are tens of grams.
    """

    prefix: str
    decimals: int = 3

    def __post_init__(self) -> None:
        if not (self.prefix.isascii() and self.prefix.isdigit() and 4 <= len(self.prefix) <= 9):
            raise ValueError("the prefix of a tare code has four to nine digits")
        if self.decimals not in {2, 3}:
            raise ValueError("the weight in a tare code has two or three decimals")

    @property
    def step(self) -> int:
        """Grams for the last digit."""
        return 1 if self.decimals == 3 else 10

    @property
    def most(self) -> Grams:
        """The largest weight there is room for."""
        return Grams((10 ** (DIGITS - len(self.prefix)) - 1) * self.step)

    def code(self, grams: Grams) -> str:
        """The thirteen digits.

        Raises:
            ValueError: the weight has no place in them, or its last digits have none.
        """
        if not 0 < grams <= self.most or grams % self.step:
            raise ValueError(f"{grams} g cannot be written as a tare code that begins with {self.prefix}")
        digits = f"{self.prefix}{grams // self.step:0{DIGITS - len(self.prefix)}}"
        return digits + ean13_check_digit(digits)

    def maybe_grams(self, text: str) -> Grams | None:
        """The tare in a bar code that was read; None where it is none."""
        code = maybe_ean13(text)
        if code is None or not code.startswith(self.prefix):
            return None
        return Grams(int(code[len(self.prefix) : DIGITS]) * self.step)


PRESETS: Final[Mapping[str, TareFormat]] = MappingProxyType(
    {
        "oca_pos_tare": TareFormat("0700000"),
        "gs1_2x": TareFormat("2100000"),
        "lacagette_like": TareFormat("0493000"),
    }
)
"""By the name in the configuration: the default of OCA's ``pos_tare``, a prefix that GS1 keeps for use within shops,
and one of a company's own range."""
