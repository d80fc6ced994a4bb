"""The label as a person, a till and the kiosk itself read it: from the very dots that each printer language carries."""

import io
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from kiosk.devices.labels.language import PrinterStatus
from kiosk.devices.labels.layout import WORDS, Label, draw_label
from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.registry import LANGUAGES
from kiosk.devices.labels.stock import Stock
from kiosk.devices.labels.tare_code import PRESETS, TareFormat
from kiosk.devices.simulated.printer import labels_in
from kiosk.events import PrintTrouble
from kiosk.types import Grams, JarCode

GOLDEN = Path(__file__).parent / "golden"
MOST_STRAYS = 20
"""Another version of the font engine sets an edge a dot aside; the smallest word on a label has eighty dots."""
DAY = date(2026, 10, 3)
JAR = JarCode("704825")
TARE = PRESETS["oca_pos_tare"]


def drawn(
    grams: int = 352, stock: Stock | None = None, *, jar: JarCode | None = JAR, typed: bool = False, **more
) -> Raster:
    label = Label(grams=Grams(grams), weighed_on=DAY, jar=jar, typed=typed)
    return draw_label(label, stock or Stock(), more.get("tare", TARE), WORDS[more.get("language", "fr")])


def picture(raster: Raster) -> Image.Image:
    """As a scanner sees it, on its paper."""
    image = Image.frombytes("1", (raster.width, raster.height), raster.inverted()).convert("L")
    paper = Image.new("L", (raster.width + 40, raster.height + 40), 255)
    paper.paste(image, (20, 20))
    return paper


def codes_on(raster: Raster) -> set[tuple[str, str]]:
    return {(found.format.name, found.text) for found in zxingcpp.read_barcodes(picture(raster))}


def through(language: str, raster: Raster, stock: Stock) -> Raster:
    """What a printer of that language would burn."""
    data = LANGUAGES[language].encode(raster, stock)
    if language != "png":
        [label] = labels_in(language, data)
        return label
    image = Image.open(io.BytesIO(data))
    assert image.mode == "1"
    return Raster(*image.size, ImageChops.invert(image).tobytes())


@pytest.mark.parametrize(
    "stock",
    [Stock(), Stock(dpi=300), Stock(width_mm=57, height_mm=40), Stock(width_mm=48)],
    ids=["203", "300", "57x40", "48x30"],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_till_and_kiosk_read_the_label_of_every_language(language, stock):
    raster = through(language, drawn(352, stock), stock)
    assert codes_on(raster) == {("EAN13", TARE.code(Grams(352))), ("QRCode", JAR)}


@pytest.mark.parametrize("grams", [1, 9, 88, 1000, 12_345, 99_999])
def test_every_weight_has_its_label(grams):
    assert ("EAN13", TARE.code(Grams(grams))) in codes_on(drawn(grams))


@pytest.mark.parametrize("jar", ["000000", "123454", "999990"])
def test_every_jar_code_is_read_as_digits_only(jar):
    assert ("QRCode", jar) in codes_on(drawn(jar=JarCode(jar)))


def test_a_label_without_a_jar_has_the_tills_code_alone():
    assert codes_on(drawn(jar=None)) == {("EAN13", TARE.code(Grams(352)))}


def test_a_label_whose_day_nobody_knows_is_the_same_without_a_date():
    dated = picture(drawn())
    undated = picture(draw_label(Label(grams=Grams(352), weighed_on=None, jar=JAR), Stock(), TARE, WORDS["fr"]))
    left, top, right, bottom = ImageChops.difference(dated, undated).getbbox()
    # The date stands at the top, beside the word; nothing else has moved.
    assert left > dated.width / 3
    assert bottom < dated.height / 4
    assert undated.crop((left, top, right, bottom)).getextrema() == (255, 255)


def test_the_prefix_is_the_coops():
    assert ("EAN13", "2800000003524") in codes_on(drawn(tare=TareFormat("2800000")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_not_a_dot_is_lost_on_the_way(language):
    raster = drawn()
    assert through(language, raster, Stock()) == raster


def test_the_default_label_has_three_dots_a_module():
    assert (Stock().width, Stock().height, Stock().module) == (400, 240, 3)
    assert (Stock(dpi=300).width, Stock(dpi=300).height, Stock(dpi=300).module) == (591, 354, 4)


@pytest.mark.parametrize(
    ("stock", "fault"),
    [
        (Stock(width_mm=40), "width_mm is too narrow for the bar code: at least 43 mm"),
        (Stock(height_mm=20), "height_mm is too low"),
    ],
)
def test_a_label_that_is_too_small_is_refused(stock, fault):
    with pytest.raises(ValueError, match=fault):
        drawn(stock=stock)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("jar", drawn),
        ("heavy", lambda: drawn(99_999)),
        ("no-jar", lambda: drawn(176, jar=None)),
        ("typed", lambda: drawn(352, typed=True)),
        ("english", lambda: drawn(352, language="en")),
        ("300-dpi", lambda: drawn(352, Stock(dpi=300))),
    ],
)
def test_it_looks_as_it_was_approved(name, label):
    """The pictures were looked at by a person; ``scripts/golden-labels`` draws them anew."""
    raster = label()
    found = Image.frombytes("1", (raster.width, raster.height), raster.inverted())
    with Image.open(GOLDEN / f"{name}.png") as approved:
        assert approved.size == found.size
        assert strays(found, approved) <= MOST_STRAYS
        assert strays(approved, found) <= MOST_STRAYS


def strays(picture, other):
    """How many dots of a picture are nowhere near a dot of the other one."""
    nowhere = other.convert("L").filter(ImageFilter.MinFilter(3))
    return ImageChops.subtract(nowhere, picture.convert("L")).histogram()[255]


def test_nothing_on_it_touches_the_edge():
    image = picture(drawn(99_999))
    left, top, right, bottom = ImageChops.invert(image).getbbox()
    assert left - 20 >= 8
    assert top - 20 >= 8
    assert image.width - 20 - right >= 8
    assert image.height - 20 - bottom >= 2


# ── what printers say ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"\x00", PrinterStatus()),
        (b"\x20", PrinterStatus(busy=True)),
        (b"\x04", PrinterStatus(trouble=PrintTrouble.PAPER)),
        (b"\x01", PrinterStatus(trouble=PrintTrouble.COVER)),
        (b"\x05", PrinterStatus(trouble=PrintTrouble.COVER)),
        (b"\x40", PrinterStatus(trouble=PrintTrouble.COVER)),
        (b"\x02", PrinterStatus(trouble=PrintTrouble.FAULT)),
        (b"\x08", PrinterStatus(trouble=PrintTrouble.FAULT)),
        (b"\x10", PrinterStatus(trouble=PrintTrouble.OFFLINE)),
        (b"\x80", PrinterStatus(trouble=PrintTrouble.FAULT)),
        (b"\x84", PrinterStatus(trouble=PrintTrouble.PAPER)),
        (b"", None),
    ],
)
def test_tspl_tells_its_status_in_one_byte(answer, status):
    assert LANGUAGES["tspl"].read_status(answer) == status


def zpl(paper: int = 0, pause: int = 0, head: int = 0, waiting: int = 0, left: int = 0) -> bytes:
    return (
        b"\x02030,%d,%d,0240,%03d,0,0,0,000,0,0,0\x03\r\n\x02001,0,%d,0,0,2,4,0,%08d,1,000\x03\r\n\x021234,0\x03\r\n"
        % (paper, pause, waiting, head, left)
    )


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (zpl(), PrinterStatus()),
        (zpl(waiting=1), PrinterStatus(busy=True)),
        (zpl(left=1), PrinterStatus(busy=True)),
        (zpl(paper=1), PrinterStatus(trouble=PrintTrouble.PAPER)),
        (zpl(paper=1, head=1), PrinterStatus(trouble=PrintTrouble.COVER)),
        (zpl(pause=1), PrinterStatus(trouble=PrintTrouble.OFFLINE)),
        (zpl()[:40], None),
        (b"\x021\x03\r\n\x022\x03\r\n", None),
        (b"", None),
    ],
)
def test_zpl_tells_its_status_in_three_lines(answer, status):
    assert LANGUAGES["zpl"].read_status(answer) == status


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"\x12\x12\x12", PrinterStatus()),
        (b"\x1a\x32\x72", PrinterStatus(trouble=PrintTrouble.PAPER)),
        (b"\x12\x12\x72", PrinterStatus(trouble=PrintTrouble.PAPER)),
        (b"\x1a\x16\x12", PrinterStatus(trouble=PrintTrouble.COVER)),
        (b"\x1a\x52\x12", PrinterStatus(trouble=PrintTrouble.FAULT)),
        (b"\x1a\x12\x12", PrinterStatus(trouble=PrintTrouble.OFFLINE)),
        (b"\xff\x12\x12\x12", PrinterStatus()),
        (b"\x37\x25\x00\x12\x12\x12", PrinterStatus()),
        (b"\x12\x12", None),
        (b"junk", None),
    ],
)
def test_escpos_tells_its_status_in_three_bytes(answer, status):
    assert LANGUAGES["escpos"].read_status(answer) == status


def test_a_picture_has_no_status():
    assert LANGUAGES["png"].read_status(b"\x00") is None
