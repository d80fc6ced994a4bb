"""Records in memory with as much of Odoo's ORM as the terminal's calls touch: domains, links, computed fields."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from kiosk.demo.fake_odoo.faults import OdooException, access_error, missing_error, user_error, value_error

Values: TypeAlias = dict[str, Any]
TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Field:
    """One column.

    Attributes:
        relation: of a many2one (kept as an id) or a one2many.
        inverse: of a one2many: the field of ``relation`` that points back.
        selection: the values and their French labels.
        compute: from the record to the value; nothing is stored then.
    """

    relation: str = ""
    inverse: str = ""
    selection: tuple[tuple[str, str], ...] = ()
    compute: Callable[[Values], Any] | None = None


PLAIN: Final = Field()
MAGIC: Final[Mapping[str, Field]] = {
    "id": PLAIN,
    "create_date": PLAIN,
    "write_date": PLAIN,
    "create_uid": Field("res.users"),
    "write_uid": Field("res.users"),
}


def fields(*names: str, **more: Field) -> dict[str, Field]:
    """Plain fields, and those with more to them."""
    return {**dict.fromkeys(names, PLAIN), **more}


@dataclass(slots=True)
class Table:
    """One model.

    Attributes:
        order: ids rise, or fall with ``id desc``.
        label: how a record is called where others point at it.
    """

    fields: dict[str, Field]
    rows: dict[int, Values] = field(default_factory=dict)
    order: str = "id"
    label: Callable[[Values], str] = lambda row: str(row.get("name") or "")
    last_id: int = 0

    def keeps(self, name: str) -> bool:
        """The field is kept in the record as it is, not reckoned."""
        about = self.fields.get(name)
        return name in MAGIC or (about is not None and about.compute is None and not about.inverse)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Who may call: the technical user of a coop."""

    id: int
    login: str
    secret: str
    groups: frozenset[str]


class Database:
    """One Odoo database. A family of modules is a subclass with its tables, rights, methods and rules.

    Attributes:
        serie: the version, ``12.0``.
        tables: by model.
        rights: which groups give a right; a right that is not named is everybody's.
        methods: those of models beyond the ORM's, by model and name.
    """

    def __init__(self, serie: str, now: Callable[[], datetime]) -> None:
        self.serie = serie
        self.now = now
        self.users: dict[int, User] = {}
        self.tables: dict[str, Table] = {
            "res.users": Table(fields("login", "name", "email", "tz")),
            "res.lang": Table(fields("code", "name")),
        }
        self.rights: dict[tuple[str, str], frozenset[str]] = {}
        self.methods: dict[tuple[str, str], Callable[..., Any]] = {}
        self.insert("res.lang", {"code": "en_US", "name": "English"})
        self.insert("res.lang", {"code": "fr_FR", "name": "Français"})

    @property
    def major(self) -> int:
        return int(self.serie.partition(".")[0])

    # ── from outside the ORM: seeds and rules ─────────────────────────────────────────────────────────────────────

    def add_user(self, user: User) -> None:
        """Let somebody call."""
        self.users[user.id] = user
        about = {"id": user.id, "login": user.login, "name": user.login, "email": "kiosk@coop.example"}
        self.insert("res.users", {**about, "tz": "Europe/Paris"})

    def insert(self, model: str, values: Values) -> int:
        """Put a record in place, past every rule."""
        table = self.tables[model]
        id_ = values.get("id") or table.last_id + 1
        table.last_id = max(table.last_id, id_)
        stamp = self.stamp()
        magic = {"id": id_, "create_date": stamp, "write_date": stamp, "create_uid": 1, "write_uid": 1}
        blank = dict.fromkeys((name for name, about in table.fields.items() if about.compute is None), False)
        table.rows[id_] = {**blank, **magic, **values, "id": id_}
        return id_

    def touch(self, model: str, id_: int, **values: Any) -> None:
        """Change a record as a trigger does: the time of writing moves, no rule looks."""
        self.tables[model].rows[id_].update(values, write_date=self.stamp())

    def row(self, model: str, id_: int | bool) -> Values | None:
        return self.tables[model].rows.get(id_) if id_ else None

    def where(self, model: str, **values: Any) -> list[Values]:
        """The records that have these values."""
        table = self.tables[model]
        if all(map(table.keeps, values)):
            return [row for row in table.rows.values() if values.items() <= row.items()]
        rows = table.rows.values()
        return [row for row in rows if all(self.value(model, row, name) == value for name, value in values.items())]

    def stamp(self) -> str:
        return self.now().astimezone(UTC).strftime(TIME_FORMAT)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    def about(self, model: str, name: str) -> Field:
        found = self.tables[model].fields.get(name) or MAGIC.get(name)
        if found is None:
            raise value_error(f"Invalid field '{name}' on model '{model}'")
        return found

    def value(self, model: str, row: Values, path: str) -> Any:
        """The value of a field, or of a field of the record it points at."""
        name, _, rest = path.partition(".")
        about = self.about(model, name)
        if about.inverse:
            return [other["id"] for other in self.where(about.relation, **{about.inverse: row["id"]})]
        value = about.compute(row) if about.compute is not None else row.get(name, False)
        if not rest:
            return value
        target = self.row(about.relation, value)
        return False if target is None else self.value(about.relation, target, rest)

    def read_row(self, model: str, row: Values, names: Iterable[str]) -> Values:
        """A record as it travels: a link as id and label."""
        read: Values = {"id": row["id"]}
        for name in names:
            value = self.value(model, row, name)
            relation = self.about(model, name).relation
            is_link = relation and isinstance(value, int) and not isinstance(value, bool)
            read[name] = [value, self.label(relation, value)] if is_link else value
        return read

    def label(self, model: str, id_: int) -> str:
        row = self.row(model, id_) if model in self.tables else None
        return "" if row is None else self.tables[model].label(row)

    def search(self, model: str, domain: Sequence[Any], *, archived_too: bool = False) -> list[Values]:
        """The records that fit a domain, in the model's order."""
        for term in domain:
            if not isinstance(term, str) and term[0].partition(".")[0] not in {*self.tables[model].fields, *MAGIC}:
                leaf = f"<osv.ExtendedLeaf: {tuple(term)!r} on {model.replace('.', '_')} (ctx: )>"
                raise value_error(f"Invalid field '{term[0]}' in leaf \"{leaf}\"")
        table = self.tables[model]
        rows = [row for row in table.rows.values() if self._fits(model, row, list(domain))]
        if "active" in table.fields and not archived_too:
            rows = [row for row in rows if row["active"] is not False]
        return sorted(rows, key=lambda row: row["id"], reverse=table.order == "id desc")

    def _fits(self, model: str, row: Values, terms: list[Any]) -> bool:
        def one() -> bool:
            term = terms.pop(0)
            if term == "|":
                return one() | one()
            if term == "&":
                return one() & one()
            if term == "!":
                return not one()
            name, operator, wanted = term
            return COMPARE[operator](self.value(model, row, name), wanted)

        found = True
        while terms:
            found = one() and found
        return found

    # ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def execute(self, user: User, model: str, method: str, args: list[Any], named: Values) -> Any:
        """What ``execute_kw`` does."""
        if model not in self.tables:
            raise self._no_model(model)
        context = named.pop("context", {})
        own = self.methods.get((model, method))
        if own is not None:
            return own(user, *args, **named)
        known: dict[str, Callable[..., Any]] = {
            "search_read": self._search_read,
            "search_count": self._search_count,
            "read": self._read,
            "create": self._create,
            "write": self._write,
            "fields_get": self._fields_get,
            "name_search": self._name_search,
            "check_access_rights": self._check_access_rights,
        }
        if method not in known:
            raise OdooException("builtins.AttributeError", f"'{model}' object has no attribute '{method}'")
        if method in {"search_read", "search_count", "name_search"}:
            named["archived_too"] = context.get("active_test") is False
        return known[method](user, model, *args, **named)

    def _no_model(self, model: str) -> OdooException:
        text = f"Object {model} doesn't exist"
        return OdooException("odoo.exceptions.except_orm", text) if self.major <= 12 else user_error(text)

    def demand(self, user: User, model: str, operation: str) -> None:
        """Raise unless the user has the right."""
        groups = self.rights.get((model, operation))
        if groups is not None and not groups & user.groups:
            raise access_error(model, operation, user.id, sorted(groups))

    def _check_access_rights(self, user: User, model: str, operation: str, raise_exception: bool = True) -> bool:
        if raise_exception:
            self.demand(user, model, operation)
        groups = self.rights.get((model, operation))
        return groups is None or bool(groups & user.groups)

    def _search_read(  # the parameters are Odoo's
        self,
        user: User,
        model: str,
        domain: Sequence[Any] = (),
        fields: Sequence[str] = (),
        *,
        order: str = "",
        limit: int = 0,
        archived_too: bool = False,
    ) -> list[Values]:
        self.demand(user, model, "read")
        rows = self.search(model, domain, archived_too=archived_too)
        if order:
            rows = sorted(rows, key=lambda row: row["id"], reverse=order.endswith("desc"))
        return [self.read_row(model, row, fields) for row in (rows[:limit] if limit else rows)]

    def _search_count(self, user: User, model: str, domain: Sequence[Any] = (), *, archived_too: bool = False) -> int:
        self.demand(user, model, "read")
        return len(self.search(model, domain, archived_too=archived_too))

    def _read(self, user: User, model: str, ids: list[int], fields: Sequence[str] = ()) -> list[Values]:
        self.demand(user, model, "read")
        return [self.read_row(model, row, fields) for row in self.existing(user, model, ids)]

    def _name_search(
        self, user: User, model: str, name: str, args: Sequence[Any] = (), *, archived_too: bool = False
    ) -> list[list[Any]]:
        self.demand(user, model, "read")
        rows = self.search(model, args, archived_too=archived_too)
        labels = [[row["id"], self.label(model, row["id"])] for row in rows]
        found = [pair for pair in labels if name.lower() in str(pair[1]).lower()]
        return sorted(found, key=lambda pair: str(pair[1]))

    def _create(self, user: User, model: str, values: Values) -> int:
        self.demand(user, model, "create")
        for name in values:
            self.about(model, name)
        self.before_create(user, model, values)
        id_ = self.insert(model, {**values, "create_uid": user.id, "write_uid": user.id})
        self.after_create(model, self.tables[model].rows[id_])
        return id_

    def _write(self, user: User, model: str, ids: list[int], values: Values) -> bool:
        rows = self.existing(user, model, ids)
        self.demand(user, model, "write")
        for name in values:
            self.about(model, name)
        for row in rows:
            self.before_write(user, model, row, values)
            before = dict(row)
            plain = {name: value for name, value in values.items() if not self.about(model, name).inverse}
            row.update(plain, write_date=self.stamp(), write_uid=user.id)
            self.after_write(model, row, before)
        return True

    def _fields_get(
        self, _user: User, model: str, allfields: Sequence[str] = (), attributes: Sequence[str] = ()
    ) -> dict[str, Values]:
        found: dict[str, Values] = {}
        for name in allfields or (*self.tables[model].fields, *MAGIC):
            about = self.tables[model].fields.get(name) or MAGIC.get(name)
            if about is not None:
                found[name] = {"type": "char"} if "type" in attributes else {}
                if about.selection and "selection" in attributes:
                    found[name]["selection"] = [list(pair) for pair in about.selection]
        return found

    def existing(self, user: User, model: str, ids: list[int]) -> list[Values]:
        """The records of these ids; raises where one is gone."""
        gone = [id_ for id_ in ids if id_ not in self.tables[model].rows]
        if gone:
            raise missing_error(gone, user.id)
        return [self.tables[model].rows[id_] for id_ in ids]

    # ── what a family of modules adds ─────────────────────────────────────────────────────────────────────────────

    def before_create(self, _user: User, model: str, values: Values) -> None:
        """Refuse, or fill in."""

    def after_create(self, model: str, row: Values) -> None:
        """What follows from it."""

    def before_write(self, _user: User, model: str, row: Values, values: Values) -> None:
        """Refuse, or carry out the commands of a one2many."""

    def after_write(self, model: str, row: Values, before: Values) -> None:
        """What follows from it."""


def _equals(value: Any, wanted: Any) -> bool:
    return value in (False, None, "", []) if wanted is False else bool(value == wanted)


COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": _equals,
    "!=": lambda value, wanted: not _equals(value, wanted),
    "in": lambda value, wanted: value in wanted,
    "not in": lambda value, wanted: value not in wanted,
    "ilike": lambda value, wanted: str(wanted).lower() in str(value or "").lower(),
    "<": lambda value, wanted: bool(value) and bool(value < wanted),
    "<=": lambda value, wanted: bool(value) and bool(value <= wanted),
    ">": lambda value, wanted: bool(value) and bool(value > wanted),
    ">=": lambda value, wanted: bool(value) and bool(value >= wanted),
}
"""The operators of a domain; what is empty is neither more nor less than anything."""
