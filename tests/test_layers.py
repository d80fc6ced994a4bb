"""Who may import whom: the table of the architecture, enforced on the syntax tree of every module."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "kiosk").rglob("*.py"))
}

HARDWARE = frozenset({"RPi", "evdev", "gpiozero", "lgpio", "mfrc522", "serial", "smbus2", "spidev", "usb"})
IMPURE = frozenset(
    [
        "asyncio",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "queue",
        "random",
        "secrets",
        "select",
        "shutil",
        "socket",
        "sqlite3",
        "subprocess",
        "threading",
        "time",
        "urllib",
        "uuid",
    ]
)


@dataclass(frozen=True)
class Layer:
    """A name stands for the module and all below it.

    Attributes:
        may: modules of ours beside those of the layer itself.
        libraries: of others, anywhere.
        inside: of others, only inside functions.
        pure: no I/O, no thread, no clock, no chance of its own.
    """

    modules: tuple[str, ...]
    may: tuple[str, ...] = ()
    libraries: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    pure: bool = False


def of(*names: str) -> tuple[str, ...]:
    return tuple(f"kiosk.{name}" for name in names)


VOCABULARY = of(
    *("types", "actions", "events", "events_door", "effects", "views", "view_parts", "errors", "colour", "tares"),
    *("messages", "messages_afar", "messages_guide", "messages_staff"),
)
RULES = of("rules")
DECODERS = of(
    *("devices.framing", "devices.cards", "devices.uid_formats", "devices.keys", "devices.scales"),
    *("devices.rc522_dialogue", "devices.rc522_presence"),
    *(f"devices.labels.{name}" for name in ("tare_code", "ean13", "raster", "stock", "language")),
    *(f"devices.labels.{name}" for name in ("zpl", "tspl", "escpos")),
)
CLOCK = of("clock", "ids", "own_thread", "durable")
STORE = of("store")
TEXT = of("text")
CONFIGURATION = of("config", "config_kinds", "config_sections", "config_checks")
CHIP = of("devices.rc522_chip")
"""A subclass of the reader library's class: it needs the library at its top, so it is imported where it is opened."""

LAYERS = {
    "the vocabulary": Layer(VOCABULARY, pure=True),
    "the rules": Layer(RULES, VOCABULARY, pure=True),
    "decoders": Layer(DECODERS, VOCABULARY, pure=True),
    "the clock": Layer(CLOCK, VOCABULARY),
    "text": Layer(TEXT, VOCABULARY, libraries=frozenset({"babel"})),
    "the configuration": Layer(CONFIGURATION, VOCABULARY + RULES + DECODERS),
    "control, watchdog and logs": Layer(of("control", "watchdog", "logs"), VOCABULARY + CLOCK),
    "what is sealed": Layer(
        of("sealing", "card_key"), VOCABULARY + CLOCK, libraries=frozenset({"cryptography", "segno"})
    ),
    "the store": Layer(STORE, VOCABULARY + CLOCK, libraries=frozenset({"sqlite_utils"})),
    "transports": Layer(of("devices"), VOCABULARY + RULES + CLOCK, inside=HARDWARE | {"requests", "PIL"}),
    "labels": Layer(of("devices.labels"), VOCABULARY + DECODERS, libraries=frozenset({"PIL", "segno"})),
    "the reader's chip": Layer(CHIP, VOCABULARY + of("devices"), libraries=frozenset({"mfrc522", "spidev", "RPi"})),
    "simulated hardware": Layer(
        of("devices.simulated"), VOCABULARY + CLOCK + of("devices"), libraries=frozenset({"gpiozero"}), inside=HARDWARE
    ),
    "backends": Layer(
        of("backends"),
        VOCABULARY + RULES + DECODERS + CLOCK,
        libraries=frozenset({"requests", "urllib3", "selectolax"}),
    ),
    "the reference server": Layer(
        of(*(f"backends.reference_{name}" for name in ("server", "serving", "coop", "store", "faults"))),
        VOCABULARY + CLOCK + of("backends"),
        libraries=frozenset({"flask", "sqlite_utils", "werkzeug"}),
    ),
    "the Odoo of the demo and of tests": Layer(of("demo.fake_odoo"), ("kiosk",), libraries=frozenset({"flask"})),
    "the server that gestion-compte is in tests": Layer(
        of("backends.gestion_compte.fake"),
        VOCABULARY + DECODERS + CLOCK + of("backends"),
        libraries=frozenset({"flask", "jinja2", "markupsafe", "werkzeug"}),
    ),
    "sync": Layer(of("sync", "questions"), VOCABULARY + RULES + CLOCK + STORE + of("backends.base")),
    "the reactor": Layer(
        of("reactor", "hands", "commands", "door_commands", "card_commands", "explaining"),
        VOCABULARY + RULES + CLOCK + STORE,
    ),
    "the screens": Layer(of("screens"), VOCABULARY + TEXT, libraries=frozenset({"anyascii", "kivy"})),
    "what is seen from afar": Layer(of("afar"), VOCABULARY + CLOCK, inside=frozenset({"requests"})),
    "updates": Layer(
        of("updating"),
        VOCABULARY + CLOCK + STORE + of("control", "logs", "install.system_files"),
        libraries=frozenset({"cryptography", "requests"}),
    ),
    "the installation": Layer(
        of("install"),
        VOCABULARY + CONFIGURATION + of("resting", "updating", "durable"),
        inside=frozenset({"segno"}),
    ),
    "the root, and what shows it off": Layer(
        of(
            "app",
            "app_afar",
            "app_door",
            "app_gestion_compte",
            "app_odoo",
            "app_parts",
            "app_looks",
            "mending",
            "resting",
            "wiring",
            "selftest",
            "commissioning",
            "cli_cards",
            "cli_door",
            "cli_check",
            "cli_decode",
            "cli_demo",
            "proving",
            "screen_proof",
            "card_import",
            "card_service",
            "cli",
            "cli_backend",
            "cli_bulk",
            "cli_facts",
            "cli_gestion_compte",
            "cli_odoo",
            "cli_keep",
            "cli_member",
            "cli_options",
            "cli_simulate",
            "cli_update",
            "__main__",
            "looking",
            "keeping",
            "member_data",
            "member_learned",
            "member_words",
            "demo",
            "first_run",
            "simulation",
        ),
        ("kiosk",),
        libraries=frozenset({"click", "kivy", "gpiozero", "PIL", "segno"}),
    ),
}


@dataclass(frozen=True)
class Import:
    name: str
    line: int
    inside: bool
    """In a function, or only for the type checker."""

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]


def is_within(name: str, roots: tuple[str, ...]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def layer_of(name: str) -> Layer | None:
    """The layer that names the module most exactly."""
    found = [(root, layer) for layer in LAYERS.values() for root in layer.modules if is_within(name, (root,))]
    return max(found, key=lambda pair: len(pair[0]))[1] if found else None


def imports_of(source: str) -> Iterator[Import]:
    def walk(node: ast.AST, inside: bool) -> Iterator[Import]:
        match node:
            case ast.Import():
                yield from (Import(alias.name, node.lineno, inside) for alias in node.names)
            case ast.ImportFrom(module=str(module)):
                for alias in node.names:
                    full = f"{module}.{alias.name}"
                    yield Import(full if full in MODULES else module, node.lineno, inside)
        for child in ast.iter_child_nodes(node):
            deferred = isinstance(node, ast.FunctionDef) or (
                isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and child in node.body
            )
            yield from walk(child, inside or deferred)

    yield from walk(ast.parse(source), inside=False)


def clock_reads(source: str) -> Iterator[int]:
    """The lines that ask ``datetime`` or ``date`` for the present."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="datetime" | "date"), attr="now" | "utcnow" | "today")):
                yield node.lineno


def is_allowed(found: Import, layer: Layer) -> bool:
    if found.package == "kiosk":
        if is_within(found.name, CHIP) and not found.inside:
            return False
        return found.name == "kiosk" or is_within(found.name, layer.modules + layer.may)
    if found.package in sys.stdlib_module_names:
        return not (layer.pure and found.package in IMPURE)
    return found.package in layer.libraries or (found.inside and found.package in layer.inside)


def faults_of(name: str, source: str) -> list[str]:
    """What a module of that name does though its layer may not."""
    layer = layer_of(name)
    if layer is None:
        return [f"{name} has no room in the architecture: give it a layer"]
    faults = [
        f"line {found.line}: imports {found.name}" for found in imports_of(source) if not is_allowed(found, layer)
    ]
    if layer.pure:
        faults += [f"line {line}: reads a clock" for line in clock_reads(source)]
    return faults


@pytest.mark.parametrize("name", [name for name in MODULES if name != "kiosk"])
def test_every_module_keeps_to_its_layer(name):
    assert faults_of(name, MODULES[name].read_text(encoding="utf-8")) == []


def test_the_package_itself_imports_nothing():
    assert list(imports_of(MODULES["kiosk"].read_text(encoding="utf-8"))) == []


def test_every_layer_that_is_allowed_is_there():
    assert {name for layer in LAYERS.values() for name in layer.may} <= MODULES.keys()


def test_rules_and_decoders_load_in_a_bare_python():
    pure = [name for name in MODULES if (layer := layer_of(name)) and layer.pure]
    assert {"kiosk.rules.access", "kiosk.devices.scales.mt_sics", "kiosk.views"} <= set(pure)
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {', '.join(pure)}"
    subprocess.run([sys.executable, "-I", "-S", "-c", program], check=True)


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        ("kiosk.rules.access", "import time", "line 1: imports time"),
        ("kiosk.rules.access", "def f():\n    from kiosk import store", "line 2: imports kiosk.store"),
        ("kiosk.rules.access", "import requests", "line 1: imports requests"),
        ("kiosk.rules.access", "now = datetime.now(UTC)", "line 1: reads a clock"),
        ("kiosk.devices.scales.mt_sics", "from serial import Serial", "line 1: imports serial"),
        ("kiosk.devices.scale", "import serial", "line 1: imports serial"),
        ("kiosk.devices.scale", "if DEBUG:\n    import serial", "line 2: imports serial"),
        ("kiosk.devices.scale", "if TYPE_CHECKING:\n    pass\nelse:\n    import serial", "line 4: imports serial"),
        ("kiosk.devices.rc522", "from kiosk.devices import rc522_chip", "line 1: imports kiosk.devices.rc522_chip"),
        ("kiosk.devices.door", "from kiosk.screens import theme", "line 1: imports kiosk.screens.theme"),
        ("kiosk.screens.idle", "from kiosk.rules.policy import Times", "line 1: imports kiosk.rules.policy"),
        ("kiosk.screens.idle", "if TYPE_CHECKING:\n    import kiosk.reactor", "line 2: imports kiosk.reactor"),
        ("kiosk.store.journal", "from kiosk.backends.base import Retry", "line 1: imports kiosk.backends.base"),
        ("kiosk.reactor", "import kivy.clock", "line 1: imports kivy.clock"),
        ("kiosk.types", "from kiosk.clock import Clock", "line 1: imports kiosk.clock"),
        ("kiosk.helpers", "", "kiosk.helpers has no room in the architecture: give it a layer"),
    ],
)
def test_what_breaks_the_table_is_caught(name, source, fault):
    assert faults_of(name, source) == [fault]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("kiosk.devices.scale", "class Scale:\n    def open(self):\n        import serial"),
        ("kiosk.devices.scale", "if TYPE_CHECKING:\n    import serial"),
        ("kiosk.devices.rc522", "def open():\n    from kiosk.devices.rc522_chip import Chip"),
        ("kiosk.rules.access", "from kiosk.rules import shifts\nfrom datetime import datetime"),
        ("kiosk.commands", "from kiosk import __version__"),
    ],
)
def test_what_the_table_allows_passes(name, source):
    assert faults_of(name, source) == []
