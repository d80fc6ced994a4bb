"""Every sentence people read, in French, the source language. Other languages are files in ``locale/``.

``{name}`` is a value; what follows a colon inside the braces is a date pattern of Unicode TR 35 (``{date:d MMM}``).
A pair is (singular, plural): the value ``n`` decides. Keys are stable, sentences may be mended at any time.

Rules of style: *tu*; verbs first on buttons; no exclamation mark in bad news; words without gender where they exist,
else the middle dot; a no-break space before ``? ! : ;`` (a test holds all this that a test can hold).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

Message: TypeAlias = "str | tuple[str, str]"

_FORMATS: dict[str, Message] = {
    "format.locale": "fr_FR",
    "format.hour": "H 'h' mm",
    "format.hour.sharp": "H 'h'",
    "format.hours": "{start} – {end}",
    "format.hours.half": "{start} – {end}",
    "format.day": "EEE d MMM",
    "format.first": "1er",
    "format.slot": "{day}, {hours}",
    "format.duration": "{hours} h {minutes}",
    "format.duration.hours": "{hours} h",
    "format.duration.minutes": "{minutes} min",
    "format.grams": "{grams} g",
    "format.grams.unit": "g",
    "format.language": "EN",
    "format.help": "?",
}

_IDLE: dict[str, Message] = {
    "idle.title": "Pose ta carte sur le lecteur",
    "idle.sub": "La porte s’ouvre toute seule.",
    "idle.badge": "Pose ta carte, ou passe ton code-barres devant la lumière.",
    "idle.header": "{day:EEE} {time} · Semaine {week} · Ouvert",
    "idle.header.noweek": "{day:EEE} {time} · Ouvert",
    "idle.header.closed": "{day:EEE} {time} · Fermé",
    "idle.header.closed_until": "{day:EEE} {time} · Fermé · ouvre à {opens}",
    "idle.header.bulk": "Balance du vrac · {day:EEE} {time}",
    "idle.closed": "La coop ouvre à {time}",
    "idle.closed.tomorrow": "La coop ouvre demain à {time}",
    "idle.closed.day": "La coop ouvre {day:EEEE} à {time}",
    "idle.closed.unknown": "La coop est fermée",
    "idle.closed.sub": "Tu viens pour un créneau ? Pose ta carte.",
    "idle.weigh": "Peser un bocal",
    "idle.team": "Qui est de service ?",
    "idle.nocard": "Sans carte ?",
    "idle.work": "Je viens faire un créneau",
    "idle.gauge": ("Cette semaine : {n} créneau pris sur {m}.", "Cette semaine : {n} créneaux pris sur {m}."),
    "idle.pot": ("Pot commun : {n} heure donnée. Merci !", "Pot commun : {n} heures données. Merci !"),
    "board.now": "En ce moment",
    "board.next": "Ensuite, {time}",
    "board.today": "Aujourd’hui, {time}",
    "board.tomorrow": "Demain, {time}",
    "board.day": "{day:EEEE}, {time}",
    "board.here": ("{n} arrivé·e sur {m}", "{n} arrivé·es sur {m}"),
    "board.booked": ("{n} inscrit·e sur {m}", "{n} inscrit·es sur {m}"),
    "board.gap": ("Il manque {n} personne", "Il manque {n} personnes"),
    "board.full": "Au complet",
    "board.none": "Pas de créneau",
    "bulk.place": "Pose le bocal",
    "bulk.stick": "Colle l’étiquette",
    "bulk.write": "Note sa tare",
    "bulk.fill": "Remplis-le",
}

_CARD: dict[str, Message] = {
    "card.reading": "Garde ta carte posée…",
    "card.two": "Une seule carte à la fois, s’il te plaît.",
    "card.fast": "Trop rapide ! Garde-la une seconde.",
    "card.searching": "On cherche ta carte…",
    "card.searching.sub": "Deux secondes, on demande à l’ordinateur de la coop.",
    "door.close": "Merci de bien refermer la porte.",
    "door.fire": "La porte est déverrouillée par la sécurité.",
}

_OPEN: dict[str, Message] = {
    "open.title": "C’est ouvert !",
    "open.sub": "Bonjour {name}. Bonnes courses !",
    "open.worker": "Bonjour {name}. Bon créneau !",
    "open.welcome": "Bienvenue {name}. Bonnes courses !",
    "open.door": "La porte est ouverte.",
    "open.next": "Prochain créneau : {slot}",
    "open.none": "Aucun créneau prévu. On t’en propose un ?",
    "open.ahead": "Tu as {duration} d’avance. Merci !",
    "open.exempt": "Dispense jusqu’au {date:d MMM}. Prends soin de toi.",
    "open.attached": "Bonjour, carte du foyer de {name}. Bonnes courses !",
    "open.help": ("Il manque {n} personne ici. 30 minutes ?", "Il manque {n} personnes ici. 30 minutes ?"),
    "open.reopen": "Rouvrir la porte",
    "open.work": "Je viens pour un créneau",
    "open.shifts": "Mes créneaux",
    "alert.hello": "Bonjour {name}.",
    "alert.sub": "Un mot pour toi sur tes créneaux.",
    "alert.sub.account": "Un mot pour toi sur ton adhésion.",
    "alert.read": "Lire",
    "alert.later": "Plus tard",
    "alert.title": "Un mot pour toi",
    "alert.hours": "Pense à réserver {duration} avant le {date:d MMM}.",
    "alert.hours.soon": "Pense à réserver {duration}.",
    "alert.grace": "Tu as un délai jusqu’au {date:d MMM}. Pense à réserver un créneau.",
    "alert.grace.soon": "Tu as un délai. Pense à réserver un créneau.",
    "alert.fee": "Ton adhésion est à renouveler avant le {date:d MMM}. L’accueil s’en occupe avec toi.",
    "alert.fee.soon": "Ton adhésion est bientôt à renouveler. L’accueil s’en occupe avec toi.",
    "alert.offline": "Pas d’internet, alors on t’ouvre. Pense à réserver un rattrapage.",
    "alert.pick": "Choisir un créneau",
}

_SHIFT: dict[str, Message] = {
    "shift.hello": "Bonjour {name} !",
    "shift.ask": "Tu viens faire ton créneau ?",
    "shift.ask_for": "Tu viens pour {name} ?",
    "shift.line": "{job}, de {start} à {end}",
    "shift.until": "{job}, jusqu’à {end}",
    "shift.yes": "Oui, je commence",
    "shift.yes.sub": "Sans réponse, on note ta présence.",
    "shift.no": "Non, juste mes courses",
    "shift.absent": "Mon binôme ne vient pas",
    "shift.absent.title": "Merci, c’est noté",
    "shift.absent.done": "L’équipe est prévenue.",
    "shift.which": "À la place de qui ?",
    "shift.instead": "À la place de {name}",
    "shift.done": "Merci {name} !",
    "shift.noted": "Présence notée à {time}.",
    "shift.noted.here": "C’est noté ici à {time}.",
    "shift.noting": "On note ta présence…",
    "shift.already": "C’est déjà noté. Bon créneau !",
    "shift.good": "Bon créneau {name} !",
    "shift.good.sub": "La porte est ouverte.",
    "shift.team": "Équipe : {names:,} et toi.",
    "shift.alone": "Tu ouvres le bal, l’équipe arrive.",
    "shift.first": "C’est ton premier créneau ! L’équipe t’attend.",
    "shift.newcomer": ("{names} fait son premier créneau.", "{names} font leur premier créneau."),
    "shift.undo_how": "Une erreur ? Repose ta carte dans les {n} s.",
    "shift.undo": "Annuler ma présence",
    "shift.undone": "C’est annulé",
    "shift.undone.sub": "Ta présence n’est plus notée.",
    "shift.team.see": "Voir l’équipe",
    "shift.shopping": "Bonnes courses {name} !",
    "shift.shopping.sub": "Rien n’est noté. La porte est ouverte.",
}

_CLOSED: dict[str, Message] = {
    "closed.title": "On fait le point ?",
    "closed.sub": "La porte n’est pas encore ouverte.",
    "closed.how": "Voici comment entrer :",
    "closed.why": "Pourquoi ?",
    "closed.why.title": "Ce que dit ton compte",
    "closed.hours": "Il te manque des heures pour l’instant.",
    "closed.hours_do": "Réserve un rattrapage ici, et tu entres tout de suite.",
    "closed.hours_desk": "L’accueil peut réserver un rattrapage avec toi.",
    "closed.leave": "Ton compte est en congé.",
    "closed.frozen": "Ton compte est en pause (gel).",
    "closed.frozen_do": "Reprise prévue le {date:d MMM}. L’accueil peut t’aider.",
    "closed.left": "Ton compte est fermé. Ça nous ferait plaisir de te revoir !",
    "closed.inactive": "Ton compte attend d’être activé.",
    "closed.inactive_do": "Suis le lien reçu par e-mail, ou passe à l’accueil.",
    "closed.fee": "Ton adhésion est à renouveler.",
    "closed.fee_do": "L’accueil s’en occupe avec toi en 2 minutes.",
    "closed.desk": "L’accueil peut t’aider.",
    "closed.time": "La coop ouvre à {time}",
    "closed.time.tomorrow": "La coop ouvre demain à {time}",
    "closed.time.day": "La coop ouvre {day:EEEE} à {time}",
    "closed.time.unknown": "La coop est fermée",
    "closed.time.sub": "À tout à l’heure !",
    "closed.time.sub.later": "À bientôt !",
    "closed.unstaffed": "Il n’y a personne à l’accueil pour l’instant.",
    "closed.attached": "Le compte du foyer est à mettre à jour.",
    "closed.visitor": "Ta visite est terminée. L’accueil peut la prolonger.",
    "closed.card": "Cette carte est désactivée.",
    "closed.card_do": "L’accueil t’en donne une autre.",
    "closed.asof": "D’après nos données de {time}. L’accueil peut t’ouvrir.",
    "closed.asof.yesterday": "D’après nos données d’hier, {time}. L’accueil peut t’ouvrir.",
    "closed.asof.day": "D’après nos données du {day}, {time}. L’accueil peut t’ouvrir.",
    "closed.expired": "On n’a plus de nouvelles depuis le {date:d MMM}. Sonne, on t’ouvre.",
    "closed.book": "Réserver un rattrapage",
    "closed.call": "Appeler l’accueil",
    "bell.title": "Ça sonne…",
    "bell.sub": "Quelqu’un arrive.",
    "bell.visit": "On vient t’ouvrir.",
    "bell.stop": "Arrêter",
    "bell.nobody.title": "Personne pour l’instant",
    "bell.nobody": "Essaie le {phone}.",
    "bell.nobody.nophone": "Frappe à la vitre.",
    "bell.silent.title": "La sonnette est en panne",
    "bell.knock": "Frappe à la vitre, ou appelle le {phone}.",
    "bell.knock.nophone": "Frappe à la vitre.",
    "bell.again": "Sonner encore",
}

_UNKNOWN: dict[str, Message] = {
    "unknown.title": "Carte inconnue",
    "unknown.sub": "Elle n’est pas encore reliée à un compte, ou elle est désactivée.",
    "unknown.no": "Carte n°",
    "unknown.show": "à montrer à l’accueil",
    "unknown.bank": "Ça ressemble à une carte bancaire. Prends ta carte de la coop.",
    "unknown.phone": "Ça ressemble à un téléphone. Prends ta carte de la coop.",
    "unknown.offline": "Carte trop récente pour le mode hors ligne : sonne, on t’ouvre.",
    "unknown.jar": "C’est l’étiquette d’un bocal : on va à la balance.",
    "unknown.retry": "Essayer encore",
}

_OFFLINE: dict[str, Message] = {
    "offline.header": "Sans internet depuis {time}",
    "offline.header.yesterday": "Sans internet depuis hier, {time}",
    "offline.header.day": "Sans internet depuis le {date:d MMM}",
    "offline.header2": "{day:EEE} {time} · la porte fonctionne",
    "offline.header2.bulk": "{day:EEE} {time} · la balance fonctionne",
    "offline.asof": "Les compteurs datent de {time}.",
    "offline.asof.yesterday": "Les compteurs datent d’hier, {time}.",
    "offline.asof.day": "Les compteurs datent du {date:d MMM}, {time}.",
    "offline.back": ("De retour en ligne · {n} envoi fait", "De retour en ligne · {n} envois faits"),
    "offline.nobook": "Pas de réservation hors ligne. Reviens un peu plus tard.",
}

_MY: dict[str, Message] = {
    "my.title": "Mes créneaux",
    "my.balance": "Mon compteur",
    "my.balance.shared": "Votre compteur (foyer)",
    "my.ahead": "d’avance",
    "my.behind": "à rattraper",
    "my.even": "à jour",
    "my.due": "Reste à réserver",
    "my.due.by": "avant le {date:d MMM}",
    "my.row": "{slot}",
    "my.minutes": "{duration}",
    "my.none": "Aucun créneau réservé pour l’instant.",
    "my.book": "Réserver un créneau",
    "my.swap": "Échanger",
    "my.done": "Terminé",
}

_NEED: dict[str, Message] = {
    "need.title": "On a besoin de toi",
    "need.slot": "{slot}",
    "need.places": ("{job} · {n} place libre sur {m}", "{job} · {n} places libres sur {m}"),
    "need.yes": "Je viens",
    "need.more": "Autres dates",
    "need.empty": "Tout est complet pour l’instant. Merci !",
    "need.booking": "On réserve ta place…",
    "need.booking.sub": "Ça prend quelques secondes.",
    "need.booked": "C’est noté !",
    "need.booked.sub": "Merci {name} !",
    "need.booked.open": "Merci {name}, la porte est ouverte.",
    "need.booked.line": "{slot}, {job}",
    "need.undone": "C’est annulé",
    "need.undone.sub": "Ta place est libérée.",
    "need.undo": "Annuler cette réservation",
    "need.change": "Changer de date",
    "need.taken": "Quelqu’un vient de le prendre. En voici un autre.",
    "need.overlap": "Tu as déjà un créneau à cette heure-là.",
    "need.training": "Ce poste demande une formation.",
    "need.refused": "Ça n’a pas marché pour ce créneau. L’accueil peut t’aider.",
    "need.unavailable": "La coop ne répond pas. Rien n’est réservé, essaie encore.",
    "need.gift": "Offrir ce créneau au pot commun",
}

_TEAM: dict[str, Message] = {
    "team.title": ("{hours} · {n} arrivé·e sur {m}", "{hours} · {n} arrivé·es sur {m}"),
    "team.title.later": ("{hours} · {n} inscrit·e sur {m}", "{hours} · {n} inscrit·es sur {m}"),
    "team.title.day": ("{slot} · {n} inscrit·e sur {m}", "{slot} · {n} inscrit·es sur {m}"),
    "team.none": "Personne n’est prévu maintenant",
    "team.count": "{n} sur {m}",
    "team.short": ("il manque {n} personne", "il manque {n} personnes"),
    "team.full": "au complet",
    "team.next": "Ensuite, {time}",
    "team.expected": "attendu·e",
    "team.free": ("{n} place libre", "{n} places libres"),
    "team.first": "1er créneau",
    "team.join": "Je viens aider",
    "team.card": "Pose ta carte pour voir l’équipe",
    "team.next_shift": "Créneau suivant",
    "team.this_shift": "Créneau en cours",
}

_NO_CARD: dict[str, Message] = {
    "nocard.title": "Sans carte ?",
    "nocard.forgot": "J’ai oublié ma carte",
    "nocard.lost": "J’ai perdu ma carte",
    "nocard.visit": "Je viens d’une autre coop",
    "nocard.new": "Je découvre la coop",
    "nocard.delivery": "Livraison",
    "nocard.forgot.sub": "On retrouve ton compte à l’accueil.",
    "nocard.lost.sub": "L’accueil la désactive et t’en donne une autre.",
    "nocard.visit.title": "Bienvenue !",
    "nocard.visit.sub": "Ça sonne à l’accueil, on vient t’ouvrir.",
}

_TARE: dict[str, Message] = {
    "tare.header": "Tare du bocal",
    "tare.count": "Bocal {n}",
    "tare.wait": "Pose ton bocal vide",
    "tare.wait.sub": "avec son couvercle, comme tu le poseras en caisse",
    "tare.moving": "Lâche le bocal, ça se stabilise…",
    "tare.still_moving": "Le bocal bouge encore…",
    "tare.steady": "Poids stable",
    "tare.silent": "La balance ne dit plus rien…",
    "tare.keep": "Garder cette tare",
    "tare.print": "Imprimer l’étiquette",
    "tare.over": "C’est trop lourd",
    "tare.over.max": "Maximum {limit:kg}.",
    "tare.over.do": "Retire doucement le bocal.",
    "tare.under": "Vide le plateau",
    "tare.under.do": "Si ça reste sous zéro, appuie sur 0 sur la balance.",
    "tare.light": "Trop léger pour la balance",
    "tare.light.do": "Moins de {limit} g : demande en caisse.",
    "tare.net": "La balance retire déjà une tare",
    "tare.net.do": "Appuie sur TARE, plateau vide, pour l’enlever.",
    "tare.clear": "Vide le plateau",
    "tare.clear.do": "Puis pose ton bocal vide.",
    "tare.keeping": "On garde ta tare…",
    "tare.printing": "L’étiquette s’imprime…",
    "tare.done": "C’est prêt !",
    "tare.done.stick": "Colle l’étiquette sur ton bocal, puis remplis-le au rayon vrac.",
    "tare.done.line": "TARE {grams} g",
    "tare.kept": "C’est gardé !",
    "tare.kept.write": "Écris sur le bocal :",
    "tare.kept.fill": "Puis remplis-le au rayon vrac.",
    "tare.noprint": "Plus d’étiquettes. Écris sur le bocal : TARE {grams} g",
    "tare.auto": "Imprimer tout seul les suivants",
    "tare.another": "Un autre bocal",
    "tare.again": "Réimprimer",
    "tare.known": "Bocal déjà pesé",
    "tare.band": "La porte est ouverte.",
    "tare.band.hello": "Bonjour {name} !",
    "tare.band.wait": "Un point à voir",
    "tare.band.read": "Ouvrir",
}

_JAR: dict[str, Message] = {
    "jar.title": "Ton bocal est reconnu",
    "jar.line": "pesé le {date:d MMM}",
    "jar.name": "Bocal",
    "jar.ask": "Il est vide, propre et sec ? Alors rien à repeser.",
    "jar.old": "Pesé il y a plus d’un an : on le repèse ?",
    "jar.diff": ("Il pèse {n} g de plus. Il est bien vide ?", "Il pèse {n} g de plus. Il est bien vide ?"),
    "jar.diff.less": ("Il pèse {n} g de moins. On le repèse ?", "Il pèse {n} g de moins. On le repèse ?"),
    "jar.empty": "Oui, il est vide",
    "jar.notempty": "Non",
    "jar.reweigh": "Repeser",
    "jar.header": "Bocal déjà pesé",
    "jar.type": "Scanne l’étiquette, ou tape son code",
    "jar.type.only": "Tape le code écrit sur ton bocal",
    "jar.unknown": "Bocal inconnu. Pose-le vide, on l’enregistre.",
    "jar.mistyped": "Ce code n’est pas complet. Regarde encore l’étiquette.",
}

_HELP: dict[str, Message] = {
    "still.title": "Toujours là ?",
    "still.yes": "Oui, je continue",
    "help.title": "Un coup de main ?",
    "help.big": "Gros texte",
    "help.sound": "Couper le son",
    "help.sound.on": "Remettre le son",
    "help.lang": "English",
    "help.data": "Mes données",
    "help.call": "Appeler l’accueil",
    "help.close": "Fermer",
    "help.remember": "S’en souvenir pour ma carte ?",
    "help.back": "Retour",
    "help.cancel": "Annuler",
    "data.title": "Mes données",
    "data.what": "Cette borne connaît ton prénom, tes créneaux et un code tiré de ta carte.",
    "data.passages": (
        "Tes passages sont effacés après {n} mois, tes présences après {years} ans.",
        "Tes passages sont effacés après {n} mois, tes présences après {years} ans.",
    ),
    "data.contact": "Les lire, les corriger, les effacer : demande à l’accueil.",
}

_BROKEN: dict[str, Message] = {
    "broken.reader": "Le lecteur est en panne",
    "broken.ring": "Sonne, on t’ouvre.",
    "broken.reader.badge": "Passe ton code-barres devant la lumière, ou sonne.",
    "broken.scanner": "La douchette est en panne",
    "broken.scanner.do": "Pose ta carte, ou tape le code.",
    "broken.door": "La porte n’a pas répondu",
    "broken.door.do": "On t’ouvre à la main. Sonne à l’accueil.",
    "broken.scale": "La balance ne répond pas",
    "broken.scale.do": "On a prévenu l’équipe. Tu peux peser en caisse.",
    "broken.printer": "Plus d’étiquettes",
    "broken.printer.do": "Écris la tare sur ton bocal.",
    "broken.store": "La mémoire de la borne est en panne",
    "broken.store.do": "La porte s’ouvre, mais rien n’est noté. Dis-le à l’accueil.",
    "broken.server": "La coop ne répond pas",
    "broken.server.do": "La porte fonctionne, on garde tout ici.",
    "broken.generic": "Oups, ça a coincé de notre côté",
    "broken.generic.do": "Essaie encore, ou sonne.",
    "broken.start": "On se réveille…",
    "broken.start.sub": "La borne est prête dans un instant.",
    "broken.empty": "La borne ne connaît encore personne",
    "broken.empty.do": "Elle attend les données de la coop. Sonne, on t’ouvre.",
}

_STAFF: dict[str, Message] = {
    "tech.title": "Technique · v{version}",
    "tech.test": "Autotest",
    "tech.cards": "Cartes",
    "tech.log": "Journal",
    "tech.leave": "Quitter le mode technique",
    "tech.ask_door": "La porte s’est ouverte ?",
    "enrol.who": "Pour qui est cette carte ?",
    "enrol.tap": "Pose la nouvelle carte",
    "enrol.check": "{name}, carte …{tail}. C’est bien ça ?",
    "enrol.ok": "C’est relié !",
    "enrol.taken": "Cette carte est déjà à quelqu’un. On la transfère ?",
}

MESSAGES: Final[Mapping[str, Message]] = MappingProxyType(
    _FORMATS
    | _IDLE
    | _CARD
    | _OPEN
    | _SHIFT
    | _CLOSED
    | _UNKNOWN
    | _OFFLINE
    | _MY
    | _NEED
    | _TEAM
    | _NO_CARD
    | _TARE
    | _JAR
    | _HELP
    | _BROKEN
    | _STAFF
)
