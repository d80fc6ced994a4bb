"""What the guide keeps: how far it has come, the secrets, and in the end the configuration.

All of it lies where the terminal's own user may write. Each file is put whole or not at all, and is on the disk before
the next screen is shown: the plug may be pulled at any time.
"""

import json
import logging
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kiosk.card_key import CREDENTIAL, CardKey
from kiosk.config import CREDENTIALS, SECRETS, Config, load
from kiosk.durable import put_whole
from kiosk.first_run.finding import DRAFT, FILE, FOLDER
from kiosk.install.settings import Brought, toml_of
from kiosk.rules.guide_states import Key, Progress, Setting, Step

log = logging.getLogger(__name__)

RECORDING: Final = "scale.bin"
PROGRESS: Final = "guide.json"
VERSION: Final = 1
HEAD: Final = (
    "# Written by the guide of the first run. /etc/coop-kiosk/kiosk.toml, where that is there, goes before it."
)


def settings_of(brought: Brought) -> dict[tuple[str, str], Setting]:
    """What it sets, by section and key."""
    return {
        (section, key): tuple(value) if isinstance(value, list) else value
        for section, table in tomllib.loads(brought.text).items()
        for key, value in table.items()
    }


class GuideFolder:
    """The files. Each method may raise OSError.

    Args:
        path: of the folder; made where it is not there.
        start: where a guide begins that has not begun yet.
        screen: the panel that it is shown on; the terminal's, where nobody has brought another one.
    """

    def __init__(self, path: Path = FOLDER, start: Progress | None = None, *, screen: str | None = None) -> None:
        self.path = path
        self._start = Progress() if start is None else start
        self._seen: Mapping[tuple[str, str], Setting] = {} if screen is None else {("terminal", "screen"): screen}

    # ── how far it has come ───────────────────────────────────────────────────────────────────────────────────────

    def progress(self) -> Progress:
        """Where it was. One that cannot be read is begun anew; secrets that are there stay."""
        try:
            kept = json.loads((self.path / PROGRESS).read_text(encoding="utf-8"))
            return _progress_of(kept)
        except FileNotFoundError:
            return self._start
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            log.warning("the guide begins anew: %s cannot be read (%s)", self.path / PROGRESS, fault)
            return self._start

    def keep(self, progress: Progress) -> None:
        """Write down where it is."""
        row = {
            "version": VERSION,
            "language": progress.language,
            "step": progress.step.value,
            "settings": [[section, key, value] for (section, key), value in progress.settings.items()],
            "key": progress.key.value,
            "passed": sorted(progress.passed),
            "off": sorted(progress.off),
        }
        self._put(PROGRESS, json.dumps(row, ensure_ascii=False), 0o600)

    # ── secrets ───────────────────────────────────────────────────────────────────────────────────────────────────

    def take(self, brought: Brought) -> bool:
        """Put the secrets of a configuration away, and its logo. Whether the card key was one of them."""
        for name, secret in brought.secrets.items():
            self._put(f"{CREDENTIALS}/{name}", f"{secret}\n", 0o600)
        if brought.logo is not None:
            shutil.copyfile(brought.logo, self.path / brought.logo.name)
        return CREDENTIAL in brought.secrets

    def put_key(self, card_key: CardKey) -> None:
        """The coop's card key. Until the guide is over nobody's card is known by another one."""
        self._put(f"{CREDENTIALS}/{CREDENTIAL}", f"{card_key.key.hex()}\n", 0o600)

    def has_key(self) -> bool:
        return (self.path / CREDENTIALS / CREDENTIAL).exists()

    # ── the configuration ─────────────────────────────────────────────────────────────────────────────────────────

    def config(self, progress: Progress) -> Config:
        """The configuration as far as it has come. Its file stays, for whoever puts the lines at rest after a crash.

        Raises:
            ConfigError: it cannot be used yet; carries every fault.
        """
        self._put(DRAFT, self._toml(progress), 0o600)
        return load(self.path / DRAFT, {})

    def finish(self, progress: Progress) -> None:
        """Put the configuration in its place, once it can be used.

        Raises:
            ConfigError: it cannot; carries every fault. What was there is untouched.
        """
        self.config(progress)
        self._put(FILE, self._toml(progress), 0o640)
        (self.path / DRAFT).unlink()

    def _toml(self, progress: Progress) -> str:
        """With the secrets by the files they are in: systemd hands over none of them."""
        settings = {**self._seen, **progress.settings}
        for section, key, file_key, credential in SECRETS:
            if (self.path / CREDENTIALS / credential).exists():
                settings.pop((section, key), None)
                settings[section, file_key] = f"{CREDENTIALS}/{credential}"
        return toml_of(settings, HEAD)

    def _put(self, name: str, text: str, mode: int) -> None:
        """Whole or not at all, and on the disk when this returns."""
        path = self.path / name
        self.path.mkdir(mode=0o750, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        put_whole(path, text.encode(), mode)


def _progress_of(kept: dict[str, object]) -> Progress:
    if kept["version"] != VERSION:
        raise ValueError(f"it is of version {kept['version']}")
    settings, passed, off = kept["settings"], kept["passed"], kept["off"]
    if not (isinstance(settings, list) and isinstance(passed, list) and isinstance(off, list)):
        raise TypeError("its lists are none")
    return Progress(
        language=str(kept["language"]),
        step=Step(str(kept["step"])),
        settings={(section, key): tuple(v) if isinstance(v, list) else v for section, key, v in settings},
        key=Key(str(kept["key"])),
        passed=frozenset(map(Step, passed)),
        off=frozenset(map(Step, off)),
    )
