"""``kiosk backend test``: whether a coop's server keeps the REST contract."""

import json
import os
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk.cli_options import AS_JSON, first_line

if TYPE_CHECKING:
    from kiosk.backends.conformance import Finding

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group()
def backend() -> None:
    """The coop's server."""


@backend.command("test")
@click.argument("url")
@click.option(
    "--token-file",
    type=FILE,
    help="Take the terminal's token from the first line of this file; else from KIOSK_TOKEN, or it is asked for.",
)
@click.option("--member", help="The id of a test member; without one nothing is written.")
@click.option("--shift", help="The id of a coming shift with a free place, on which the test member is not.")
@click.option("--jar", help="The code of a test jar.")
@click.option("--disposable", help="The id of another member, who may be forgotten: they are gone after it.")
@click.option("--key-id", help="Names the key of the cards; else that of the cards at the server.")
@click.option(
    "--ca-file", type=click.Path(dir_okay=False, exists=True), help="Certificates to trust instead of the machine's."
)
@AS_JSON
def backend_test(url: str, token_file: Path | None, *, as_json: bool, **target: Any) -> None:
    """Hold the server at URL against docs/rest.md, promise by promise, and say what to do about each broken one.

    Harmless to a server in use: without --member it only reads, and with it it writes about that member, that shift
    and that jar alone, and has a member forgotten whom it made up.

    Example: kiosk backend test https://coop.example/kiosk --token-file token
    """
    from kiosk.backends.conformance import Result, findings
    from kiosk.backends.conformance_probe import Target
    from kiosk.clock import SystemClock
    from kiosk.tares import is_jar_code

    if target["jar"] is not None and not is_jar_code(target["jar"]):
        raise click.BadParameter("six digits, of which the last checks the others", param_hint="--jar")
    asked = Target(url=url, token=_token_from(token_file), **target)
    count: Counter[Result] = Counter()
    for finding in findings(asked, SystemClock()):
        count[finding.result] += 1
        click.echo(json.dumps(asdict(finding), ensure_ascii=False) if as_json else _lines_of(finding))
    if not as_json:
        click.echo(", ".join(f"{count[result]} {result.value}" for result in Result) + ".")
    if count[Result.BROKEN]:
        sys.exit(1)


def _token_from(file: Path | None) -> str:
    """Never from the command line, where every user of the machine could read it."""
    if file is not None:
        return first_line(file).strip()
    given = os.environ.get("KIOSK_TOKEN")
    return str(click.prompt("Token", hide_input=True, err=True)) if given is None else given


def _lines_of(finding: "Finding") -> str:
    more = [f"         {line}" for line in (finding.what, finding.todo) if line]
    return "\n".join([f"{finding.result.value:8} {finding.check}: {finding.promise}", *more])
