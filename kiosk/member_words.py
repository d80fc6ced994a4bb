"""What a terminal knows of one person, and what became of forgetting them, in plain French sentences for that person.

The values are those of :class:`kiosk.store.erasure.Dossier` and :class:`kiosk.store.erasure.Outcome` as plain JSON.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Final

from kiosk.store.retention import KEPT, PRESENCES, Retention
from kiosk.text import texts
from kiosk.types import DeskReason, FactKind, Reason, Role, Status
from kiosk.view_parts import Day, Duration, Hour, Hours

STATUSES: Final[Mapping[Status, str]] = {
    Status.OK: "à jour",
    Status.AHEAD: "en avance sur ses heures",
    Status.WARN: "bientôt en retard d’heures",
    Status.GRACE: "en délai de grâce",
    Status.BLOCKED: "des heures non faites ferment la porte",
    Status.EXEMPT: "dispense d’heures",
    Status.LEAVE: "en congé",
    Status.FROZEN: "compte gelé",
    Status.LEFT: "compte fermé",
    Status.FEE: "cotisation à payer",
    Status.INACTIVE: "compte qui attend d’être activé",
    Status.ATTACHED: "compte rattaché à celui d’une autre personne",
    Status.VISITOR: "en visite",
}
KINDS: Final[Mapping[FactKind, str]] = {
    FactKind.PASSAGE: "Entrée",
    FactKind.REFUSAL: "Entrée refusée",
    FactKind.CHECK_IN: "Présence à un créneau",
    FactKind.CHECK_IN_UNDONE: "Présence annulée",
    FactKind.BOOKING: "Réservation d’un créneau",
    FactKind.BOOKING_UNDONE: "Réservation annulée",
    FactKind.PARTNER_ABSENT: "Absence du binôme signalée",
    FactKind.ABSENCE_ANNOUNCED: "Absence annoncée",
    FactKind.ABSENCE_UNDONE: "Absence retirée",
    FactKind.DOOR_OPENED: "Ouverture de la porte",
    FactKind.DOOR_MODE: "Réglage de la porte",
    FactKind.DOOR_ALARM: "Alarme de la porte",
    FactKind.COMMISSIONING: "Essai de la porte",
    FactKind.BELL: "Appel à l’accueil",
    FactKind.TARE: "Pesée d’un bocal",
    FactKind.LABEL: "Étiquette imprimée",
    FactKind.JAR_TAGGED: "Pastille posée sur un bocal",
    FactKind.ALARM: "Alarme",
    FactKind.CARD_LINKED: "Carte associée",
    FactKind.CARD_BLOCKED: "Carte bloquée",
    FactKind.CARD_UNLINKED: "Carte dissociée",
    FactKind.ROLE_GRANTED: "Rôle donné",
    FactKind.MENU_OPENED: "Menu de l’équipe ouvert",
    FactKind.MEMBER_FORGOTTEN: "Oubli demandé",
}
STATES: Final = {
    "waiting": "en attente d’envoi au serveur",
    "refused": "refusé par le serveur, attend quelqu’un de l’équipe",
    "delivered": "transmis au serveur",
    "withdrawn": "retiré avant d’être envoyé",
    "settled": "réglé à la main",
}
REASONS: Final[Mapping[str, str]] = {
    Reason.WELCOME: "membre à jour",
    Reason.BOOKED: "inscription à un créneau",
    Reason.COORDINATOR: "rôle de coordination ou de technique",
    Reason.OFFLINE_HOURS: "heures à faire, sans internet pour réserver",
    Reason.MADE_UP: "rattrapage réservé",
    Reason.HOURS: "heures non faites",
    Reason.LEAVE: "congé",
    Reason.FROZEN: "compte gelé",
    Reason.LEFT: "départ de la coop",
    Reason.FEE: "cotisation à payer",
    Reason.INACTIVE: "compte inactif",
    Reason.VISITOR: "visite",
    Reason.CLOSED: "hors des heures d’ouverture",
    Reason.UNSTAFFED: "personne à l’accueil",
    Reason.EXPIRED: "données trop anciennes pour décider",
    Reason.CARD_BLOCKED: "carte bloquée",
    Reason.HOUSEHOLD: "situation du compte de rattachement",
    Reason.UNKNOWN: "carte inconnue",
    Reason.OWN_HOURS: "hors des heures de cette personne",
    Reason.PASSED_BACK: "carte qui venait de servir",
    Reason.BADGE: "code-barres sans personne à l’accueil",
    Reason.LOCKED_DOWN: "porte condamnée",
    Reason.BY_HAND: "à la main",
    Reason.EXIT: "bouton de sortie",
    Reason.TEST: "essai de la porte",
    DeskReason.DELIVERY: "livraison",
    DeskReason.FORGOTTEN_CARD: "carte oubliée",
    DeskReason.VISIT: "visite",
    DeskReason.OTHER: "autre raison",
}
ROLES: Final = {Role.COORDINATOR: "coordination", Role.TECHNICIAN: "technique"}
LANGUAGES: Final = {"fr": "français", "en": "anglais"}
WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the sentences need beside the person's data.

    Attributes:
        terminal: its name.
        zone: of the times.
        now: aware UTC.
        retention: days by kind.
    """

    terminal: str
    zone: tzinfo
    now: datetime
    retention: Retention

    def day(self, on: date) -> str:
        return texts("fr", self.zone).spell(Day(on), "d MMMM y")

    def at(self, then: str) -> str:
        moment = datetime.fromisoformat(then)
        return f"le {self.day(moment)} à {texts('fr', self.zone).spell(Hour(moment))}"

    def slot(self, starts_at: str, ends_at: str) -> str:
        start, end = datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at)
        return f"le {self.day(start)}, {texts('fr', self.zone).spell(Hours(start, end))}"

    def duration(self, minutes: int) -> str:
        return texts("fr", self.zone).spell(Duration(minutes))


def told(dossier: Mapping[str, Any], member_id: str, page: Page) -> str:
    """The whole dossier as a text file."""
    now = page.at(page.now.isoformat())
    text = [f"Ce que le terminal « {page.terminal} » sait de la personne n° {member_id}, {now}."]
    for title, lines in _sections(dossier, page):
        text += ["", title, "", *lines]
    return "\n".join(text) + "\n"


def _sections(dossier: Mapping[str, Any], page: Page) -> Iterator[tuple[str, list[str]]]:
    days = page.retention
    own = [line for line in dossier["lines"] if line["own"]]
    others = [line for line in dossier["lines"] if not line["own"]]
    presences = [line for line in own if line["kind"] in PRESENCES]
    passages = [line for line in own if line["kind"] not in PRESENCES]
    waiting = [line for line in own if line["state"] in {"waiting", "refused"}]
    if dossier["is_forgotten"]:
        yield (
            "OUBLI",
            ["Cette personne a demandé à être oubliée. Une marque chiffrée, sans nom ni numéro, empêche son retour."],
        )
    yield "COMPTE", [*_account(dossier["member"], page), _kept("tant que le serveur le donne")]
    yield (
        "CARTES",
        [
            *_cards(dossier["cards_blocked"]),
            _kept("tant que la carte est associée. Son numéro n’est pas gardé en clair"),
        ],
    )
    yield (
        "PRÉFÉRENCES ET RÔLE DONNÉS À CE TERMINAL",
        [*_wishes(dossier["preference"], dossier["role"]), _kept("jusqu’à ce qu’ils changent, ou à l’oubli")],
    )
    yield (
        "PLACES SUR LES CRÉNEAUX",
        [*_places(dossier["places"], page), _kept(f"{days.shift_days} jours après la fin du créneau")],
    )
    yield (
        "PRÉSENCES, RÉSERVATIONS ET CARTES ASSOCIÉES",
        [
            *_lines(presences, page),
            _kept(f"jusqu’à leur envoi au serveur, puis {days.presence_days} jours ; le serveur garde la suite"),
        ],
    )
    yield (
        "PASSAGES ET AUTRES FAITS",
        [
            *_lines(passages, page),
            _kept(f"{days.passage_days} jours"),
            *(
                "Essai de la porte : gardé comme la porte, au registre de sécurité."
                for line in passages
                if line["kind"] in KEPT
            ),
        ],
    )
    yield (
        "FAITS AU SUJET D’AUTRES PERSONNES, OÙ CE NUMÉRO EST CITÉ",
        [*_lines(others, page), _kept("aussi longtemps que les faits du même genre, ci-dessus")],
    )
    if dossier["learned"]:
        yield (
            "CE QUE CE TERMINAL A APPRIS DU SERVEUR EN POSANT DES QUESTIONS",
            [*_learned(dossier["learned"], page), _kept("tant que la personne donne signe de vie, ou jusqu’à l’oubli")],
        )
    yield "CE QUI ATTEND D’ÊTRE ENVOYÉ AU SERVEUR", _lines(waiting, page)


def _kept(until: str) -> str:
    return f"Gardé {until}."


def _account(member: Mapping[str, Any] | None, page: Page) -> list[str]:
    if member is None:
        return ["Aucun compte de ce numéro dans ce que le serveur a donné."]
    name = f"Prénom : {member['first_name']}. Nom complet : {member['name'] or 'non donné'}."
    facts = [name, f"Situation : {STATUSES[Status(member['status'])]}.", *_dated(member, page)]
    if member["attached_to"] is not None:
        facts.append(f"Rattachement au compte n° {member['attached_to']}.")
    if member["role"] in ROLES:
        facts.append(f"Rôle : {ROLES[Role(member['role'])]}.")
    if member["trained_for"]:
        facts.append(f"Formations : {', '.join(sorted(member['trained_for']))}.")
    if member["shared"]:
        facts.append("Le compteur d’heures est partagé.")
    facts += _needs(member)
    facts += [
        f"Entrée possible le {WEEKDAYS[hours['weekday']]} de {hours['opens'][:5]} à {hours['closes'][:5]}."
        for hours in member["windows"]
    ]
    return facts


def _dated(member: Mapping[str, Any], page: Page) -> Iterator[str]:
    if member["until"] is not None:
        yield f"Jusqu’au {page.day(date.fromisoformat(member['until']))}."
    if member["balance_minutes"] is not None:
        yield f"Compteur d’heures : {page.duration(member['balance_minutes'])}."
    if member["due_minutes"] is not None:
        by = "" if member.get("due_by") is None else f" avant le {page.day(date.fromisoformat(member['due_by']))}"
        yield f"Reste à réserver : {page.duration(member['due_minutes'])}{by}."


def _needs(wishes: Mapping[str, Any]) -> Iterator[str]:
    if wishes["language"] is not None:
        yield f"Langue de l’écran : {LANGUAGES.get(wishes['language'], wishes['language'])}."
    if wishes["large_text"] is not None:
        yield f"Grands caractères : {_yes(value=wishes['large_text'])}."
    if wishes["long_pulse"] is not None:
        yield f"Porte déverrouillée plus longtemps : {_yes(value=wishes['long_pulse'])}."


def _yes(*, value: bool) -> str:
    return "oui" if value else "non"


def _cards(blocked: Sequence[bool]) -> list[str]:
    if not blocked:
        return ["Aucune carte."]
    return [f"Carte {number} : {'bloquée' if is_so else 'valable'}." for number, is_so in enumerate(blocked, 1)]


def _wishes(preference: Mapping[str, Any] | None, role: str | None) -> list[str]:
    wishes = [] if preference is None else list(_needs(preference))
    if role is not None:
        wishes.append(f"Rôle : {ROLES.get(Role(role), 'aucun')}.")
    return wishes or ["Rien."]


def _places(places: Sequence[Mapping[str, Any]], page: Page) -> list[str]:
    return [
        f"{place['job']}, {page.slot(place['starts_at'], place['ends_at'])}"
        f"{' : présence notée' if place['present'] else ''}."
        for place in places
    ] or ["Aucune."]


def _lines(lines: Sequence[Mapping[str, Any]], page: Page) -> list[str]:
    return [
        f"{KINDS[FactKind(line['kind'])]}, {page.at(line['happened_at'])}{_about(line)}{_state(line['state'])}."
        for line in lines
    ] or ["Rien."]


def _about(line: Mapping[str, Any]) -> str:
    shift = "" if line["shift"] is None else f", créneau {line['shift']}"
    return shift if line["why"] is None else f"{shift}, motif : {REASONS.get(line['why'], line['why'])}"


def _learned(rows: Mapping[str, Sequence[Mapping[str, Any]]], page: Page) -> Iterator[str]:
    for person in rows.get("people", ()):
        yield f"Prénom : {person['first_name']}. Nom complet : {person['name'] or 'non donné'}."
        yield f"Numéro d’adhésion : {person['number'] or 'non connu'}."
        yield f"Situation : {STATUSES[Status(person['status'])]}, apprise {page.at(person['learned_at'])}."
        yield from _dated(
            {"until": person["until"], "balance_minutes": person["balance"], "due_minutes": person["due"]}, page
        )
        if person["shared"]:
            yield "Le compteur d’heures est partagé."
        trained, others = json.loads(person["trained"]), json.loads(person["not_numbers"])
        if trained:
            yield f"Formations : {', '.join(trained)}."
        if others:
            yield f"Adhésions du même prénom qui ne sont pas la sienne : {', '.join(others)}."
    for card in rows.get("cards", ()):
        yield f"Carte {'inconnue du serveur' if card['off'] else 'valable'}, vue {page.at(card['seen_at'])}."
    for row in rows.get("came", ()):
        yield f"Présence au créneau {row['shift']}."
    for row in rows.get("late", ()):
        yield f"Arrivée au créneau {row['shift']} {page.at(row['came_at'])}, notée {page.at(row['noted_at'])}."
    for row in rows.get("owed", ()):
        yield f"Présence à retirer au créneau {row['shift']}, depuis {page.at(row['at'])}."
    for row in rows.get("bookings", ()):
        yield f"Place demandée au créneau {row['shift']}."


def _state(word: str | None) -> str:
    return "" if word is None else f" ({STATES[word]})"


def stopped(outcome: Mapping[str, Any], member_id: str) -> str:
    """Why nothing was done, and what can be."""
    return (
        f"Rien n’est effacé. Pour la personne n° {member_id}, faits qui attendent d’être envoyés au serveur : "
        f"{outcome['waiting']} ; faits qu’il a refusés : {outcome['refused']}. "
        "Règle-les d’abord (kiosk outbox list), ou ajoute --anyway pour y renoncer."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a forgetting went beside the store's own part.

    Attributes:
        is_clean: no file holds a byte of it any more.
        learned: there was something in what the terminal had learnt of the server's answers.
        server_knows: the word of it has left.
        server_tells: the server passes it on to the other terminals.
        aside: damaged files that were set aside, which nothing was erased in.
    """

    is_clean: bool
    learned: bool
    server_knows: bool
    server_tells: bool
    aside: Sequence[str]


def forgotten(outcome: Mapping[str, Any], page: Page, done: Done) -> str:
    """What was erased, and what is kept, why and until when."""
    return "\n".join(["Effacé :", *_erased(outcome, done), "Gardé :", *_left(outcome, page, done)])


def _erased(outcome: Mapping[str, Any], done: Done) -> Iterator[str]:
    yield f"- le compte : {_yes(value=outcome['account'])} ; cartes : {outcome['cards']} ;"
    yield f"- places sur des créneaux : {outcome['places']} ; préférences : {outcome['preferences']} ;"
    yield f"- rôles donnés ici : {outcome['roles']}."
    if outcome["given_up"]:
        yield f"- Faits qui n’étaient pas partis et ne partiront plus : {outcome['given_up']}."
    if done.learned and done.is_clean:
        yield "- Ce que ce terminal avait appris du serveur en posant des questions : effacé."
    if not done.is_clean:
        yield "- Le disque n’a pas pu être nettoyé, des restes peuvent y subsister : relance la commande."


def _left(outcome: Mapping[str, Any], page: Page, done: Done) -> Iterator[str]:
    days = page.retention
    yield f"- faits du journal, pour que les comptes restent justes, sous pseudonyme : {outcome['facts']} ;"
    yield f"  les passages {days.passage_days} jours, les présences {days.presence_days} jours après leur envoi ;"
    yield "- une marque chiffrée, sans nom ni numéro, pour que personne ne revienne par une mise à jour :"
    yield "  tant que ce terminal sert ;"
    yield "- chez le serveur, ce qu’il a déjà reçu : selon ses propres règles ;"
    if done.server_tells:
        yield "- dans les sauvegardes d’avant ce jour, tout : jusqu’à leur destruction. Restaurée, une sauvegarde"
        yield "  oublie de nouveau dès que le serveur le dit. Les autres terminaux oublient de même."
    else:
        yield "- dans les sauvegardes d’avant ce jour, et sur les autres terminaux de la coop, tout : ce serveur"
        yield "  ne le leur dit pas. Relance la commande sur chacun d’eux, et après chaque restauration."
    if not done.server_knows:
        yield "- Le numéro, dans le message d’oubli qui attend : jusqu’à ce que le serveur l’ait reçu."
    for file in done.aside:
        yield f"- {file}, une copie mise de côté : détruis-la, ou elle part après {days.passage_days} jours."
