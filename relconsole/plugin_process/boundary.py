"""The plugin boundary: whatever a plugin answers, raises or does ends as one typed message.

Here stands one of the few places of the program that catch every exception: what lies behind it is
a stranger's code.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final, cast

import msgspec

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.plugin_api.context import Context, Plugin, PluginFactory
from relconsole.plugin_api.errors import BadAnswer, NotSupported
from relconsole.plugin_api.frames import Call, Failed
from relconsole.plugin_api.wire import VERBS

_LONGEST_TEXT: Final = 2_000
_log: Final = logging.getLogger("relconsole.plugin")


def load(entry: str) -> PluginFactory:
    """Give what an entry point ``module:name`` names; imports the plugin."""
    module, _, name = entry.partition(":")
    found: object = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return cast("PluginFactory", found)


async def guarded(call: int, work: Awaitable[bytes]) -> bytes | Failed:
    """Give the bytes that the work gives, or the message of its failure."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - the plugin boundary
        return failure_of(call, error)


async def make(entry: str, context: Context) -> Plugin:
    """Give the plugin of a connected system."""
    return load(entry)(context)


async def ask(plugin: Plugin, call: Call) -> bytes:
    """Give the bytes of the plugin's answer to one call, within its deadline and its cap."""
    verb = VERBS.get(call.verb)
    method: object = getattr(plugin, call.verb, None) if verb else None
    if verb is None or not callable(method):
        raise NotSupported(f"This plugin has no {call.verb}.")
    try:
        arguments = verb.arguments(call.arguments)
    except (msgspec.MsgspecError, ValueError) as wrong:
        raise BadAnswer(f"{call.verb} was asked in a form that it does not have") from wrong
    asked = cast("Callable[..., Awaitable[object]]", method)
    try:
        async with asyncio.timeout(call.deadline):
            reply = await asked(*arguments)
    except TimeoutError as late:
        raise WorldIsDown(f"{call.verb} took longer than {call.deadline:g} s") from late
    answer = verb.encode(reply)
    if len(answer) > call.cap:
        raise BadAnswer(f"{call.verb} gave {len(answer)} bytes, more than {call.cap}")
    return answer


def failure_of(call: int, error: Exception) -> Failed:
    """Give the message of an error: the one table by which a plugin's errors travel."""
    kind = type(error).__name__
    match error:
        case PersonMustAct(what=what, why=why, do=do):
            return Failed(
                id=call,
                whose="person",
                kind=kind,
                what=_short(what),
                why=_short(why),
                do=_short(do),
            )
        case WorldIsDown(what=what, retry_after=wait):
            return Failed(id=call, whose="world", kind=kind, what=_short(what), retry_after=wait)
        case _:
            _log.error("the plugin raised %s", type(error).__name__, exc_info=error)
            what = f"the plugin raised {type(error).__name__}: {error}"
            return Failed(id=call, whose="world", what=_short(what))


def raw(answer: bytes) -> msgspec.Raw:
    """Give bytes of JSON as they stand inside a frame."""
    return msgspec.Raw(answer)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]} …"
