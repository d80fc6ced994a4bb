"""From a session to what the screen shows. Pure; built anew after every step, drawn only if it differs.

A test sees to it that every state has its view, and that every button of every view has an answer in the table of
the session.
"""

from kiosk.rules import (
    show_desk,
    show_door_proof,
    show_entry,
    show_jars,
    show_labels,
    show_linking,
    show_roll_call,
    show_shifts,
    show_staff,
    show_standing_in,
    show_technical,
)
from kiosk.rules.showing import paint
from kiosk.rules.states import Session
from kiosk.rules.turn import Surroundings
from kiosk.views import View

ROOMS = (
    show_desk, show_entry, show_jars, show_labels, show_shifts, show_roll_call, show_standing_in, show_staff,
    show_linking, show_technical, show_door_proof,
)  # fmt: skip
"""The modules whose painters fill the table."""


def view_of(session: Session, around: Surroundings) -> View:
    """The view of what the session is doing."""
    return paint(session, session.state, around)
