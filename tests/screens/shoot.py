"""Draw samples with real pixels and write them as PNG: ``python -m tests.screens.shoot FOLDER PROFILE LANGUAGE MODE``.

A process of its own, because a window can be prepared only once. Times stand still at the ends of countdowns minus
what the samples say, so that two runs give the same pictures.
"""

import os
import sys
import tempfile
import threading
from pathlib import Path

from kiosk.screens.face import Face
from kiosk.screens.typesetting import CODES
from tests.screens.samples import PARIS, framed, samples
from tests.screens.variants import variants

OPEN_FONTS = 70
"""More than Kivy keeps open at once: 64."""


def forget_glyphs() -> None:
    """Let Kivy close every font, by opening others, so that no picture depends on those drawn before it.

    A font that is open keeps each glyph as it was first set, and those beside it move by a part of a pixel.
    """
    # Not before the face has told Kivy how to behave.
    from kivy.core.text import Label as CoreLabel

    for size in range(OPEN_FONTS):
        CoreLabel(font_name=CODES, font_size=300 + size).get_extents("0")


def shoot(folder: Path, profile: str, language: str, mode: str) -> None:
    """One picture a sample in ``folder``.

    ``mode`` is ``normal``, ``large``, ``night``, or ``golden``: normal, and then the screens in other looks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    face = Face(profile, lambda event: None, lambda: 0.0, PARIS)

    def draw_variants() -> None:
        with tempfile.TemporaryDirectory() as aside:
            for name, (view, looks) in variants(Path(aside)).items():
                # The same view in other looks is drawn anew all the same.
                face._stage._looks, face._stage._shown = looks, None
                forget_glyphs()
                face.present(view)
                face.capture(folder / f"{name}.png")

    def draw() -> None:
        try:
            for name, view in samples().items():
                night = True if mode == "night" else None
                forget_glyphs()
                face.present(framed(view, language=language, large_text=mode == "large", night=night))
                face.capture(folder / f"{name}.png")
            if mode == "golden":
                draw_variants()
        finally:
            face.stop()

    artist = threading.Thread(target=draw, name="artist")
    artist.start()
    face.run()
    artist.join()


if __name__ == "__main__":
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    shoot(Path(sys.argv[1]), *sys.argv[2:5])
