"""What a full and a small round of the sync take, without a window: ``URL FOLDER``, as a process of its own."""

import json
import sys
import time
from pathlib import Path

import requests
from assembled import Assembled, Line
from measuring import Figures, peak_mb, resident_mb, wait_until
from sizes_server import OTHER_TOKEN, TOKEN

from kiosk.backends.base import Accepted
from kiosk.backends.rest import RestBackend
from kiosk.clock import SystemClock, moment
from kiosk.ids import FactIds
from kiosk.types import Card, Fact, FactKind

CHANGED = 100
RARELY = 1e6


def main() -> None:
    """Measure, and print the figures."""
    url, folder = sys.argv[1], Path(sys.argv[2])
    terminal = Assembled(folder, Line(url, TOKEN, interval_seconds=RARELY, full_every_seconds=RARELY))
    knowledge = terminal.reactor.knowledge
    before, worked = resident_mb(), time.process_time()
    began = time.perf_counter()
    terminal.start()
    wait_until(lambda: knowledge.as_of is not None, 0.002)
    figures: Figures = {
        "seconds": time.perf_counter() - began,
        "processor seconds": time.process_time() - worked,
        "memory, MB": resident_mb() - before,
        "peak, MB": peak_mb() - before,
        "members": len(knowledge.members),
    }
    terminal.store.cursor().result(60)
    figures["file, MB"] = sum(file.stat().st_size for file in folder.glob("snapshot.db*")) / 1e6
    figures["delta"] = delta(terminal, url)
    figures["nothing new"] = nothing_new(terminal)
    terminal.close()
    figures["download alone"] = download(url)
    print(json.dumps(figures))


def download(url: str) -> float:
    """Seconds to fetch the same pages and do nothing with them but find out what the next one is called."""
    headers, cursor = {"Authorization": f"Bearer {TOKEN}"}, ""
    began = time.perf_counter()
    with requests.Session() as session:
        session.trust_env = False
        while True:
            answer = session.get(f"{url}/v1/snapshot", params={"cursor": cursor}, headers=headers, timeout=60)
            page = answer.json()
            if page.get("last"):
                return time.perf_counter() - began
            cursor = page["cursor"]


def delta(terminal: Assembled, url: str) -> float:
    """Seconds until cards that another terminal has blocked are blocked here too."""
    cards = list(terminal.reactor.knowledge.cards.values())[:CHANGED]
    tell(url, cards)
    last = cards[-1].hash
    began = time.perf_counter()
    terminal.sync.wake(fetch=True)
    wait_until(lambda: terminal.reactor.knowledge.cards[last].blocked, 0.001)
    return time.perf_counter() - began


def tell(url: str, cards: list[Card]) -> None:
    """Block them at another terminal of the coop."""
    clock, new_id = SystemClock(), FactIds()
    backend = RestBackend(url, OTHER_TOKEN, clock, key_id="demo")
    for card in cards:
        fact = Fact(
            id=new_id(clock.now()),
            kind=FactKind.CARD_BLOCKED,
            happened=moment(clock),
            member_id=card.member_id,
            details={"card": card.hash},
        )
        assert isinstance(backend.deliver(fact), Accepted)
    backend.close()


def nothing_new(terminal: Assembled) -> float:
    """Seconds until the server has said that nothing changed."""
    knowledge = terminal.reactor.knowledge
    before, began = knowledge.as_of, time.perf_counter()
    terminal.sync.wake(fetch=True)
    wait_until(lambda: knowledge.as_of != before, 0.001)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
