"""The screens in other looks: with the coop's logo and colour, with the reader elsewhere, by night, in large text."""

from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw

from kiosk.rules.amiss import view_of
from kiosk.screens.looks import PLAIN, Looks
from kiosk.screens.theme import DAY, branded
from kiosk.views import View
from tests.screens.sample_notices import AMISS
from tests.screens.samples import framed, samples

BY_NIGHT = ("welcome", "attention", "closed", "unknown", "question", "shifts", "roll-call", "sign-up", "idle-bulk",
            "tare-steady", "no-card", "keypad", "staff-menu", "staff-settle", "tech-menu", "tech-parts", "log",
            "link-done", "seek", "help")  # fmt: skip
LARGE = ("welcome", "closed", "question", "shifts", "sign-up", "roll-call", "tare-wait", "jar", "data")
BRAND = "#7A1F5C"


def draw_logo(folder: Path) -> Path:
    """A logo as a coop might have it, with a transparent ground."""
    path = folder / "logo.png"
    picture = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((6, 6, 114, 114), fill=(122, 31, 92, 255))
    pen.rectangle((130, 44, 290, 76), fill=(29, 35, 33, 255))
    picture.save(path)
    return path


def variants(folder: Path) -> dict[str, tuple[View, Looks]]:
    """Views with the looks they are drawn in, by name; the logo is drawn into ``folder``."""
    known, logo = samples(), str(draw_logo(folder))
    own = replace(PLAIN, logo=logo, theme=branded(DAY, BRAND))
    made = {f"logo-{name}": (known[name], own) for name in ("idle", "idle-bulk", "idle-offline", "welcome", "question")}
    for where in ("left", "right", "above"):
        made[f"reader-{where}"] = (known["idle"], replace(PLAIN, reader_is=where))
    # Never in large text, in which every sample has to fit.
    made["amiss-faults"] = (view_of(replace(AMISS, explains=True)), PLAIN)
    made |= {f"night-{name}": (framed(known[name], night=True), PLAIN) for name in BY_NIGHT}
    return made | {f"large-{name}": (framed(known[name], large_text=True), PLAIN) for name in LARGE}
