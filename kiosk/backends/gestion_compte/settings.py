"""What a coop decides about its gestion-compte server."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.types import Presence


class Tier(StrEnum):
    """How much the terminal may do on the server."""

    READER = "reader"
    """What stands in the shop may do: no secret on the terminal."""
    SHIFT_MANAGER = "shift-manager"
    """What a service account may do besides: presences by hand, last-minute bookings."""


class UnknownCards(StrEnum):
    """What becomes of a card that is not known while asking about it may mark somebody as present."""

    DESK = "desk"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The section ``[gestion_compte]`` of the configuration, and what it needs of the others.

    Attributes:
        presence: by identifying where the server has scans validate shifts (USE_CARD_READER_TO_VALIDATE_SHIFTS), else
            at booking.
        allowed_days: how old a "may enter" may be that is decided on without asking.
        forget_days: who was not heard of for so long is forgotten here.
        nfc_prefix: two digits that the numbers of contactless cards begin with.
        number_key: makes the numbers of cards whose uid is too long to be one; empty: the coop's card key.
        name: of the coop; the pages do not say it.
        phone: said to people at the door.
    """

    tier: Tier = Tier.READER
    presence: Presence = Presence.BY_IDENTIFYING
    allowed_days: int = 30
    forget_days: int = 400
    unknown_cards: UnknownCards = UnknownCards.DESK
    nfc_prefix: str = "04"
    number_key: bytes = field(default=b"", repr=False)
    name: str = ""
    phone: str = ""
