"""Text of somebody else's as a screen can show it. Pure.

A member is not locked out, and no list is lost, for a sign that a spreadsheet, a French keyboard or a web editor has
put between two words: a no-break space, a soft hyphen, what joins the parts of an emoji.
"""

import unicodedata


def typed_line(text: str) -> str:
    """One line as somebody types it: white space of every kind is a blank, and signs that only steer are left out."""
    return "".join(sign for sign in " ".join(text.split()) if unicodedata.category(sign) != "Cf").strip()


def shown_line(text: str) -> str:
    """The same without whatever else cannot be seen."""
    return "".join(filter(str.isprintable, typed_line(text))).strip()


def shown_lines(text: str) -> str:
    """The same of several lines, without those that are empty."""
    return "\n".join(filter(None, map(shown_line, text.splitlines())))
