"""Odoo alone: people with bar codes."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from kiosk.demo.fake_odoo.faults import validation_error
from kiosk.demo.fake_odoo.records import Database, Table, User, Values, fields

CONTACTS: Final = "Extra Rights/Contact Creation"
ALL_GROUPS: Final = frozenset({CONTACTS})


class PlainDatabase(Database):
    """``base`` and ``point_of_sale``."""

    def __init__(self, serie: str, now: Callable[[], datetime]) -> None:
        super().__init__(serie, now)
        self.tables["res.partner"] = Table(fields("name", "active", "barcode"))
        self.rights = {("res.partner", "read"): ALL_GROUPS, ("res.partner", "create"): ALL_GROUPS}

    def before_create(self, _user: User, model: str, values: Values) -> None:
        if model == "res.partner" and values.get("barcode") and self.where(model, barcode=values["barcode"]):
            raise validation_error("An other user already has this barcode")
