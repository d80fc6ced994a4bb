"""« Je viens pour un créneau »: the free places, then whose place it is."""

from kiosk.actions import Action
from kiosk.rules.shifts import Offer
from kiosk.rules.show_staff import back_button
from kiosk.rules.showing import shown
from kiosk.rules.standing_in import A_PAGE, expected, gaps, name_of
from kiosk.rules.states import Session, StandingIn
from kiosk.rules.turn import Surroundings
from kiosk.types import Assignment
from kiosk.view_parts import Button, Frame, Hour, literal, say
from kiosk.views import ChoicesView


@shown(StandingIn)
def show_places(_session: Session, state: StandingIn, around: Surroundings, frame: Frame) -> ChoicesView:
    """First names come only after a touch, and only of those who are awaited now."""
    if state.replacing:
        people = expected(around, state.visit)
        buttons = tuple(_person(place, around) for place in people)
        title = say("shift.which" if people else "stand.none")
        others: tuple[Button, ...] = ()
    else:
        buttons = tuple(_gap(offer) for offer in gaps(around, state.visit))
        title = say("stand.title" if buttons else "stand.none")
        instead = Button(action=Action.REPLACE, label=say("stand.instead"), icon="account-switch-outline")
        others = (instead,) if expected(around, state.visit) else ()
    more = Button(action=Action.MORE, label=say("settle.more"), icon="chevron-right")
    first = state.page * A_PAGE
    return ChoicesView(
        frame=frame,
        title=title,
        choices=(
            *buttons[first : first + A_PAGE],
            *((more,) if len(buttons) > A_PAGE else ()),
            *others,
            back_button(),
        ),
    )


def _gap(offer: Offer) -> Button:
    return Button(
        action=Action.PICK,
        label=literal(offer.shift.job),
        sub=say("stand.free", n=offer.free, end=Hour(offer.shift.ends_at)),
        icon="plus-circle-outline",
        target=offer.shift.id,
    )


def _person(place: Assignment, around: Surroundings) -> Button:
    shift = around.knowledge.shifts[place.shift_id]
    return Button(
        action=Action.CHOOSE,
        label=literal(place.first_name),
        sub=say("shift.until", job=shift.job, end=Hour(shift.ends_at)),
        icon="account-outline",
        target=name_of(place),
    )
