"""Which layout draws which view."""

from collections.abc import Callable
from typing import Any, Final

from kiosk.screens.base import Paper
from kiosk.screens.checks import draw_checks
from kiosk.screens.choices import draw_choices
from kiosk.screens.code import draw_code
from kiosk.screens.gestures import draw_gestures
from kiosk.screens.glass import draw_glass
from kiosk.screens.idle import draw_idle
from kiosk.screens.items import Scene
from kiosk.screens.jar import draw_jar
from kiosk.screens.keyboard import draw_keyboard
from kiosk.screens.keypad import draw_keypad
from kiosk.screens.log import draw_log
from kiosk.screens.notice import draw_notice
from kiosk.screens.plain import draw_plain
from kiosk.screens.prompt import draw_prompt
from kiosk.screens.question import draw_question
from kiosk.screens.result import draw_result
from kiosk.screens.rollcall import draw_roll_call
from kiosk.screens.settle import draw_to_settle
from kiosk.screens.sheets import draw_help, draw_still_there
from kiosk.screens.shifts import draw_shifts
from kiosk.screens.signup import draw_sign_up
from kiosk.screens.tiles import draw_tiles
from kiosk.screens.weighing import draw_weight
from kiosk.views import (
    ChecksView,
    ChoicesView,
    CodeView,
    GesturesView,
    GlassView,
    HelpView,
    IdleView,
    JarView,
    KeyboardView,
    KeypadView,
    LogView,
    NoticeView,
    PromptView,
    QuestionView,
    ResultView,
    RollCallView,
    ShiftsView,
    SignUpView,
    StillThereView,
    TextView,
    TilesView,
    ToSettleView,
    View,
    WeightView,
)

LAYOUTS: Final[dict[type, Callable[[Any, Paper], Scene]]] = {
    ChecksView: draw_checks,
    ChoicesView: draw_choices,
    CodeView: draw_code,
    GesturesView: draw_gestures,
    GlassView: draw_glass,
    HelpView: lambda view, paper: draw_help(view, paper, compose),
    IdleView: draw_idle,
    JarView: draw_jar,
    KeyboardView: draw_keyboard,
    KeypadView: draw_keypad,
    LogView: draw_log,
    NoticeView: draw_notice,
    PromptView: draw_prompt,
    QuestionView: draw_question,
    ResultView: draw_result,
    RollCallView: draw_roll_call,
    ShiftsView: draw_shifts,
    SignUpView: draw_sign_up,
    StillThereView: lambda view, paper: draw_still_there(view, paper, compose),
    TextView: draw_plain,
    TilesView: draw_tiles,
    ToSettleView: draw_to_settle,
    WeightView: draw_weight,
}


def compose(view: View, paper: Paper) -> Scene:
    """The scene of a view."""
    return LAYOUTS[type(view)](view, paper)
