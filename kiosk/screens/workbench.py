"""The column of tools beside the terminal in the demo window. It knows no device: a tool is a word and a call."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One thing that can be done to the world; ``key`` names its key on the keyboard (``1``, ``up``, ``f5``)."""

    label: str
    key: str
    call: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolGroup:
    title: str
    tools: tuple[Tool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """The tools, and the lamp that is lit while the door is unlocked."""

    groups: tuple[ToolGroup, ...]
    door_open: Callable[[], bool]
    lamp_on: str = "Door: unlocked"
    lamp_off: str = "Door: locked"

    def tools(self) -> tuple[Tool, ...]:
        return tuple(tool for group in self.groups for tool in group.tools)

    def by_key(self, key: str) -> Tool | None:
        return next((tool for tool in self.tools() if tool.key == key), None)
