"""Every colour and every size of type, in one place. No Kivy here."""

from dataclasses import dataclass, replace
from typing import Final

from kiosk.colour import LEAST_BRAND_CONTRAST, contrast, mix
from kiosk.view_parts import PanelTone


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A whole screen in one colour, and what stands on it."""

    fill: str
    ink: str
    ink2: str
    hairline: str
    key: str
    key_line: str
    key_ink: str
    main: str
    main_ink: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """A panel: its fill, its text, its quieter text, its icon."""

    fill: str
    ink: str
    ink2: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The colours of a coop, by day or by night."""

    paper: str = "#FBF7EF"
    card: str = "#FFFFFF"
    ink: str = "#1D2321"
    ink2: str = "#4A524E"
    line: str = "#7C857F"
    hairline: str = "#DDD8C9"
    leaf: str = "#17603F"
    on_leaf: str = "#FFFFFF"
    leaf_dark: str = "#0F4A30"
    leaf_soft: str = "#E2F2E8"
    sun: str = "#FFC94A"
    sun_soft: str = "#FFF3D1"
    sun_ink: str = "#5C3D00"
    brick: str = "#9C2A17"
    sky: str = "#1C5182"
    sky_soft: str = "#E3EEF8"
    plum: str = "#5A3A73"
    plum_soft: str = "#EFE7F5"
    moving: str = "#ECEAE4"
    night: bool = False

    @property
    def paper_ground(self) -> Ground:
        return Ground(
            fill=self.paper,
            ink=self.ink,
            ink2=self.ink2,
            hairline=self.hairline,
            key=self.card,
            key_line=self.line,
            key_ink=self.ink,
            main=self.leaf,
            main_ink=self.on_leaf,
        )

    @property
    def leaf_ground(self) -> Ground:
        """The verdict is the same by day and by night: a green screen."""
        return Ground(
            fill=LEAF_SCREEN if self.night else self.leaf,
            ink="#FFFFFF",
            ink2="#FFFFFF",
            hairline=self.leaf_dark,
            key=LEAF_SCREEN if self.night else self.leaf,
            key_line="#9CC7B0",
            key_ink="#FFFFFF",
            main="#FFFFFF",
            main_ink=LEAF_SCREEN if self.night else self.leaf,
        )

    @property
    def sun_ground(self) -> Ground:
        return Ground(
            fill=self.sun,
            ink=DARK,
            ink2=DARK,
            hairline="#D9A52B",
            key=self.sun,
            key_line="#7A5300",
            key_ink=DARK,
            main=DARK,
            main_ink="#FFFFFF",
        )

    def tone(self, tone: PanelTone) -> Tone:
        """The colours of a panel."""
        match tone:
            case PanelTone.LEAF_DARK:
                return Tone(fill=self.leaf_dark, ink="#FFFFFF", ink2="#FFFFFF", icon="#FFFFFF")
            case PanelTone.LEAF_SOFT:
                return Tone(fill=self.leaf_soft, ink=self.ink, ink2=self.ink2, icon=self.leaf)
            case PanelTone.SKY_SOFT:
                return Tone(fill=self.sky_soft, ink=self.ink, ink2=self.ink2, icon=self.sky)
            case PanelTone.PLUM_SOFT:
                return Tone(fill=self.plum_soft, ink=self.ink, ink2=self.ink2, icon=self.plum)
            case PanelTone.SUN_SOFT:
                return Tone(fill=self.sun_soft, ink=self.sun_ink, ink2=self.sun_ink, icon=self.sun_ink)


DARK: Final = "#1D2321"
LEAF_SCREEN: Final = "#17603F"
DAY: Final = Theme()
NIGHT: Final = Theme(
    paper="#0E1311",
    card="#1A211E",
    ink="#E9E5DA",
    ink2="#B4BAB5",
    line="#6B756F",
    hairline="#303A35",
    leaf="#6FCF97",
    on_leaf="#0E1311",
    leaf_soft="#16291F",
    sun_soft="#2E2611",
    sun_ink="#FFC94A",
    brick="#FF9C86",
    sky="#8CC4F5",
    sky_soft="#15242F",
    plum="#CDAEE6",
    plum_soft="#261D2E",
    moving="#1F2623",
    night=True,
)


def branded(theme: Theme, colour: str) -> Theme:
    """``theme`` in the colour of the coop, which stands under white text by day.

    Raises:
        ValueError: ``colour`` is no ``#RRGGBB`` or too pale: white text on it would not be read.
    """
    try:
        ratio = contrast(colour, "#FFFFFF") if len(colour) == 7 and colour.startswith("#") else 0.0
    except ValueError:
        ratio = 0.0
    if ratio < LEAST_BRAND_CONTRAST:
        raise ValueError(f"brand colour {colour!r}: white on it has {ratio:.1f}:1, needs {LEAST_BRAND_CONTRAST}:1")
    if theme.night:
        return theme
    return replace(theme, leaf=colour, leaf_dark=mix(colour, "#000000", 0.25), leaf_soft=mix(colour, "#FFFFFF", 0.88))


@dataclass(frozen=True, slots=True)
class Role:
    """A use of type: the wanted size and the smallest allowed, in design pixels; the line height; bold or not."""

    size: int
    least: int
    leading: float
    bold: bool
    keep_line: int = 0
    """Rather shrink to this size than break a sentence onto a second line; 0: rather break."""

    def grown(self, by: float) -> "Role":
        """The role in large-text mode; never smaller than without it."""
        return replace(self, size=round(self.size * by), keep_line=0)

    def capped(self, most: int, grown: int) -> "Role":
        """The role at no more than ``most`` once it has grown to ``grown``."""
        return replace(self, size=round(self.size * most / grown), least=min(self.least, most), keep_line=0)

    def sized(self, size: int) -> "Role":
        """The role at another size."""
        return replace(self, size=size)


TITLE: Final = Role(80, 46, 1.08, True)
HEADLINE: Final = Role(56, 42, 1.1, True)
QUESTION: Final = Role(48, 38, 1.1, True)
SECTION: Final = Role(34, 26, 1.15, True)
MAIN_KEY: Final = Role(36, 28, 1.15, True, keep_line=29)
KEY: Final = Role(29, 25, 1.18, True, keep_line=28)
BODY: Final = Role(30, 25, 1.27, False)
STRONG: Final = Role(30, 25, 1.2, True, keep_line=26)
SECONDARY: Final = Role(26, 23, 1.25, False)
SECONDARY_STRONG: Final = Role(26, 22, 1.2, True, keep_line=23)
FIGURE: Final = Role(48, 38, 1.1, True)
CAPTION: Final = Role(24, 21, 1.2, False)
CHIP: Final = Role(22, 20, 1.2, True)
DIGITS: Final = 140
LARGE_TEXT: Final = 1.6
"""How much larger the roles may grow in large-text mode, where there is room."""
LARGE_SENTENCE: Final = 64
"""A sentence in large-text mode: a capital of 0.7 degrees at 60 cm (EN 301 549, 5.1.4)."""
