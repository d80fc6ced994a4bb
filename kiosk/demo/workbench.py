"""What the workbench beside the demo's terminal can do: cards, scale, door, plugs, network and clock."""

import threading
from collections.abc import Callable

from kiosk.demo.cast import CAST, STRANGER_CARD
from kiosk.demo.room import Room
from kiosk.screens.workbench import Tool, ToolGroup, Workbench

LAY_SECONDS = 0.7
"""So long a card lies on the reader: a tap."""


def workbench(room: Room, reset_door: Callable[[], None]) -> Workbench:
    """The tools of one room. ``reset_door`` is what a person does once the green box is shut again."""
    return Workbench(
        groups=_groups(room, reset_door),
        door_open=lambda: room.door.is_unlocked,
        lamp_on="Porte : déverrouillée",
        lamp_off="Porte : verrouillée",
    )


def _groups(room: Room, reset_door: Callable[[], None]) -> tuple[ToolGroup, ...]:
    return (
        ToolGroup(title="Cartes", tools=_cards(room)),
        ToolGroup(
            title="Balance",
            tools=(
                Tool(label="Bocal 352 g", key="up", call=lambda: room.scale.place(352)),
                Tool(label="Petit pot 18 g", key="", call=lambda: room.scale.place(18)),
                Tool(label="Trop lourd", key="", call=room.scale.overload),
                Tool(label="Vider le plateau", key="down", call=room.scale.remove),
                Tool(label="Sous zéro", key="", call=lambda: room.scale.drift(-40)),
                Tool(label="Remettre à zéro", key="", call=lambda: room.scale.drift(0)),
                Tool(label="Muette 5 s", key="", call=lambda: room.scale.mute(5)),
                Tool(label="Table bancale", key="", call=room.scale.tremble),
                Tool(label="Table calée", key="", call=lambda: room.scale.tremble(on=False)),
                Tool(label="Bruit sur la ligne", key="", call=room.scale.garbage),
                Tool(label="Ligne hachée", key="", call=lambda: _chop(room)),
                Tool(label="Parité fausse", key="", call=room.scale.set_parity),
                Tool(label="Ligne saine", key="", call=lambda: _mend_line(room)),
            ),
        ),
        ToolGroup(
            title="Imprimante",
            tools=(
                Tool(label="Enlever le papier", key="", call=room.printer.take_paper_out),
                Tool(label="Mettre un rouleau", key="", call=room.printer.load_paper),
                Tool(label="Ouvrir le capot", key="", call=room.printer.open_cover),
                Tool(label="Fermer le capot", key="", call=room.printer.close_cover),
                Tool(label="Éteindre", key="", call=room.printer.unplug),
                Tool(label="Allumer", key="", call=room.printer.plug),
            ),
        ),
        ToolGroup(
            title="Porte",
            tools=(
                Tool(label="Pousser", key="o", call=lambda: _push(room)),
                Tool(label="Forcer", key="", call=room.door.force_open),
                Tool(label="Refermer", key="c", call=room.door.pull_shut),
                Tool(label="Bouton de sortie", key="", call=lambda: _press_exit(room)),
                Tool(label="Boîtier vert", key="", call=room.door.raise_fire),
                Tool(label="Fermer le boîtier", key="", call=room.door.end_fire),
                Tool(label="Réarmer la porte", key="", call=reset_door),
            ),
        ),
        ToolGroup(
            title="Prises",
            tools=(
                Tool(label="Débrancher le lecteur", key="f5", call=room.unplug_reader),
                Tool(label="Rebrancher le lecteur", key="f7", call=room.plug_reader),
                Tool(label="Débrancher la balance", key="f8", call=room.scale.unplug),
                Tool(label="Rebrancher la balance", key="f9", call=room.scale.plug),
                Tool(label="Couper le réseau", key="f6", call=room.cut_network),
                Tool(label="Rétablir le réseau", key="f10", call=room.mend_network),
            ),
        ),
        ToolGroup(
            title="Horloge",
            tools=(
                Tool(label="+ 1 minute", key="", call=lambda: room.clock.advance(60)),
                Tool(label="+ 1 heure", key="", call=lambda: room.clock.advance(3600)),
            ),
        ),
    )


def _cards(room: Room) -> tuple[Tool, ...]:
    keyed = [person for person in CAST if person.key is not None]
    people = [
        Tool(label=f"{person.first_name} ({person.kind.value})", key=str(person.key), call=_tap(room, person.card))
        for person in keyed
    ]
    return (*people, Tool(label="Carte inconnue", key="9", call=_tap(room, STRANGER_CARD)))


def _tap(room: Room, card_id: str) -> Callable[[], None]:
    def tap() -> None:
        room.lay_card(card_id)
        timer = threading.Timer(LAY_SECONDS, room.lift_card, (card_id,))
        timer.daemon = True
        timer.start()

    return tap


def _chop(room: Room) -> None:
    """Two answers at a time, a byte at a time."""
    room.scale.glue(2)
    room.scale.split(1)


def _mend_line(room: Room) -> None:
    room.scale.glue(1)
    room.scale.split(0)
    room.scale.set_parity(on=False)


def _press_exit(room: Room) -> None:
    room.door.press_exit()
    timer = threading.Timer(LAY_SECONDS, room.door.let_go_exit)
    timer.daemon = True
    timer.start()


def _push(room: Room) -> None:
    room.door.push_open()
