"""What all pages have in common: a tree, its text, and the error of a page that says nothing we understand."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kiosk.backends.gestion_compte.french import one_line
from kiosk.errors import BackendUnreadable


class PageUnreadable(BackendUnreadable):
    """Error raised when a page has changed. It decides nothing: the desk does, until somebody has looked."""


def tree_of(html: str) -> LexborHTMLParser:
    """The page as a browser would see it, whatever its faults."""
    return LexborHTMLParser(html)


def text_of(node: LexborNode | None) -> str:
    """What a person reads there, as one line; nothing where there is no node."""
    return "" if node is None else one_line(node.text(deep=True, separator=" "))


def classes_of(node: LexborNode) -> frozenset[str]:
    """What the page's style calls it."""
    return frozenset((node.attributes.get("class") or "").split())


def value_of(node: LexborNode | None) -> str:
    """The value of a form's field."""
    return "" if node is None else node.attributes.get("value") or ""
