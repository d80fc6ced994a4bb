"""Writes docs/performance.md from the figures: what was measured, how, and the limit that no program can beat.

Milliseconds of one machine say little of another, so the page gives ratios: to the limit measured in the same run, to
the stock library, to a bare window, and from one size of coop to the next.
"""

from collections.abc import Iterator, Mapping

from measuring import hour_name

Figures = Mapping[str, Mapping[str, float]]

INTRODUCTION = """\
# Performance

<!-- Written by `scripts/bench --docs` from bench.json; edits are lost. -->

What the terminal costs, as ratios. Milliseconds of one machine say little of another; a ratio to what the same machine
could do at best, in the same run, says more. `scripts/bench` measures everything anew and writes `bench.json`, in
milliseconds and megabytes; `scripts/bench --quick` takes a few minutes and leaves the largest coop out;
`scripts/bench --docs` writes this page from it, and measures first where there is no `bench.json`.

The figures below come from a machine with two processors, {company} (load {load_before:.1f} to {load_after:.1f} while
it was measured), and OpenGL drawn in software. A Raspberry Pi 4 runs Python some three to four times slower, and draws
with a GPU.
{truth}
## The limits

| limit | here | how it is measured |
|---|---|---|
| one frame | {frame:.1f} ms | a bare window that asks for a frame all the time; it was told 60 a second |
| one fsync | p50 {fsync:.1f} ms, p99 {fsync_99:.1f} ms | 4,096 bytes appended to a file and synced |
| one SPI transfer | {transfer:.0f} µs by its bits | 16 bits at 1 MHz. The kernel's share makes it some 40 µs on a Pi |
"""

ALONE = "nobody else at work on it"
IN_COMPANY = "others at work on it, so that the middle values (p50) are fair and the worst ones (max) mostly theirs"
BUSY = 1.0
"""From this load on somebody else has taken a processor."""

TAPS = """
*How:* the real reactor, rules, store and door driver; the relay is a simulated line that notes when it is driven; the
disk has the tap when all its facts are committed and synced, beside the middle one of the bare fsyncs tried after each
tap; the frame is the first one flipped with the answer on it.
*While the sync runs* means worse than any day: full rounds one after the other, from a server on the same two
processors. The slow disk is a shim below SQLite's own calls (`tests/store/disk.c`)."""
HOUR = """
*How:* the whole terminal with its window plays a stretch of that hour at its pace ({pace} visits a second at {size:,}
members), at random as people come; the sync runs as in a shop."""
COOP = """
*How:* the terminal without a window, in a process of its own, fetches from the reference server over HTTP on the
loopback until all is known; *the bare download* is the same pages fetched and thrown away. The small sync is a hundred
cards blocked at another terminal. Memory is what the process grew by. A name is looked for as a coordinator types it:
the first letter ever takes the accents off every name, and keeps that for the next."""
JOURNAL = """
With {rows:,} rows in the journal the store opens in {full} times what an empty one takes; after a power cut, when it
checks every page, in {cut} times. A tap is then on the disk in {grown} times what it takes beside an empty journal."""
START = """
*How:* `kiosk run`'s own way from the start of the process, over data that knows the coop, with the server away. The
bare window imports Kivy too, and little else."""
SCREEN = """
*How:* both windows are 800 × 480, each in a process of its own. At rest the terminal draws one frame a second, to prove
that it lives. Software OpenGL keeps its pictures in the process's memory; a GPU keeps them in its own."""
READER = """
*How:* both drivers on the same simulated chip in one run; a transfer is one address and one value on the bus. The
library waits for an answer by asking two thousand times, so that an empty field costs it most. Of a card with seven
bytes it reads three, and it never sees that a card is gone: that is what the other transfers of ours are for."""
OUTBOX = """
A month of {size:,} members without internet ({month:,.0f} rows) would leave the store in {seconds} seconds, were the
server as fast: {rows} rows in the time of one fsync.

*How:* the store hands out rows and closes them, 200 at a time, as the sync does."""
BULK = """
A label is drawn in {drawn} frames, on the printer's own thread, and encoded ({encoded}). From a
reading of the scale to the frame that shows it: {middle} frames (p99 {worst}).

*How:* frames in each scale's own voice, handed over sixteen bytes at a time as a serial port does; the limit is ten
bits a byte on the line."""


class Page:
    """The text, row by row."""

    def __init__(self, report: Mapping) -> None:
        self._figures: Figures = report["figures"]
        self._load = report["load"]
        self._is_quick = report["quick"]
        names = self._figures["sizes"]
        self.sizes = sorted(
            {
                int(part.split()[0])
                for name in names
                for part in name.split(", ")
                if "members" in part and part[0].isdigit()
            }
        )
        self.frame = self._of("screens", "bare window: from frame to frame, ms")
        self.fsync = self._of("limits", "fsync of one page, p50 ms")
        self.transfer = self._of("limits", "SPI: µs a transfer, by its bits alone")

    def _of(self, room: str, name: str) -> float:
        return self._figures[room][name]

    def write(self) -> str:
        """The whole page."""
        truth = "This page was written from a quick run.\n" if self._is_quick else ""
        opening = INTRODUCTION.format(
            company=ALONE if self._load[1] < BUSY else IN_COMPANY,
            load_before=self._load[0],
            load_after=self._load[1],
            truth=truth,
            frame=self.frame,
            fsync=self.fsync,
            fsync_99=self._of("limits", "fsync of one page, p99 ms"),
            transfer=self.transfer,
        )
        parts = (self._taps, self._hour, self._coop, self._start, self._screen, self._reader, self._journal, self._bulk)
        return "\n".join([opening, *("\n".join(part()) + "\n" for part in parts)])

    # ── tables over the size of the coop ──────────────────────────────────────────────────────────────────────────

    def _head(self) -> str:
        sizes = " | ".join(f"{size:,}" for size in self.sizes)
        return f"| members | {sizes} | grows as |\n|---|{'---|' * len(self.sizes)}---|"

    def _sized(self, label: str, room: str, name: str, unit: float = 1.0, exponent: str = "") -> str:
        cells = [_number(self._of(room, name.format(n=size)) / unit) for size in self.sizes]
        grows = f"n^{self._of(room, exponent):.2f}" if exponent else ""
        return f"| {label} | {' | '.join(cells)} | {grows} |"

    def _taps(self) -> Iterator[str]:
        yield "## A tap\n"
        yield "From the moment the reader's thread has the card. Relay in frames, disk in fsyncs, screen in frames.\n"
        yield self._head()
        quiet, busy = "{n} members, {part} ms", "sync running, {n} members, {part} ms"
        for room, kind, when, label in (
            ("terminal", "tap → relay", quiet, "to the relay"),
            ("terminal", "tap → on the disk", quiet, "to the disk"),
            ("sizes", "tap → relay", busy, "to the relay while the sync runs"),
            ("sizes", "tap → on the disk", busy, "to the disk while the sync runs"),
            ("sizes", "tap → frame", busy, "to the screen while the sync runs"),
        ):
            disk = kind == "tap → on the disk"
            beside = "bare fsync beside the taps" if when is quiet else "bare fsync"
            for part in ("p50", "p99", "max"):
                cells = []
                for size in self.sizes:
                    unit = self._of(room, f"{beside}, {when.format(n=size, part='p50')}") if disk else self.frame
                    cells.append(_number(self._of(room, f"{kind}, {when.format(n=size, part=part)}") / unit))
                exponent = f"{kind}{'' if when is quiet else ', sync running'}, growth exponent over members"
                slope = self._figures[room].get(exponent) if part == "p50" else None
                grows = "" if slope is None else f"n^{slope:.2f}"
                yield f"| {label}, in {'fsyncs' if disk else 'frames'}, {part} | {' | '.join(cells)} | {grows} |"
        slow = self._of("terminal", "tap → relay, 800 members, a sync takes 200 ms, p50 ms") / self.frame
        slow_disk = self._of("terminal", "tap → on the disk, 800 members, a sync takes 200 ms, p50 ms") / 200
        yield (
            f"\nOn a disk that takes 200 ms for every sync: {_number(slow)} frames to the relay, "
            f"{_number(slow_disk)} syncs to the disk. Nobody at the door waits for it.\n"
        )
        yield TAPS.lstrip()

    def _hour(self) -> Iterator[str]:
        size = self.sizes[-1]
        visits = self._by_part("visits a day", size)
        yield "## A day's visits in one hour\n"
        yield self._head()
        for label, part in (
            ("visits a day (100 a member and year)", "visits a day"),
            ("to the screen, in frames, p50", "tap → frame, p50 ms"),
            ("to the screen, in frames, p99", "tap → frame, p99 ms"),
            ("visitors who came before the one ahead was answered, %", "came before the one before was answered, %"),
            ("of one processor, %", "% of a core"),
            ("memory grown by, MB", "memory grown by, MB"),
        ):
            unit = self.frame if "frames" in label else 1.0
            cells = [_number(self._by_part(part, each) / unit) for each in self.sizes]
            yield f"| {label} | {' | '.join(cells)} | |"
        yield HOUR.format(pace=_number(visits / 3600), size=size)

    def _by_part(self, part: str, size: int) -> float:
        """A figure of the hour."""
        return self._figures["sizes"][hour_name(part, size)]

    def _coop(self) -> Iterator[str]:
        yield "## The size of the coop\n"
        yield self._head()
        rows = (
            (
                "full sync, times the bare download",
                "full sync, {n} members, times the bare download of its pages",
                1.0,
                "",
            ),
            ("full sync, seconds", "full sync, {n} members, ms", 1000, "full sync"),
            ("its processor time, seconds", "full sync, {n} members, processor ms", 1000, "full sync"),
            ("small sync (100 cards), in frames", "small sync, {n} members, ms", self.frame, "small sync"),
            ("nothing new, in frames", "sync with nothing new, {n} members, ms", self.frame, ""),
            ("memory of what is known, MB", "memory of what is known, {n} members, MB", 1.0, "memory of what is known"),
            ("most during the first sync, MB", "peak during the first sync, {n} members, MB", 1.0, ""),
            (
                "the whole terminal with its window, MB",
                "whole terminal with its window, memory, {n} members, MB",
                1.0,
                "",
            ),
            ("snapshot on the disk, MB", "snapshot on the disk, {n} members, MB", 1.0, ""),
        )
        for label, name, unit, grows in rows:
            exponent = f"{grows}, growth exponent over members" if grows else ""
            yield self._sized(label, "sizes", name, unit, exponent)
        search = "name searched, {n} members, "
        yield self._sized("a name, first letter ever, in frames", "terminal", search + "first letter ms", self.frame)
        yield self._sized("a name, each letter after it, in frames", "terminal", search + "next letters ms", self.frame)
        yield COOP

    def _start(self) -> Iterator[str]:
        bare = self._of("screens", "bare window: first frame, ms")
        yield "## The start\n"
        yield self._head()
        grows = "{}, growth exponent over members"
        for label, name in (
            ("to the first frame", "start → first frame"),
            ("to the first card that opens", "start → a card opens"),
        ):
            yield self._sized(
                f"{label}, times a bare window's first frame",
                "sizes",
                f"{name}, {{n}} members, ms",
                bare,
                grows.format(name),
            )
        empty = self._of("terminal", "store opened, empty journal, ms")
        rows = next(int(name.split()[2]) for name in self._figures["terminal"] if name.startswith("store opened, 1"))
        full = self._of("terminal", f"store opened, {rows} rows, ms")
        cut = self._of("terminal", f"store opened, {rows} rows, after a power cut, ms")
        grown = self._of("terminal", f"tap → on the disk, 800 members, {rows} rows, p50 ms") / self._of(
            "terminal", "tap → on the disk, 800 members, p50 ms"
        )
        yield JOURNAL.format(rows=rows, full=_number(full / empty), cut=_number(cut / empty), grown=_number(grown))
        yield START

    # ── the rest ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _screen(self) -> Iterator[str]:
        bare, ours = "bare window: ", "kiosk window: "
        touch = [self._of("screens", f"{ours}touch → frame, {part} ms") / self.frame for part in ("p50", "p99", "max")]
        memory = self._of("screens", ours + "memory, MB") - self._of("screens", bare + "memory, MB")
        shown = self._of("screens", ours + "memory once every screen was shown twice, MB") - self._of(
            "screens", bare + "memory, MB"
        )
        yield "## The screen\n"
        yield "| | |\n|---|---|"
        yield f"| touch to frame, in frames (p50, p99, max) | {', '.join(map(_number, touch))} |"
        rest = [self._of("screens", kind + "at rest, % of a core") for kind in (ours, bare)]
        yield f"| at rest, % of one processor (a bare window) | {_number(rest[0])} ({_number(rest[1])}) |"
        yield f"| memory more than a bare window, idle screen | {_number(memory)} MB |"
        yield f"| the same, once every screen was shown twice | {_number(shown)} MB |"
        yield SCREEN

    def _reader(self) -> Iterator[str]:
        yield "## The card reader, beside the stock library\n"
        yield "| | kiosk, transfers | `mfrc522`, transfers | kiosk : `mfrc522` | at best, by the bits |"
        yield "|---|---|---|---|---|"
        for what in ("empty poll", "read of a 4-byte card", "read of a 7-byte card"):
            ours, stock = (self._of("cards", f"{what}: transfers, {whose}") for whose in ("kiosk", "mfrc522"))
            yield (
                f"| {what} | {ours:,.0f} | {stock:,.0f} | {_number(ours / stock)} | "
                f"{_number(ours * self.transfer / 1000)} ms |"
            )
        yield READER

    def _journal(self) -> Iterator[str]:
        rate = self._of("terminal", "outbox drained, rows a second")
        month = self.sizes[-1] * 100 / 12
        yield "## The outbox\n"
        yield OUTBOX.strip().format(
            size=self.sizes[-1],
            month=month,
            seconds=_number(month / rate),
            rows=_number(rate * self.fsync / 1000),
        )

    def _bulk(self) -> Iterator[str]:
        yield "## The bulk station\n"
        yield "| decoder | times a 9600 baud line that is never silent |\n|---|---|"
        for name, rate in self._figures["vrac"].items():
            if name.startswith("frames a second, "):
                protocol = name.removeprefix("frames a second, ")
                line = self._of("vrac", f"frames a second that fit a 9600 baud line, {protocol}")
                yield f"| `{protocol}` | {rate / line:,.0f} |"
        drawn = self._of("vrac", "label drawn, p50 ms") / self.frame
        encoded = ", ".join(
            f"{language} {_number(self._of('vrac', f'label encoded as {language}, p50 ms') / self.frame)}"
            for language in ("zpl", "tspl", "escpos")
        )
        view = [self._of("vrac", f"reading → frame, {part} ms") / self.frame for part in ("p50", "p99")]
        yield BULK.format(drawn=_number(drawn), encoded=encoded, middle=_number(view[0]), worst=_number(view[1]))


def _number(value: float) -> str:
    """Two figures that count, without a tail of zeroes."""
    if 0 < value < 0.01:
        return "under 0.01"
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"
