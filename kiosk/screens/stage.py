"""Kivy's side of the face: the window, the surface in it, the frames that prove it lives. Kivy's thread only."""

import logging
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from kivy.base import EventLoop, ExceptionHandler, ExceptionManager, runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from kivy.uix.floatlayout import FloatLayout
from kivy.utils import get_color_from_hex

from kiosk.actions import Action
from kiosk.screens.base import Paper
from kiosk.screens.items import Key
from kiosk.screens.looks import Looks
from kiosk.screens.manager import compose
from kiosk.screens.profiles import Profile
from kiosk.screens.reading import sentences
from kiosk.screens.sounds import Sounds
from kiosk.screens.speech import PHRASES, Speech
from kiosk.screens.surface import HOLD_SECONDS, Surface
from kiosk.screens.theme import NIGHT
from kiosk.screens.workbench import Workbench
from kiosk.screens.workbench_column import GROUND, draw_workbench
from kiosk.text import Texts, texts
from kiosk.types import Sound
from kiosk.view_parts import Frame, Say, say
from kiosk.views import (
    Edge,
    HelpView,
    IdleView,
    NoticeView,
    PromptView,
    QuestionView,
    ResultView,
    StillThereView,
    View,
    WeightView,
)

log = logging.getLogger(__name__)

ALIVE_SECONDS = 1.0
LAMP_SECONDS = 0.2
DRIFT_SECONDS = 60.0
HELD_LONGER_SECONDS = 0.1
SHEETS = (HelpView, StillThereView)
AT_ONCE = (ResultView, NoticeView, QuestionView, WeightView, PromptView, *SHEETS)
"""What answers a card or the scale does not fade in, nor does a sheet on a screen that stays."""


class Stage:
    """The window and what is shown in it."""

    def __init__(
        self,
        profile: Profile,
        looks: Looks,
        timezone: tzinfo,
        *,
        intend: Callable[[Action, str], None],
        alive: Callable[[], None],
        monotonic: Callable[[], float],
        bench: Workbench | None = None,
        now: Callable[[], datetime] | None = None,
        touched: Callable[[], bool] | None = None,
    ) -> None:
        self._profile = profile
        self._looks = looks
        self._now = now
        self._hear_touch = touched
        self._timezone = timezone
        self._monotonic = monotonic
        self._alive = alive
        self._next_alive = 0.0
        self._bench = bench
        self._shown: View | None = None
        self._newest: View | None = None
        self._turned = 0
        self._visit = ""
        self._aside = 0
        self._sounds = Sounds(looks.volume)
        self._speech = Speech(looks.volume) if looks.speech and looks.volume > 0 else None
        self._intend = intend
        self.surface = Surface(profile.scale, self._touched, monotonic)
        self.surface.size = (profile.width, profile.height)
        self._column: Surface | None = None
        self._bench_looks: tuple[bool, float] | None = None
        root = FloatLayout()
        root.add_widget(self.surface)
        if bench is not None:
            self._column = Surface(1.0, self._use_tool, monotonic)
            root.add_widget(self._column)
        self.root = root
        self.draw = Clock.create_trigger(self.draw_now)
        self._heartbeat = Clock.schedule_interval(self._ask_frame, ALIVE_SECONDS)
        self._drift = Clock.schedule_interval(self._drift_on, DRIFT_SECONDS)
        self._lamp = Clock.schedule_interval(self._draw_bench, LAMP_SECONDS) if bench else None
        self._guard = _KeepGoing(self)
        ExceptionManager.add_handler(self._guard)
        Window.bind(on_touch_down=self._touch_anywhere)
        Window.bind(on_flip=self._flipped, size=self._arrange, on_key_down=self._key_down)
        self._arrange()

    def run(self) -> None:
        """Show the window until :meth:`stop`."""
        runTouchApp(self.root)

    def stop(self) -> None:
        stopTouchApp()

    def close(self) -> None:
        """Undo what outlives the window. Twice does no harm."""
        Window.unbind(on_touch_down=self._touch_anywhere)
        Window.unbind(on_flip=self._flipped, size=self._arrange, on_key_down=self._key_down)
        ExceptionManager.remove_handler(self._guard)
        self._heartbeat.cancel()
        if self._lamp is not None:
            self._lamp.cancel()
        self._drift.cancel()
        self._sounds.close()
        if self._speech is not None:
            self._speech.close()

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    def offer(self, view: View) -> None:
        """The view to be drawn next; from any thread, as is :attr:`draw`, which asks for it with the next frame."""
        self._newest = view

    def draw_now(self, *_: object) -> None:
        """Draw what was offered last, unless it is what stands there."""
        view = self._newest
        if view is None or view == self._shown:
            return
        before, self._shown = self._shown, view
        if before is None or sentences(before) != sentences(view):
            self._turned = 0
        if view.frame.visit not in {"", self._visit}:
            # A finger may still be on its way to a button of whoever stood here before.
            self._visit = view.frame.visit
            self.surface.let_go()
        if not isinstance(view, IdleView):
            self.surface.drift(0)
        self.surface.show(compose(view, self._paper(view.frame)), fade=self._fades(before, view))

    def _fades(self, before: View | None, view: View) -> bool:
        """Another screen comes softly; what answers a card is there at once, and so is what only changes a figure."""
        if self._looks.less_motion or before is None or type(before) is type(view):
            return False
        return not isinstance(view, AT_ONCE) and not isinstance(before, SHEETS)

    def _touched(self, action: Action, target: str) -> None:
        if action is Action.TURN_PAGE and self._shown is not None:
            self._turned += 1
            self.surface.show(compose(self._shown, self._paper(self._shown.frame)))
        self._intend(action, target)

    def _touch_anywhere(self, *_: object) -> bool:
        """Before any widget hears of it: a touch on dark glass only brings the light back."""
        return self._hear_touch is not None and self._hear_touch()

    def _drift_on(self, _: float) -> None:
        """A picture that stands for hours moves a little, so that it leaves no ghost in the glass."""
        if isinstance(self._shown, IdleView):
            self._aside += 1
            self.surface.drift(self._aside)

    def _paper(self, frame: Frame) -> Paper:
        width, height = self._profile.canvas
        looks = self._looks
        return Paper(
            width,
            height,
            NIGHT if frame.night else looks.theme,
            self._texts(frame).words,
            number=self._turned,
            reader_is=looks.reader_is,
            logo=looks.logo,
        )

    def _texts(self, frame: Frame) -> Texts:
        return texts(frame.language, self._timezone, self._looks.manners)

    def fail(self) -> None:
        """A screen could not be drawn: say so in its place, and stay."""
        frame = self._newest.frame if self._newest is not None else Frame()
        broken = NoticeView(
            frame=Frame(language=frame.language, night=frame.night),
            edge=Edge.SUN,
            icon="tools",
            title=say("broken.generic"),
            body=(say("broken.generic.do"),),
        )
        if self._shown != broken:
            self._shown = broken
            self.surface.show(compose(broken, self._paper(broken.frame)))

    def play(self, sound: Sound) -> None:
        if self._now is None:
            self._sounds.play(sound)
        else:
            self._sounds.play(sound, self._now().astimezone(self._timezone).hour)
        phrase = PHRASES.get(sound)
        if self._speech is not None and phrase is not None:
            frame = self._newest.frame if self._newest is not None else Frame()
            self._speech.speak(self._texts(frame).words(Say(phrase)), frame.language)

    # ── for the tour and the tests ────────────────────────────────────────────────────────────────────────────────

    def export(self, path: Path) -> None:
        """Write what the terminal shows as a PNG."""
        self.surface.settle()
        self.surface.export_to_png(str(path))

    def texts(self) -> tuple[str, ...]:
        return self.surface.scene.texts()

    def find(self, action: Action, target: str) -> Key:
        """The button that asks ``action``, about ``target`` where one is named.

        Raises:
            LookupError: there is none on the screen.
        """
        for key in self.surface.scene.reachable():
            if key.action is action and target in {"", key.target}:
                return key
        raise LookupError(f"no button for {action} {target} is on the screen")

    def touch(self, action: Action, target: str, done: Callable[[Exception | None], None]) -> None:
        """Touch a button as a finger does: down, a frame, up; what wants to be held, for as long as it wants.

        ``done`` hears when it is over.
        """
        wait = self.surface.quiet_until - self._monotonic()
        if wait > 0:
            Clock.schedule_once(lambda _: self.touch(action, target, done), min(wait + 0.01, 0.1))
            return
        self.draw_now()
        seconds = 0.0
        try:
            rect = self.find(action, target).face.rect
        except LookupError as error:
            held = self.surface.scene.find_held(action)
            if held is None:
                done(error)
                return
            rect, seconds = held.rect, HOLD_SECONDS + HELD_LONGER_SECONDS
        x, y = self.surface.window_point(rect.x + rect.w / 2, rect.middle)
        finger = Finger("finger", 1, (x / Window.width, y / Window.height))
        EventLoop.post_dispatch_input("begin", finger)

        until = self._monotonic() + seconds

        def lift(_: float) -> None:
            if self._monotonic() < until:
                Clock.schedule_once(lift, 0.05)
                return
            EventLoop.post_dispatch_input("end", finger)
            done(None)

        Clock.schedule_once(lift, 0)

    # ── the window ────────────────────────────────────────────────────────────────────────────────────────────────

    def _arrange(self, *_: object) -> None:
        # What the terminal leaves free beside the workbench is part of the bench.
        Window.clearcolor = get_color_from_hex(GROUND if self._bench is not None else "#000000")
        wide, tall = self._profile.canvas
        if self._column is None:
            # A display that is not the panel of the profile is filled as far as its shape allows.
            scale = min(Window.width / wide, Window.height / tall)
            self.surface.size = (round(wide * scale), round(tall * scale))
            self.surface.pos = ((Window.width - self.surface.width) // 2, (Window.height - self.surface.height) // 2)
            self.surface.rescale(scale)
        else:
            self.surface.pos = (0, Window.height - self.surface.height)
            left = self.surface.width
            self._column.size = (max(Window.width - left, 1), Window.height)
            self._column.pos = (left, 0)
            self._draw_bench()

    def _ask_frame(self, _: float) -> None:
        # A still screen flips no frame, and a first frame may never have reached the panel: ask for one.
        Window.canvas.ask_update()

    def _flipped(self, *_: object) -> None:
        now = self._monotonic()
        if now >= self._next_alive:
            self._next_alive = now + ALIVE_SECONDS
            self._alive()

    def _draw_bench(self, *_: object) -> None:
        if self._bench is None or self._column is None:
            return
        looks = (self._bench.door_open(), self._column.height)
        if looks != self._bench_looks:
            self._bench_looks = looks
            self._column.show(draw_workbench(self._bench, looks[1], lit=looks[0]))

    def _use_tool(self, _: Action, target: str) -> None:
        if self._bench is not None:
            self._bench.tools()[int(target)].call()

    def _key_down(self, _window: Any, code: int, _scan: int, _text: str | None, _modifiers: list[str]) -> bool:
        if self._bench is None:
            return False
        name = _KEY_NAMES.get(code) or (chr(code) if 32 < code < 127 else "")
        tool = self._bench.by_key(name)
        if tool is None:
            return False
        tool.call()
        return True


_KEY_NAMES = {273: "up", 274: "down", 276: "left", 275: "right", 32: "space", 13: "enter"}
_KEY_NAMES |= {282 + number: f"f{number + 1}" for number in range(12)}


class Finger(MotionEvent):
    """A touch that comes from the program, as shares of the window."""

    def __init__(self, device: str, number: int, place: tuple[float, float]) -> None:
        super().__init__(device, number, place, is_touch=True, type_id="touch")

    def depack(self, args: tuple[float, float]) -> None:
        self.sx, self.sy = args
        self.profile = ["pos"]
        super().depack(args)


class _KeepGoing(ExceptionHandler):
    """An error in a screen is logged and shown; the window stays."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage

    def handle_exception(self, inst: BaseException) -> int:
        if not isinstance(inst, Exception):
            return int(ExceptionManager.RAISE)
        log.error("a screen failed", exc_info=inst)
        self._stage.fail()
        return int(ExceptionManager.PASS)
