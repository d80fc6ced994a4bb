"""People before the real terminal: cards on the reader's chip, fingers on the glass, and what they then can read.

A process can have one window only, so that the journeys share one; each has its own room. ``python -m
tests.demo.journeys`` plays them all and tells, as JSON, which moments were reached.
"""

import json
import os
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from kiosk.actions import Action
from kiosk.app import Terminal
from kiosk.demo.album import Watched
from kiosk.demo.cast import ZONE, Kind, character
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.demo.tour import Player
from kiosk.rules.staff_states import CORNERS
from kiosk.screens.face import Face

NEW_CARD = "7:04C0FFEE123480"
told, here = {}, {}
pause, stopped = threading.Event(), threading.Event()
# Whoever looks after the program listens here: where nobody does, no restart is offered.
systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
systemd.bind(f"\0kiosk-journeys-{os.getpid()}")
systemd.setblocking(False)
os.environ["NOTIFY_SOCKET"] = f"@kiosk-journeys-{os.getpid()}"


def post(event):
    if "terminal" in here:
        here["terminal"].reactor.post(event)


# Each room has a clock of its own, which is moved; fingers keep to real time.
face = Face("rpi7", post, time.monotonic, ZONE)


def text():
    return " | ".join(face.visible_texts()).replace("\u00a0", " ")


def reads(*words):
    deadline = time.monotonic() + 12
    while time.monotonic() < deadline:
        if all(word in text() for word in words):
            return True
        pause.wait(0.05)
    return text()


def member(hands):
    hands.lay(character(Kind.OK).card)
    yield reads("C’est ouvert !", "Bonnes courses")
    yield hands.sees_door(unlocked=True)
    hands.touch(Action.MY_SHIFTS)
    yield reads("Mon compteur")
    hands.touch(Action.DONE)
    yield reads("Pose ta carte")


def worker(hands):
    hands.lay(character(Kind.SHIFT_NOW).card)
    yield reads("Tu viens faire ton créneau ?")
    yield hands.sees_door(unlocked=True)
    hands.touch(Action.START_SHIFT)
    yield reads("Merci")
    hands.lay(character(Kind.SHIFT_NOW).card)
    hands.touch(Action.UNDO)
    yield reads("C’est annulé")


def blocked(hands):
    hands.lay(character(Kind.BLOCKED).card)
    yield reads("On fait le point ?")
    yield hands.sees_door(unlocked=False)
    hands.touch(Action.WHY)
    yield reads("Il te manque des heures")
    hands.touch(Action.SIGN_UP)
    yield reads("On a besoin de toi")
    hands.touch(Action.PICK)
    yield hands.sees_door(unlocked=True)


def customer(hands):
    hands.touch(Action.WEIGH)
    yield reads("Pose ton bocal vide")
    for grams in (352, 520):
        hands.room.scale.place(grams, settle_seconds=0.2)
        yield reads(f"{grams} g", "Poids stable")
        hands.touch(Action.KEEP_TARE)
        yield reads(f"TARE {grams} g")
        hands.room.scale.remove()
        hands.pass_time(5)
        yield reads("Pose ton bocal vide")
    hands.touch(Action.DONE)
    yield reads("Pose ta carte")


def english_with_large_text(hands):
    hands.touch(Action.LANGUAGE)
    yield reads("Hold your card to the reader")
    hands.touch(Action.NO_CARD)
    yield reads("No card?")
    hands.touch(Action.HELP)
    hands.touch(Action.LARGE_TEXT)
    hands.touch(Action.FORGOT_CARD)
    yield reads("ing")
    first = text()
    yield "Next" in first or first
    hands.touch(Action.TURN_PAGE)
    yield text() != first


def types(hands, keys):
    for key in keys:
        hands.touch(Action.KEY, key)
    hands.touch(Action.ENTER)


def stand_in(hands):
    hands.lay(character(Kind.AHEAD).card)
    yield reads("C’est ouvert !", "Je viens pour un créneau")
    hands.touch(Action.WORK_NOW)
    yield reads("place")
    if "À la place de quelqu’un" in text():
        hands.touch(Action.REPLACE)
    yield reads("À la place de qui ?", character(Kind.SHIFT_NOW).first_name)
    hands.touch(Action.CHOOSE)
    yield reads("Merci", "Présence notée")


def coordinator(hands):
    hands.room.cut_network()
    hands.lay(character(Kind.SHIFT_NOW).card)
    hands.touch(Action.START_SHIFT)
    hands.lay(character(Kind.COORDINATOR).card)
    hands.touch(Action.COORDINATION)
    yield reads("Coordination", "Ouvrir la porte")
    hands.touch(Action.OPEN_DOOR)
    hands.touch(Action.CHOOSE, "delivery")
    yield reads("C’est ouvert !", "Pour une livraison.")
    yield hands.sees_door(unlocked=True)
    hands.touch(Action.BACK)
    hands.touch(Action.TO_SETTLE)
    yield reads("À régler", f"Présence : {character(Kind.SHIFT_NOW).first_name}", "pas encore envoyé")
    hands.touch(Action.PRINT_LIST)
    yield reads("C’est imprimé")
    yield bool(hands.room.printer.labels)
    hands.room.mend_network()
    hands.pass_time(40)
    hands.touch(Action.RETRY)
    hands.wait_delivered()
    hands.touch(Action.BACK)
    hands.touch(Action.TO_SETTLE)
    yield reads("Rien n’attend")
    hands.touch(Action.BACK)
    hands.touch(Action.ADD_SOMEONE)
    hands.touch(Action.CHOOSE)
    types(hands, "BALLET")
    yield reads("C’est noté", "Ballet")
    hands.touch(Action.UNDO)
    yield reads("Coordination")
    hands.touch(Action.DONE)
    yield reads("Pose ta carte")


def linker(hands):
    hands.lay(character(Kind.COORDINATOR).card)
    hands.touch(Action.COORDINATION)
    hands.touch(Action.LINK_CARDS)
    yield reads("Scanne l’ancien badge")
    hands.room.scan(character(Kind.BADGE).card)
    yield reads("Réglages")
    hands.lay(NEW_CARD)
    yield reads("relié", "1 reliée")
    hands.touch(Action.UNDO)
    yield reads("C’est annulé.")
    hands.touch(Action.SEARCH)
    types(hands, "BALLET")
    hands.lay("phone")
    yield reads("C’est un téléphone")
    hands.lay(NEW_CARD)
    yield reads("relié")
    hands.touch(Action.BACK)
    hands.touch(Action.DONE)
    hands.lay(NEW_CARD)
    yield reads("C’est ouvert !")


def technician(hands):
    hands.touch(Action.UNLOCK)
    yield reads("Pose ta carte de technique")
    hands.lay(character(Kind.TECHNICIAN).card)
    yield reads("Choisis un code")
    types(hands, "2719")
    yield reads("encore une fois")
    types(hands, "2719")
    yield reads("Technique", "Autotest")
    hands.touch(Action.DONE)
    hands.touch(Action.UNLOCK)
    types(hands, "1111")
    yield reads("Ce n’est pas ce code.")
    hands.pass_time(2)
    types(hands, "2719")
    yield reads("Quitter le mode technique")
    hands.room.scale.unplug()
    hands.touch(Action.SELF_TEST, "")
    yield reads("Lecteur", "Allume-la, vérifie son câble.", "touche ses 4 coins")
    hands.touch(Action.TRY_GLASS)
    for corner in CORNERS:
        hands.touch(Action.CHOOSE, corner)
    yield reads("touché aux 4 coins")
    hands.touch(Action.BACK)
    hands.touch(Action.LOG)
    yield reads("Journal (", "devices.supervisor", "scale")
    hands.touch(Action.CHOOSE, "0")
    yield reads("Retour")
    hands.touch(Action.BACK)
    hands.touch(Action.BACK)
    yield reads("Quitter le mode technique")
    hands.lay(character(Kind.OK).card)
    yield reads("C’est ouvert !")


def restarter(hands):
    hands.lay(character(Kind.TECHNICIAN).card)
    hands.touch(Action.TECHNICAL)
    types(hands, "2719")
    types(hands, "2719")
    hands.touch(Action.RESTART)
    yield reads("Redémarrer la borne", "Rien ne se perd.")
    hands.touch(Action.BACK)
    yield reads("Technique")
    hands.touch(Action.RESTART)
    heard()
    hands.touch(Action.RESTART)
    stopped.wait(15)
    yield stopped.is_set()


def heard():
    """What systemd was told since it was last asked; it keeps ten messages at most."""
    words = b""
    while True:
        try:
            words += systemd.recv(200) + b" "
        except BlockingIOError:
            return words


def play(journey):
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Wish(members=60), Path(folder), demo_clock())
        with room.running():
            terminal = here["terminal"] = Terminal(room.config(), room.clock, room)
            watched = Watched(face)
            with terminal.running(watched):
                watched.wait_for(lambda view: bool(getattr(view, "board", ())), 12)
                moments = told[journey.__name__] = []
                try:
                    moments.extend(journey(Player(room, terminal, face, watched)))
                except LookupError as missing:
                    moments.append(f"{missing}: {text()}")
            if journey is restarter:
                moments.append(b"STOPPING=1" in heard() and not room.door.is_unlocked)


JOURNEYS = (
    member, worker, blocked, customer, english_with_large_text, stand_in, coordinator, linker, technician, restarter,
)  # fmt: skip
"""The last one ends the window."""


def play_all(wanted):
    try:
        for journey in JOURNEYS:
            if not wanted or journey.__name__ in wanted:
                play(journey)
    finally:
        face.stop()


if __name__ == "__main__":
    thread = threading.Thread(target=play_all, args=(sys.argv[1:],))
    thread.start()
    face.run()
    stopped.set()
    thread.join()
    sys.stdout.write(f"{json.dumps(told)}\n")
