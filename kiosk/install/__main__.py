"""``python -m kiosk.install …``: the steps of scripts/install that need more than a shell. Not meant to be typed."""

import argparse
import getpass
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from kiosk.config import load
from kiosk.errors import ConfigError, KioskError
from kiosk.install import asking, boot_config, laying, setup_code, system_files, usb_key
from kiosk.install.settings import FILE, Brought, bring, bring_text, with_card_key, write
from kiosk.updating.releases import CURRENT, ROOT, Releases

MODEL = Path("/proc/device-tree/model")


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one step; 1 and a sentence on standard error where it cannot be done, 130 where a person ends it."""
    parser = argparse.ArgumentParser(prog="scripts/install")
    parser.add_argument("--dry-run", action="store_true")
    steps = parser.add_subparsers(required=True)

    step = steps.add_parser("settings")
    step.add_argument("--folder", type=Path, required=True)
    source = step.add_mutually_exclusive_group(required=True)
    source.add_argument("--config", type=Path)
    source.add_argument("--usb", action="store_true")
    source.add_argument("--qr", action="store_true")
    source.add_argument("--ask", action="store_true")
    source.add_argument("--defaults", action="store_true")
    source.add_argument("--keep", action="store_true")
    step.set_defaults(run=put_settings)

    step = steps.add_parser("lend")
    step.set_defaults(run=lend_usb)

    step = steps.add_parser("files")
    step.add_argument("--source", type=Path)
    step.add_argument("--root", type=Path, default=Path("/"))
    step.add_argument("--kmsdrm", action="store_true")
    step.add_argument("--data-partition", type=Path)
    step.add_argument("--raspberry", action="store_true")
    step.add_argument("--remove", action="store_true")
    step.set_defaults(run=put_files)

    step = steps.add_parser("boot")
    step.add_argument("--config", type=Path, required=True)
    step.add_argument("--folder", type=Path, required=True)
    step.add_argument("--model", type=Path, default=MODEL)
    step.add_argument("--apply", action="store_true")
    step.add_argument("--remove", action="store_true")
    step.set_defaults(run=put_boot_config)

    step = steps.add_parser("program")
    step.add_argument("version")
    step.add_argument("--root", type=Path, default=ROOT)
    step.add_argument("--parts", type=Path)
    step.add_argument("--made-from")
    step.set_defaults(run=put_program)

    given = parser.parse_args(arguments)
    try:
        given.run(given)
    except ConfigError as wrong:
        _complain(*wrong.faults)
        return 1
    except (KioskError, OSError, UnicodeDecodeError) as wrong:
        _complain(str(wrong))
        return 1
    except (EOFError, KeyboardInterrupt):
        _complain("", "Ended before its time: call it again, and it goes on from what is there.")
        return 130
    return 0


def _say(*sentences: str) -> None:
    for sentence in sentences:
        print(sentence)  # noqa: T201  this is a command


def _complain(*sentences: str) -> None:
    for sentence in sentences:
        print(sentence, file=sys.stderr)  # noqa: T201  this is a command


# ── the configuration ─────────────────────────────────────────────────────────────────────────────────────────────


def put_settings(given: argparse.Namespace) -> None:
    """The configuration from where the technician has it, its secrets, and the card key."""
    if given.usb:
        with usb_key.opened() as file:
            brought = bring(file)
    else:
        brought = _brought(given)
    brought, is_new = with_card_key(brought, given.folder)
    if given.dry_run:
        _say(f"would write {given.folder / FILE} and {len(brought.secrets)} secrets")
        if is_new:
            _say("would make the coop's card key")
        return
    _say(*write(brought, given.folder))
    if is_new:
        _say("The coop's card key is made. Print its emergency sheet: sudo kiosk key export -o sheet.svg")


def lend_usb(_given: argparse.Namespace) -> None:
    """What is on a USB key, for the guide on the screen."""
    with usb_key.opened() as file:
        usb_key.lend(file)


def _brought(given: argparse.Namespace) -> Brought:
    if given.config is not None:
        return bring(given.config)
    if given.keep:
        return bring(given.folder / FILE)
    if given.qr:
        toml, secrets = setup_code.decode(getpass.getpass("Scan the set-up code now (it is not shown): "))
    elif given.ask:
        answers = asking.interview(_ask, lambda words: getpass.getpass(f"{words} (not shown): "), _say)
        toml, secrets = answers.toml(), answers.secrets
    else:
        toml, secrets = f'[terminal]\nname = "{_host_name()}"\n', {}
    return bring_text(toml, secrets)


def _ask(words: str, default: str) -> str:
    return input(f"{words}{f' [{default}]' if default else ''}: ")


def _host_name() -> str:
    return "".join(character for character in socket.gethostname() if character.isalnum() or character in "-._")[:40]


# ── the program ───────────────────────────────────────────────────────────────────────────────────────────────────


def put_program(given: argparse.Namespace) -> None:
    """A version, laid from its parts or there already, that counts from now on."""
    releases = Releases(given.root)
    if given.dry_run:
        laying.must_be_free(releases, given.version)
        _say(f"would let {releases.root / CURRENT} lead to coop-kiosk {given.version}")
    elif given.parts is None:
        laying.use(releases, given.version)
    else:
        laying.lay_and_use(releases, given.version, given.parts, given.made_from)


# ── the system's files ────────────────────────────────────────────────────────────────────────────────────────────


def put_files(given: argparse.Namespace) -> None:
    """Units, rules and drop-ins."""
    if given.remove:
        _say(*(f"{path}: gone" for path in system_files.remove_all(given.root)))
        return
    device = None if given.data_partition is None else system_files.lasting_name(given.data_partition)
    for difference in system_files.differences(
        given.source, given.root, kmsdrm=given.kmsdrm, data_device=device, raspberry=given.raspberry
    ):
        if difference.state is not system_files.State.SAME:
            _say(f"{difference.path}: {difference.state.value}")
            if not given.dry_run:
                system_files.put(difference)


def put_boot_config(given: argparse.Namespace) -> None:
    """The firmware's lines: told, or written with the file before beside it."""
    file, cmdline = given.folder / "config.txt", given.folder / "cmdline.txt"
    text = file.read_text(encoding="utf-8")
    if given.remove:
        _replace(file, text, boot_config.removed(text), dry_run=given.dry_run)
        return
    model = boot_config.model_of(given.model.read_text(encoding="utf-8"))
    if model is None:
        _say(f"{given.model}: no Raspberry Pi 3, 4 or 5; {file} is left alone.")
        return
    config = load(given.config)
    lines = list(boot_config.wanted(config, model, text))
    new = boot_config.amended(text, lines)
    console = cmdline.read_text(encoding="utf-8")
    quiet = boot_config.without_serial_console(console) if _uses_header_port(lines) else console
    if new == text and quiet == console:
        _say(f"{file}: as it should be.")
        return
    if not given.apply:
        _say(f"{file} should have these lines for a Raspberry Pi {model} (--apply-boot writes them):")
        _say(*(f"  {line.text:24} # {line.why}" for line in lines))
        if quiet != console:
            _say(f"{cmdline} should have no console on the serial port")
        return
    _replace(file, text, new, dry_run=given.dry_run)
    _replace(cmdline, console, quiet, dry_run=given.dry_run)
    _say("Restart for it to take effect: sudo reboot")


def _uses_header_port(lines: Sequence[boot_config.Line]) -> bool:
    return any(line.text in {boot_config.HEADER_PORT, boot_config.HEADER_PORT_OF_5} for line in lines)


def _replace(file: Path, old: str, new: str, *, dry_run: bool) -> None:
    if old == new:
        return
    kept = file.with_name(f"{file.name}.before-coop-kiosk")
    if dry_run:
        _say(f"{file}: would be changed, the one before kept as {kept.name}")
        return
    # The first one is what the machine came with: it is never written over.
    if not kept.exists():
        kept.write_text(old, encoding="utf-8")
    # The firmware's partition is FAT: a new name over an old one is the nearest to one step that it has.
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_text(new, encoding="utf-8")
    fresh.replace(file)
    _say(f"{file}: changed; the one before is {kept.name}")


if __name__ == "__main__":
    sys.exit(main())
