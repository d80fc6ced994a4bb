"""What waits for the server in words: on the screen by first name, on paper with the number."""

from kiosk.effects import PrintList
from kiosk.events import Unsettled
from kiosk.rules.turn import Surroundings
from kiosk.types import FactId
from kiosk.view_parts import Day, Hour, Say, say


def title_of(row: Unsettled, around: Surroundings) -> Say:
    """« Présence : Camille »."""
    return say(f"settle.{row.fact.kind.value}", name=_first_name(row, around))


def word_on(row: Unsettled) -> Say:
    """When it was, and why it has not left."""
    day = Day(row.fact.happened.wall)
    return say("settle.refused", date=day, why=row.reason) if row.reason else say("settle.waiting", date=day)


def paper_of(rows: tuple[Unsettled, ...], order: FactId, around: Surroundings, language: str) -> PrintList:
    """The list as it is printed: whoever reads it elsewhere needs the number of each person."""
    return PrintList(
        id=order,
        title=say("settle.paper", day=Day(around.now), time=Hour(around.now)),
        rows=tuple((title_of(row, around), _numbered(row)) for row in rows),
        language=language,
    )


def _numbered(row: Unsettled) -> Say:
    number, day = row.fact.member_id, Day(row.fact.happened.wall)
    if number is None:
        return word_on(row)
    if row.reason:
        return say("settle.paper.refused", number=number, date=day, why=row.reason)
    return say("settle.paper.waiting", number=number, date=day)


def _first_name(row: Unsettled, around: Surroundings) -> str:
    member = None if row.fact.member_id is None else around.knowledge.members.get(row.fact.member_id)
    return "?" if member is None else member.first_name
