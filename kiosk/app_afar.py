"""What looks at the terminal from afar, from the configuration. A part of the composition root: holds no logic."""

from collections.abc import Callable
from functools import partial

from kiosk import __version__
from kiosk.afar import prometheus
from kiosk.afar.alarms import Change, Limits
from kiosk.afar.lookout import Lookout
from kiosk.afar.readings import read
from kiosk.afar.webhook import Post, Webhook, sentence_key
from kiosk.clock import Clock
from kiosk.config import Config
from kiosk.events import Event
from kiosk.store.thread import Store
from kiosk.text import Manners, texts
from kiosk.view_parts import Say


def make_lookout(config: Config, clock: Clock, store: Store) -> Lookout:
    """It always looks, for ``kiosk status``; what it passes on is configured."""
    afar = config.afar
    return Lookout(
        clock,
        afar.every_seconds,
        partial(read, config.terminal.data_dir, store.oldest_waiting),
        publish=None if afar.textfile is None else partial(prometheus.write, afar.textfile),
        webhook=make_webhook(config, clock),
    )


def make_webhook(config: Config, clock: Clock) -> Webhook | None:
    """Who tells of alarms, where an address is configured."""
    afar = config.afar
    if afar.webhook is None:
        return None
    limits = Limits(
        lost_seconds=afar.lost_seconds,
        queue_seconds=afar.queue_minutes * 60,
        knowledge_seconds=afar.knowledge_hours * 3600,
        hot_celsius=afar.hot_celsius,
        free_bytes=afar.free_megabytes * 1_000_000,
    )
    common = {"terminal": config.terminal.name, "version": __version__}
    return Webhook(Post(afar.webhook.reveal()), clock, limits, common, _words(config))


def _words(config: Config) -> Callable[[Change | None], str]:
    terminal = config.terminal
    manners = Manners(tutoiement=terminal.tutoiement, inclusive_sign=terminal.inclusive_sign)
    spoken = texts(terminal.language, terminal.timezone, manners)
    return lambda change: spoken.words(Say(sentence_key(change)))


def overheard(lookout: Lookout, post: Callable[[Event], None]) -> Callable[[Event], None]:
    """``post``, heard by whoever tells of alarms."""
    webhook = lookout.webhook
    if webhook is None:
        return post

    def post_and_tell(event: Event) -> None:
        post(event)
        webhook.hear(event)

    return post_and_tell
