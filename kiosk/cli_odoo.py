"""``kiosk odoo``: whether an Odoo lets the terminal do its work, and what is granted only when asked for."""

import sys
from dataclasses import fields
from pathlib import Path

import click

from kiosk.cli_options import CONFIG, load_config
from kiosk.config import Config
from kiosk.devices.cards import CardHasher
from kiosk.errors import ConfigError, KioskError
from kiosk.types import CardHash, MemberId

ASK_SECONDS = 10.0


@click.group()
def odoo() -> None:
    """An Odoo, with or without the modules of food coops."""


@odoo.command("check")
@click.argument("card", required=False)
@CONFIG
def odoo_check(card: str | None, config_file: Path | None) -> None:
    """Tell version, modules, what the terminal carries and what is missing; with CARD (ean:0420…), whose it is."""
    from kiosk.app_odoo import backend_of
    from kiosk.app_parts import make_hasher
    from kiosk.clock import SystemClock

    config = _odoo_config(config_file)
    hasher = make_hasher(config)
    backend = backend_of(config, hasher, SystemClock())
    try:
        found = backend.survey()
        carried = backend.capabilities()
        click.echo(f"version      {found.serie}")
        click.echo(f"modules      {found.family}")
        names = [field.name for field in fields(carried) if getattr(carried, field.name) is True]
        click.echo(f"carries      {', '.join(names)}")
        if card is not None:
            answer = backend.identify(_hash(hasher, card), ASK_SECONDS, card)
            person = answer.member
            if not answer.available:
                raise KioskError("Odoo gave no answer about this card")
            account = answer.account or person
            told = "nobody's" if person is None or account is None else f"{person.name}: {account.status}"
            click.echo(f"card         {told}{', blocked' if answer.blocked else ''}")
    finally:
        backend.close()
    for problem in found.problems:
        click.echo(problem, err=True)
    if found.problems:
        sys.exit(1)


@odoo.command("grace")
@click.argument("member")
@CONFIG
def odoo_grace(member: str, config_file: Path | None) -> None:
    """Grant MEMBER (a number) the grace period of the coop's own rules. Asks Odoo now; looking never grants."""
    from kiosk.app_odoo import backend_of
    from kiosk.app_parts import make_hasher
    from kiosk.clock import SystemClock

    config = _odoo_config(config_file)
    if not config.odoo.grace:
        raise KioskError("[odoo] grace is false: this coop grants no grace period from here")
    backend = backend_of(config, make_hasher(config), SystemClock())
    try:
        granted = backend.grace(MemberId(member), ASK_SECONDS)
    finally:
        backend.close()
    if granted.member is None:
        raise KioskError(granted.why or "the coop's rules give this member no grace period now")
    until = "" if granted.member.until is None else f", until {granted.member.until:%Y-%m-%d}"
    click.echo(f"granted{until}")


def _odoo_config(config_file: Path | None) -> Config:
    config, _ = load_config(config_file)
    if config.backend.kind != "odoo":
        raise ConfigError([f'[backend] kind is "{config.backend.kind}": this command is for "odoo"'])
    return config


def _hash(hasher: CardHasher, card: str) -> CardHash:
    try:
        return hasher.hash_canonical(card)
    except ValueError as wrong:
        raise KioskError(f"{card!r} is no card: {wrong}") from None
