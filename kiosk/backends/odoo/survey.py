"""What stands at the other end: version, family of modules, optional fields, rights. Asked once for each version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kiosk.backends.odoo.client import Odoo, SecondsLeft
from kiosk.backends.odoo.faults import OdooFault
from kiosk.backends.odoo.rpc import Greeting, Rpc
from kiosk.backends.odoo.wants import FIELDS, RIGHTS, FamilyName, Right
from kiosk.errors import BackendUnavailable, NotAuthorised

MARKS: Final = {"cooperative_state": FamilyName.FOODCOOP, "cooperative_status_ids": FamilyName.OBEESDOO}
"""The field of ``res.partner`` that only one family has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """One server, as it was found.

    Attributes:
        fields: by model, those that are there of what the family wants; a model that is not there is not in it.
        labels: by model and field, the words of a selection in the coop's language.
        missing: the rights that the technical user lacks.
        problems: what a person should put right, one sentence each.
        context: goes with every call from now on.
    """

    serie: str
    family: FamilyName
    user_id: int
    fields: Mapping[str, tuple[str, ...]]
    labels: Mapping[tuple[str, str], Mapping[str, str]]
    missing: frozenset[Right]
    problems: tuple[str, ...]
    context: Mapping[str, str]

    def has(self, model: str, field: str = "") -> bool:
        """The server has the model, and the field where one is named."""
        return model in self.fields and (not field or field in self.fields[model])

    def may(self, operation: str, model: str) -> bool:
        """The technical user has the right, as far as it can be told."""
        return all((right.operation, right.model) != (operation, model) for right in self.missing)

    def can(self, operation: str, *models: str) -> bool:
        """The models are there, and the technical user has the right on each."""
        return all(self.has(model) and self.may(operation, model) for model in models)

    def label(self, model: str, field: str, value: str) -> str:
        """How the office reads a word of a selection."""
        return self.labels.get((model, field), {}).get(value, value)

    def remedy(self, model: str) -> str:
        """Which group to add for a model, for a refusal that came unforeseen."""
        groups = dict.fromkeys(right.group for right in RIGHTS[self.family] if right.model == model)
        return f": add the group {' or '.join(groups)}" if groups else ""


def look_at(
    rpc: Rpc, greeting: Greeting, left: SecondsLeft, *, family: FamilyName | None, language: str, zone_name: str
) -> Survey:
    """Look at a server.

    Args:
        rpc: the way in.
        greeting: what it says of itself.
        left: bounds each call.
        family: what the configuration says; None finds out.
        language: of labels and refusals, ``fr_FR``.
        zone_name: in which Odoo reckons days.

    Raises:
        NotAuthorised: the technical user lacks a right without which nothing works.
        BackendUnavailable: no usable answer, or a server that lacks what its family has everywhere.
    """
    user = rpc.user_id(left())
    context = {"tz": zone_name}
    plain = Odoo(rpc, left, context)
    # A language that is not installed makes newer versions refuse every call.
    if plain.rows("res.lang", [("code", "=", language)], ["code"]):
        context["lang"] = language
    odoo = Odoo(rpc, left, context)
    found = family or _family_of(odoo)
    fields, labels = _fields_of(odoo, found)
    missing = frozenset(right for right in RIGHTS[found] if right.model in fields and not _has(odoo, right))
    barred = [_sentence(right) for right in RIGHTS[found] if right in missing and right.essential]
    if barred:
        raise NotAuthorised("; ".join(barred))
    return Survey(
        serie=greeting.serie,
        family=found,
        user_id=user,
        fields=fields,
        labels=labels,
        missing=missing,
        problems=(
            *(_sentence(right) for right in RIGHTS[found] if right in missing),
            *(_about_user(odoo, user) if found is FamilyName.FOODCOOP else ()),
        ),
        context=context,
    )


def _family_of(odoo: Odoo) -> FamilyName:
    marks = odoo.maybe_fields("res.partner", (*MARKS, "barcode"))
    for mark, family in MARKS.items():
        if mark in marks:
            return family
    if "barcode" not in marks:
        raise BackendUnavailable("this Odoo keeps no bar codes of people (res.partner has no field barcode)")
    return FamilyName.PLAIN


def _fields_of(
    odoo: Odoo, family: FamilyName
) -> tuple[dict[str, tuple[str, ...]], dict[tuple[str, str], dict[str, str]]]:
    fields: dict[str, tuple[str, ...]] = {}
    labels: dict[tuple[str, str], dict[str, str]] = {}
    for model, wanted in FIELDS[family].items():
        found = odoo.maybe_fields(model, (*wanted.required, *wanted.optional))
        lacking = [name for name in wanted.required if name not in found]
        if lacking and (found or wanted.needed):
            raise BackendUnavailable(f"this Odoo is not of the family {family}: {model} has no {', '.join(lacking)}")
        if found:
            fields[model] = tuple(name for name in (*wanted.required, *wanted.optional) if name in found)
        for name, about in found.items():
            if isinstance(about, dict) and isinstance(about.get("selection"), list):
                labels[model, name] = {str(value): str(label) for value, label in about["selection"]}
    return fields, labels


def _has(odoo: Odoo, right: Right) -> bool:
    try:
        return odoo.call(right.model, "check_access_rights", right.operation, False) is not False
    except OdooFault:
        # Versions without this method: the first call that needs the right will tell.
        return True


def _sentence(right: Right) -> str:
    return (
        f"the technical user may not {right.operation} {right.model}, needed {right.purpose}: "
        f"add the group {right.group}"
    )


def _about_user(odoo: Odoo, user: int) -> Iterable[str]:
    for row in odoo.rows("res.users", [("id", "=", user)], ["email", "tz"]):
        if not row.text("email"):
            yield "the technical user has no e-mail address: without one every change of a member's state fails"
        if not row.text("tz"):
            yield "the technical user has no time zone: set it to the coop's"
