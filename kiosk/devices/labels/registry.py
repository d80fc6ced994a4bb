"""Every printer language that can be named in the configuration and on the command line."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kiosk.devices.labels.escpos import ESCPOS
from kiosk.devices.labels.language import Language
from kiosk.devices.labels.png import PNG
from kiosk.devices.labels.tspl import TSPL
from kiosk.devices.labels.zpl import ZPL

LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType({"zpl": ZPL, "tspl": TSPL, "escpos": ESCPOS, "png": PNG})
