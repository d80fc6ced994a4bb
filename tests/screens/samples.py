"""A view for every screen, as the rules build them, with everyday values and with the longest ones."""

from dataclasses import replace

from kiosk.views import HelpView, StillThereView, View
from tests.screens.sample_guide import guide_samples
from tests.screens.sample_notices import notices_samples, scale_samples
from tests.screens.sample_parts import PARIS
from tests.screens.sample_people import choices_samples, people_samples
from tests.screens.sample_results import idle_samples, results_samples
from tests.screens.sample_staff import staff_samples, stand_in_samples

__all__ = ["PARIS", "framed", "samples"]


def samples() -> dict[str, View]:
    """Every sample by its name."""
    return (
        idle_samples()
        | results_samples()
        | notices_samples()
        | people_samples()
        | choices_samples()
        | scale_samples()
        | staff_samples()
        | stand_in_samples()
        | guide_samples()
    )


def framed(view: View, *, language: str = "fr", large_text: bool = False, night: bool | None = None) -> View:
    """``view`` in another language or mode."""
    frame = replace(
        view.frame,
        language=language,
        large_text=large_text,
        night=view.frame.night if night is None else night,
    )
    if isinstance(view, StillThereView | HelpView):
        return replace(
            view, frame=frame, under=framed(view.under, language=language, large_text=large_text, night=night)
        )
    return replace(view, frame=frame)
