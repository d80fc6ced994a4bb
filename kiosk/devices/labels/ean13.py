"""The bars of an EAN-13 (GS1 General Specifications, 5.2.1).

Thirteen digits become 95 modules: a guard, six digits of seven modules, a guard, six digits, a guard. The first digit
is not drawn; it is told by which of two ways each of the next six is drawn.
"""

from typing import Final

MODULES: Final = 95
QUIET_BEFORE: Final = 11
"""White modules that have to stand before the bars."""
QUIET_AFTER: Final = 7

_ODD: Final = (
    "0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011",
)  # fmt: skip
_RIGHT: Final = tuple(modules.translate(str.maketrans("01", "10")) for modules in _ODD)
_EVEN: Final = tuple(modules[::-1] for modules in _RIGHT)
_WAYS: Final = (
    "OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO",
)  # fmt: skip
_SIDE, _CENTRE = "101", "01010"


def modules(code: str) -> str:
    """The bars of thirteen digits: 95 characters, ``1`` black."""
    first, left, right = int(code[0]), code[1:7], code[7:13]
    halves = [(_ODD if way == "O" else _EVEN)[int(digit)] for way, digit in zip(_WAYS[first], left, strict=True)]
    return "".join([_SIDE, *halves, _CENTRE, *(_RIGHT[int(digit)] for digit in right), _SIDE])
