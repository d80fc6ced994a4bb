"""The bulk station's commands: labels, jars, and an unknown scale."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.clock import AdjustableClock, SystemClock, moment
from kiosk.devices.simulated.printer import labels_in
from kiosk.devices.simulated.scale import SimulatedScale
from kiosk.store.thread import Store
from kiosk.types import Fact, FactId, FactKind
from tests.test_cli import kiosk

JAR = "753247"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "kiosk.toml"
    file.write_text('[terminal]\ndata_dir = "data"\nruntime_dir = "run"\n', encoding="utf-8")
    return file


def codes(image: Image.Image) -> set[str]:
    return {found.text for found in zxingcpp.read_barcodes(image.convert("L"))}


# ── labels ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["zpl", "tspl", "escpos"])
def test_a_label_for_each_printer(monkeypatch, capsys, tmp_path, language):
    out = tmp_path / "label"
    assert kiosk(monkeypatch, capsys, "label", "--grams", "176", "--jar", JAR, "--to", language, "-o", str(out))[0] == 0
    [label] = labels_in(language, out.read_bytes())
    image = Image.frombytes("1", (label.width, label.height), label.inverted())
    assert codes(image) == {"0700000001761", JAR}


@pytest.mark.parametrize("grams", ["1", "99999"])
def test_a_label_as_a_picture(monkeypatch, capsys, tmp_path, grams):
    out = tmp_path / "label.png"
    assert kiosk(monkeypatch, capsys, "label", "--grams", grams, "--to", "png", "-o", str(out))[0] == 0
    with Image.open(out) as image:
        assert image.size == (400, 240)
        [code] = codes(image)
    assert code[7:12] == f"{int(grams):05}"


def test_the_label_is_that_of_the_configuration(monkeypatch, capsys, tmp_path, config):
    config.write_text(config.read_text() + '[printer]\ndpi = 300\ntare_prefix = "2800000"\n', encoding="utf-8")
    out = tmp_path / "label.png"
    arguments = ("label", "--grams", "176", "--to", "png", "-o", str(out), "--config", str(config))
    assert kiosk(monkeypatch, capsys, *arguments)[0] == 0
    with Image.open(out) as image:
        assert image.size == (591, 354)
        assert codes(image) == {"2800000001766"}


@pytest.mark.parametrize("grams", ["0", "100000", "-3", "12.5"])
def test_a_weight_no_label_can_carry_is_used_wrongly(monkeypatch, capsys, tmp_path, grams):
    out = tmp_path / "label"
    assert kiosk(monkeypatch, capsys, "label", "--grams", grams, "--to", "zpl", "-o", str(out))[0] == 2
    assert not out.exists()


def test_a_jar_code_is_digits_and_one_that_no_kiosk_gives_is_said(monkeypatch, capsys, tmp_path):
    arguments = ("label", "--grams", "9", "--to", "png", "-o", str(tmp_path / "label"), "--jar")
    assert kiosk(monkeypatch, capsys, *arguments, "A7K2")[0] == 2
    status, _, err = kiosk(monkeypatch, capsys, *arguments, "753248")
    assert status == 0
    assert "will not know it" in err


# ── jars ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def weighed(config: Path) -> Path:
    """Two jars were weighed at this terminal, which does not run."""
    clock = SystemClock()
    store = Store(config.parent / "data", lambda _: None, clock)
    store.start()
    for number, (code, grams) in enumerate((("200006", 98), (JAR, 352))):
        details = {"jar": code, "grams": grams}
        store.record(Fact(id=FactId(f"tare-{number}"), kind=FactKind.TARE, happened=moment(clock), details=details))
    details = {"jar": JAR, "sticker": "a" * 64, "grams": 352, "weighed_on": "2026-11-20"}
    store.record(Fact(id=FactId("sticker"), kind=FactKind.JAR_TAGGED, happened=moment(clock), details=details))
    store.request_stop()
    assert store.join()
    return config


def test_jars_are_listed_without_a_word_on_whose(monkeypatch, capsys, weighed):
    status, out, _ = kiosk(monkeypatch, capsys, "jars", "list", "--json", "--config", str(weighed))
    assert status == 0
    rows = [json.loads(line) for line in out.splitlines()]
    assert [{key: row[key] for key in ("code", "grams", "sticker")} for row in rows] == [
        {"code": "200006", "grams": 98, "sticker": False},
        {"code": JAR, "grams": 352, "sticker": True},
    ]
    assert all(date.fromisoformat(row["weighed_on"]) <= datetime.now(UTC).date() for row in rows)


def test_jars_are_exported_for_the_till(monkeypatch, capsys, weighed, tmp_path):
    out = tmp_path / "jars.csv"
    assert kiosk(monkeypatch, capsys, "jars", "export", "-o", str(out), "--config", str(weighed))[0] == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert [(row["code"], row["grams"], row["ean13"]) for row in rows] == [
        ("200006", "98", "0700000000986"),
        (JAR, "352", "0700000003529"),
    ]


def test_a_weight_the_tills_code_has_no_place_for_is_exported_without_one(monkeypatch, capsys, weighed):
    weighed.write_text(
        weighed.read_text() + "[printer]\ntare_decimals = 2\n[scale]\ntill_division_grams = 10\n", encoding="utf-8"
    )
    _, out, _ = kiosk(monkeypatch, capsys, "jars", "export", "--config", str(weighed))
    assert [row["ean13"] for row in csv.DictReader(io.StringIO(out))] == ["", ""]


# ── a scale ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def scale() -> Iterator[SimulatedScale]:
    scale = SimulatedScale(0, AdjustableClock(), protocol="stgs")
    scale.place(352, settle_seconds=0)
    scale.plug()
    yield scale
    scale.close()


def test_an_unknown_scale_is_found_out_and_its_configuration_printed(monkeypatch, capsys, scale):
    status, out, _ = kiosk(monkeypatch, capsys, "scale", "detect", scale.url)
    assert status == 0
    assert f'[scale]\nenabled = true\nport = "{scale.url}"\nprotocol = "stgs"\n' in out
    assert "352" in out


def test_a_scale_is_recorded_and_the_file_decoded(monkeypatch, capsys, scale, tmp_path):
    out = tmp_path / "shop.bin"
    arguments = ("scale", "record", scale.url, "--protocol", "stgs", "--seconds", "0.6", "-o", str(out))
    status, said, _ = kiosk(monkeypatch, capsys, *arguments)
    assert status == 0
    assert "answers understood" in said
    _, events, _ = kiosk(monkeypatch, capsys, "decode", "scale", "stgs", str(out))
    assert '"grams": 352' in events


def test_a_recording_in_which_nothing_is_understood_says_so(monkeypatch, capsys, scale, tmp_path):
    out = tmp_path / "shop.bin"
    arguments = ("scale", "record", scale.url, "--protocol", "mt_sics", "--seconds", "0.4", "-o", str(out))
    status, _, err = kiosk(monkeypatch, capsys, *arguments)
    assert status == 1
    assert "Nothing the scale said was mt_sics" in err
    assert out.stat().st_size > 0


def test_a_port_that_is_not_there_is_found_out_as_such(monkeypatch, capsys, tmp_path):
    missing, out = str(tmp_path / "none"), str(tmp_path / "shop.bin")
    assert kiosk(monkeypatch, capsys, "scale", "record", missing, "--protocol", "stgs", "-o", out)[0] == 1
    status, said, err = kiosk(monkeypatch, capsys, "scale", "detect", missing)
    assert (status, said.count("No such file")) == (1, 1), "one fault, one line"
    assert "no protocol fits" not in err
    assert "sudo systemctl stop kiosk" in err


def test_a_protocol_nobody_knows_is_used_wrongly(monkeypatch, capsys, tmp_path):
    arguments = ("scale", "record", "x", "-o", str(tmp_path / "x"), "--protocol")
    assert kiosk(monkeypatch, capsys, *arguments, "nonsense")[0] == 2
    assert kiosk(monkeypatch, capsys, *arguments, "stgs", "--request", "\\x")[0] == 2
