"""What Odoo's failures mean. Every answer is HTTP 200; the name of the exception in it tells what went wrong.

A name stands with the module it comes from (``odoo.exceptions.UserError``), which differs between versions: the last
part of it is what is looked at.
"""

from collections.abc import Mapping
from typing import Any, Final

from kiosk.backends.shown import shown_line
from kiosk.errors import BackendUnavailable, KioskError, NotAuthorised

LONGEST_REASON: Final = 200
_CONSTRAINT: Final = "Error while validating constraint"
"""What versions up to 12 put before the words of a constraint."""


class OdooFault(KioskError):
    """Error raised when Odoo answers a call by an exception of its own.

    Attributes:
        model: the model that was called.
    """

    def __init__(self, message: str, model: str = "") -> None:
        super().__init__(message)
        self.model = model


class Declined(OdooFault):
    """Error raised for a rule of the coop: a UserError or ValidationError, in words for people."""


class Forbidden(OdooFault):
    """Error raised when the technical user lacks a right."""


class Gone(OdooFault):
    """Error raised when the record is not there any more."""


class Busy(OdooFault):
    """Error raised when another transaction was in the way: the same call a moment later may pass."""


class Misfit(OdooFault):
    """Error raised when this server does not have the model, field or method that was asked for."""


KINDS: Final[Mapping[str, type[OdooFault]]] = {
    "UserError": Declined,
    "ValidationError": Declined,
    "Warning": Declined,
    "RedirectWarning": Declined,
    "AccessError": Forbidden,
    "MissingError": Gone,
    "SerializationFailure": Busy,
    "TransactionRollbackError": Busy,
    "LockNotAvailable": Busy,
    "except_orm": Misfit,
    "ValueError": Misfit,
    "KeyError": Misfit,
    "TypeError": Misfit,
    "AttributeError": Misfit,
    "NotFound": Misfit,
}
CREDENTIALS: Final = frozenset({"AccessDenied", "Unauthorized"})
"""The login, the password or the key is wrong."""


def fault_of(error: Mapping[str, Any], model: str) -> KioskError:
    """What an exception of Odoo's means.

    Args:
        error: ``name`` and ``message`` of the exception.
        model: the model that was called.

    Returns:
        An :class:`OdooFault`; :class:`~kiosk.errors.NotAuthorised` where the credentials are wrong; for anything else,
        an unknown or unreachable database among it, :class:`~kiosk.errors.BackendUnavailable`.
    """
    name = str(error.get("name") or "")
    kind = name.rpartition(".")[2]
    message = in_one_line(str(error.get("message") or ""))
    if kind in CREDENTIALS:
        return NotAuthorised("Odoo does not accept the login or the password of this terminal")
    if kind in KINDS:
        return KINDS[kind](message or kind, model)
    if name.startswith("psycopg2"):
        return BackendUnavailable("Odoo cannot open its database; is [odoo] database right?")
    return BackendUnavailable(f"Odoo failed ({kind or 'no name'})")


def in_one_line(message: str) -> str:
    """The words for people, without the frame that some versions put around them."""
    lines = [line.strip() for line in message.splitlines()]
    words = " ".join(line for line in lines if line and line not in {"None", _CONSTRAINT})
    return shown_line(words)[:LONGEST_REASON]
