"""Words as the fonts can draw them: names and notices come with letters and signs that they have not."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from anyascii import anyascii

_LATIN: Final = (*range(0x20, 0x7F), *range(0xA0, 0x17F))
_MISSING: Final = "\u00ad\u00b5ĈĉĔĕĜĝĤĥĨĩĬĭĴĵĸĿŀŉŊŋŌōŎŏŖŗŜŝŦŧŨũŬŭ"
_BEYOND: Final = "ƒȘșȚțȷˆˇˉ˚˜˝\u0300\u0301\u0303\u0304\u0308ẀẁẂẃẄẅẞỲỳ\u2009–—‘’‚“”„†•…‹›\u2044€₹ℓ™−\u2215"
KNOWN: Final = frozenset(map(chr, _LATIN)) - frozenset(_MISSING) | frozenset(_BEYOND)
"""Every character of the text fonts; a test holds it against them."""
_LIKE: Final = {"\u2010": "-", "\u2011": "-", "\u202f": "\u00a0"}
_NOT_DRAWN: Final = frozenset({"So", "Sk", "Mn", "Cf"})
"""Pictures, and what only changes or joins them: left out, where a box would stand for each."""


@lru_cache(maxsize=1024)
def drawable(text: str) -> str:
    """``text`` with « Nguyen » for « Nguyễn », « Olena » for « Олена », and without the pictures of a notice."""
    text = unicodedata.normalize("NFC", text)
    if KNOWN.issuperset(text):
        return text
    return re.sub(" {2,}", " ", "".join(map(_nearest, text))).strip(" ")


def _nearest(character: str) -> str:
    if character in KNOWN:
        return character
    if character in _LIKE:
        return _LIKE[character]
    parts = unicodedata.normalize("NFKD", character)
    base = "".join(part for part in parts if part in KNOWN and unicodedata.category(part) != "Mn")
    if base:
        return base
    return "" if unicodedata.category(character) in _NOT_DRAWN else anyascii(character)
