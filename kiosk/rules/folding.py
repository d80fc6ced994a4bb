"""Words as people look them up: accents and case do not count. Pure functions."""

import unicodedata


def fold(text: str) -> str:
    """``text`` without accents and case, its ligatures written out."""
    if not text.isascii():
        parted = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
        text = "".join(c for c in parted if not unicodedata.combining(c))
    return text.casefold()


def alphabetical(text: str) -> tuple[str, str]:
    """What to sort by: « Élodie » comes before « Zoé », as in a list on paper."""
    return fold(text), text
