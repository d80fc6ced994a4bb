from dataclasses import fields
from typing import get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from kiosk import config
from kiosk.config import Config
from kiosk.errors import ConfigError

# ── anything at all ───────────────────────────────────────────────────────────────────────────────────────────────

NAMES = st.sampled_from(
    [f.name for f in fields(Config)] + ["relay_pin", "enabled", "url", "token", "token_file", "kind"]
)
SCALARS = st.one_of(
    st.integers().map(str),
    st.floats().map(lambda number: repr(number).replace("+", "")),
    st.booleans().map(lambda flag: str(flag).lower()),
    st.text(max_size=30).map(lambda text: '"' + "".join(f"\\U{ord(letter):08x}" for letter in text) + '"'),
    st.sampled_from(["2026-10-21", "07:32:00", "2026-10-21T07:32:00Z", "''", "{}", "{a = 1, b = {c = 2}}"]),
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"))
ANY_KEY = st.one_of(
    NAMES,
    st.sampled_from([key.name for section in fields(Config) for key in fields(get_type_hints(Config)[section.name])]),
    st.text(max_size=8).map(lambda text: '"' + "".join(f"\\U{ord(letter):08x}" for letter in text) + '"'),
)
SECTIONS = st.tuples(ANY_KEY, st.dictionaries(ANY_KEY, VALUES, max_size=5))


@given(st.text())
def test_any_text_is_a_configuration_or_a_list_of_faults(text):
    _accept_or_explain(text)


@given(st.dictionaries(ANY_KEY, VALUES, max_size=2), st.lists(SECTIONS, max_size=6, unique_by=lambda pair: pair[0]))
def test_any_toml_is_a_configuration_or_a_list_of_faults(top, sections):
    lines = [f"{key} = {value}" for key, value in top.items()]
    for name, keys in sections:
        lines += [f"[{name}]", *(f"{key} = {value}" for key, value in keys.items())]
    _accept_or_explain("\n".join(lines))


def _accept_or_explain(text: str) -> None:
    faults = []
    try:
        config.parse(text, source="k.toml", environ={}).masked()
    except ConfigError as error:
        faults = error.faults or ["nothing said"]
    assert all(fault.startswith("k.toml") for fault in faults)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_configuration_or_a_list_of_faults(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    assert all(fault.startswith(str(path)) for fault in config.check(path))
