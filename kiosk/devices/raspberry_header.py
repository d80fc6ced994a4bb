"""The 40-pin header of the Raspberry Pi (since the Model B+): place on the header → GPIO number."""

from typing import Final

# fmt: off
GPIO_AT: Final = {
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11,
    24: 8, 26: 7, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}
# fmt: on
PLACE_OF: Final = {gpio: place for place, gpio in GPIO_AT.items()}
