"""What a coordinator reads under « À régler », in the language of the server and its pages."""

from datetime import datetime, tzinfo
from typing import Final

from kiosk.backends.gestion_compte.slots import Slot

NO_SUCH_SHIFT: Final = "Ce créneau n’est pas un créneau du serveur."
NOT_BOOKED: Final = "Cette personne n’est pas inscrite sur ce créneau : à inscrire puis valider à la main."
CARD_OFF: Final = "Le badge n’est plus actif sur le serveur : créneau à valider à la main."
NO_CARD: Final = "Le badge de cette personne n’est plus connu ici : créneau à valider à la main."
NOT_VALIDATED: Final = "Le serveur n’a trouvé aucun créneau à valider pour ce badge."
OTHER_VALIDATED: Final = "Le serveur a validé un autre créneau de cette personne : à vérifier."
NOT_BY_READER: Final = "Le serveur ne valide pas les présences à la main (lecteur de cartes non activé)."
NO_LONGER_THERE: Final = "Le serveur n’a plus ce créneau."
UNDO_BY_HAND: Final = "Présence annulée ici : à invalider à la main sur le serveur."
NOT_FREED: Final = "Réservation annulée ici : place à libérer à la main sur le serveur."
NOT_BOOKABLE: Final = "Cette place n’a pas pu être réservée sur le serveur."
ACCOUNT_WRONG: Final = "Le serveur refuse le nom ou le mot de passe du compte de la borne."
ACCOUNT_FIRST_PASSWORD: Final = "Le compte de la borne a encore son premier mot de passe : à changer à la main."  # noqa: S105
ACCOUNT_ELSEWHERE: Final = "Le serveur fait passer les comptes ailleurs (OIDC) : celui de la borne n’y entre pas."
ACCOUNT_FORGOTTEN: Final = "Le serveur oublie le compte de la borne : son adresse n’est pas celle du réglage « url »."
ACCOUNT_MAY_NOT: Final = "Le compte de la borne n’a pas le rôle qu’il faut (ROLE_SHIFT_MANAGER)."


def too_late(slot: Slot, came_at: datetime | None, number: str, zone: tzinfo) -> str:
    """The window has passed; whoever validates it by hand needs the shift, the true time and whose it is."""
    starts, ends = (at.astimezone(zone) for at in (slot.starts_at, slot.ends_at))
    came = "heure d’arrivée inconnue" if came_at is None else f"arrivée à {came_at.astimezone(zone):%Hh%M}"
    who = f", n° {number}" if number else ""
    job = slot.job.replace("-", " ")
    return f"Créneau « {job} » du {starts:%d/%m}, {starts:%Hh%M}-{ends:%Hh%M}{who} : {came}, à valider à la main."
