"""Where things stand on the server's pages, each with its meaning: what to look at first when a page reads no more.

The pages are those of 1.47.2 and of master of July 2026. Where the two differ, both forms are here.
"""

from typing import Final

from kiosk.types import Status

# ── the answer to a scan (POST /card_reader/check) ────────────────────────────────────────────────────────────────

GREETING: Final = "h3.header"
"""A word drawn at random, the first name, an exclamation mark."""
PICTURES: Final = "img[alt]"
ALT_ALLOWED: Final = "accès autorisé"
ALT_REFUSED: Final = "accès interdit"
"""The two signs of access, one of which stands on every answer. The file behind is missing on some servers."""
ALT_AHEAD: Final = "we love you"
"""The counter is above what a cycle asks for."""
PANEL: Final = ".card-panel"
VALIDATED_NOW: Final = "green"
VALIDATED_BEFORE: Final = "blue"
"""Classes of the panel that says a shift was validated, now or by an earlier scan."""
VALIDATED_WORD: Final = "valide"
PANEL_JOB: Final = "strong"
"""The job, where it is one shift; the plural names none."""
EXEMPTED: Final = "teal"
"""Class of the panel in place of the counter."""
EXEMPTIONS: Final = "li"
"""« raison du … au … »."""
PARAGRAPHS: Final = "p"
COUNTER_WORD: Final = "compteur temps"
COUNTER: Final = "strong"
HOUSEHOLD_WORD: Final = "votre compteur"
TO_BOOK: Final = (r"reserver les (\d+h\d\d)", r"reste (\d+h\d\d) a reserver")
"""Plain text around the hours that are still to be booked."""
FAR_TOO_LATE: Final = "trop en retard"
"""More than three cycles behind."""
REASON: Final = "i.material-icons[title]"
REASONS: Final = {
    "compte gele": Status.FROZEN,
    "compte ferme": Status.LEFT,
    "compte pas encore active": Status.INACTIVE,
    "compte en attente d'adhesion": Status.FEE,
}
"""Titles of the icon beside a refusal, as plain text."""
UNSAID: Final = Status.FROZEN
"""Who is refused and exempted is told the exemption and no reason: "on hold" says the least, and sends to the desk."""

# ── the reader's own page (GET /card_reader/) ─────────────────────────────────────────────────────────────────────

HEADINGS: Final = "h5"
RUNNING: Final = "creneaux en cours"
"""Absent when no shift runs."""
COMING: Final = "creneaux a venir"
"""Always there: a page without it is another page."""
HEADINGS_AND_CARDS: Final = "h5, div.card"
CARD_TITLE: Final = ".card-title b"
"""The job, then the hours, « 9h30 à 12h30 »."""
PLACES: Final = "ul > li"
HOLDER: Final = 'span[style*="font-size"]'
"""« #123 Prénom N » of a place that is taken; no other mark tells it from the dot and the chips."""
FREE: Final = "strong > i"
DOT: Final = "span"
DOT_SIGN: Final = "◉"
DOT_PRESENT: Final = "green-text"
"""Only where scans validate shifts: the first span is a dot, green once the shift is validated."""
CHIPS: Final = ".chip"
CHIP_FIRST_SHIFT: Final = "premier creneau"
"""Any other chip is the training that the place asks for."""
COLUMNS: Final = "div.row > div.col.s6"
"""The shifts, then the coop's own notice."""
FLASH: Final = ".card-panel.teal.error"
FLASH_UNKNOWN: Final = "badge n'est pas actif"
"""What the next page says after the scan of a card that is unknown or disabled."""
HIDDEN_FIELDS: Final = 'input[type="hidden"][name]'
TOKEN_WORD: Final = "token"  # noqa: S105  part of a field's name
"""A hidden field so named would be the protection that the reader's route lacks today: it is sent along."""

# ── the days to come (GET /booking/day/…, and the public home page of 1.x) ────────────────────────────────────────

DAYS: Final = "li"
DAY_HEADER: Final = ".collapsible-header"
DAY_DATE: Final = "data-date"
BUCKETS: Final = ".shift-bucket"
BUCKET_LINK: Final = "a[data-tooltip]"
BUCKET_JOB: Final = "data-tooltip"
BUCKET_ID: Final = r"/bucket/(\d+)/show|#(?:book|show)(\d+)"
"""In ``data-source`` (master) or ``href`` (1.x: the id of one of the shifts of the bucket, which does as well)."""
BUCKET_HOURS: Final = "span.hide-on-small-and-down"
BUCKET_PLACES: Final = "i.shifter"
PLACE_TAKEN: Final = "green-text"
"""Class around the icon of a place that is taken or reserved; grey is free."""
ICON_TRAINED: Final = "account_circle"
"""The icon of a place that asks for training."""
BUCKET_LOCKED: Final = "verouille"
WEEKS: Final = "h5"
WEEK: Final = r"semaine\s+(?:#\d+\s*\(([a-d])\)|([a-d])\b)"
"""« Semaine #48 (D) », and « Semaine A (#49) » before; plain text."""

# ── public widgets ────────────────────────────────────────────────────────────────────────────────────────────────

OPENING_ROWS: Final = "ul > li, table tr"
"""« Lundi : 9h-12h30 & 14h-19h »."""
SHUT: Final = "ferme"
"""In a row without hours."""
WIDGET_ROWS: Final = "ul > li"
WIDGET_DAY: Final = "strong"

# ── the office's pages (shift manager) ────────────────────────────────────────────────────────────────────────────

LOGIN_TOKEN: Final = 'input[name="_csrf_token"]'  # noqa: S105  where it stands
FILTER: Final = 'input[name^="form["], select[name^="form["]'
"""The fields that filter the list of shifts. By their names: the form around them is ended too early by a stray tag."""
FILTER_TOKEN: Final = "form[_token]"  # noqa: S105  the name of a field
CHOSEN: Final = "option[selected]"
FIRST_CHOICE: Final = "option"
MAIN_BUCKETS: Final = 'div[id^="main-bucket-"]'
MAIN_BUCKET_HOURS: Final = 'div[style*="rotate"]'
MODAL_ROWS: Final = "ul.collapsible > li"
MODAL_HOLDER: Final = 'div[id^="modal-shift-"]'
"""« ◉ #123 Prénom NOM » of a taken place; the id of the shift is in the element's id."""
MODAL_FREE_WORD: Final = "libre"
"""A place kept for who had it last says « réservé à … » instead."""
MODAL_FORMATION: Final = r"libre\s*\(([^)]*)\)"
MODAL_NO_FORMATION: Final = "sans formation particuliere"
FORM_VALIDATE: Final = "shift_validate_invalidate_forms_"
FORM_BOOK: Final = "shift_book_forms_"
FORM_FREE: Final = "shift_free_forms_"
"""A form's name is one of these and the shift's id."""
FORMS: Final = rf"(?:{FORM_VALIDATE}|{FORM_BOOK}|{FORM_FREE})\d+"
EVERYONE: Final = r"data:\s*(?=\{)"
"""Before the list of all names, ``{"#12 Prénom NOM": ""}``, that completes what is typed."""
