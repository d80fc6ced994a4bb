"""A terminal at an Odoo: its backend from the configuration."""

from kiosk.backends.odoo.backend import OdooBackend
from kiosk.backends.odoo.habits import Habits
from kiosk.backends.odoo.rpc import Json2, JsonRpc, Rpc
from kiosk.backends.odoo.wants import FamilyName
from kiosk.clock import Clock
from kiosk.config import Config
from kiosk.devices.cards import CardHasher


def habits_of(config: Config) -> Habits:
    """How the coop uses its Odoo."""
    told = config.odoo
    return Habits(
        name_order=told.name_order,
        shift_word=told.shift_word,
        point_minutes=told.point_minutes,
        leaders_are_coordinators=told.leaders_are_coordinators,
        entrance_log=told.entrance_log,
        member_cards=told.member_cards,
        grace=told.grace,
        check_in_opens_minutes=config.policy.check_in_opens_minutes,
    )


def rpc_of(config: Config) -> Rpc:
    """The way in."""
    told, url = config.odoo, config.backend.url or ""
    secret = "" if config.backend.token is None else config.backend.token.reveal()
    if told.protocol == "json2":
        return Json2(url, told.database or "", secret)
    return JsonRpc(url, told.database or "", told.login or "", secret)


def backend_of(config: Config, hasher: CardHasher, clock: Clock) -> OdooBackend:
    """The server, as it is."""
    family = config.odoo.family
    return OdooBackend(
        rpc_of(config),
        hasher.hash_canonical,
        config.terminal.timezone,
        clock,
        habits=habits_of(config),
        family=None if family == "auto" else FamilyName(family),
        coop_folder=config.backend.folder,
        language=config.terminal.language,
        timeout_seconds=config.backend.timeout_seconds,
        roster_days=config.policy.roster_days,
    )
