"""Odoo's exceptions, in the words and the shape in which they travel."""

from typing import Any, Final

CONSTRAINT: Final = "Error while validating constraint\n\n"

_TYPES: Final = {
    "odoo.exceptions.UserError": "user_error",
    "odoo.exceptions.ValidationError": "validation_error",
    "odoo.exceptions.AccessError": "access_error",
    "odoo.exceptions.AccessDenied": "access_denied",
    "odoo.exceptions.MissingError": "missing_error",
}


class OdooException(Exception):
    """What a call ends in. ``name`` is the exception's full Python name."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name
        self.text = text

    def payload(self, major: int) -> dict[str, Any]:
        """The ``error`` of the answer: up to version 12 exceptions carry a second argument, empty or None."""
        second = "" if self.name.endswith("UserError") else None
        is_internal = self.name not in _TYPES
        arguments = [self.text] if is_internal or major > 12 else [self.text, second]
        message = self.text if len(arguments) == 1 else f"{self.text}\n{second}"
        data: dict[str, Any] = {"name": self.name, "debug": "", "message": message, "arguments": arguments}
        if major > 12:
            data["context"] = {}
        else:
            data["exception_type"] = _TYPES.get(self.name, "internal_error")
        return {"code": 200, "message": "Odoo Server Error", "data": data}


def user_error(text: str) -> OdooException:
    """A rule of the coop says no."""
    return OdooException("odoo.exceptions.UserError", text)


def validation_error(text: str) -> OdooException:
    """A constraint of the database says no."""
    return OdooException("odoo.exceptions.ValidationError", text)


def broken_constraint(text: str) -> OdooException:
    """A constraint that raised an exception itself, as versions up to 12 wrap it."""
    return validation_error(f"{CONSTRAINT}{text}\n")


def missing_error(ids: list[int], user: int) -> OdooException:
    """The record is gone."""
    text = f"Record does not exist or has been deleted.\n\n(Records: {ids}, User: {user})"
    return OdooException("odoo.exceptions.MissingError", text)


_VERBS: Final = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}


def access_error(model: str, operation: str, user: int, groups: list[str]) -> OdooException:
    """The user lacks a group."""
    listed = "".join(f"- {group}\n" for group in groups)
    text = (
        f"Sorry, you are not allowed to {_VERBS[operation]} this document. Only users with the following access level "
        f"are currently allowed to do that:\n{listed}\n"
        f"(Document model: {model}) - (Operation: {operation}, User: {user})"
    )
    return OdooException("odoo.exceptions.AccessError", text)


def access_denied() -> OdooException:
    """Wrong user or password."""
    return OdooException("odoo.exceptions.AccessDenied", "Access denied")


def value_error(text: str) -> OdooException:
    """A field or value that does not exist."""
    return OdooException("builtins.ValueError", text)
