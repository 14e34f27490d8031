"""The child's life: hello, a plugin, calls until the pipe closes.

The pipe is moved off the standard streams first, so that a plugin that prints writes to standard
error and never into a frame. Answers are written without buffering: a console that does not read
makes the child wait, not grow.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from typing import Final, assert_never, cast

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.json import JsonObject
from relconsole.plugin_api.context import Context, Plugin
from relconsole.plugin_api.frames import (
    LONGEST_FRAME,
    Answered,
    Call,
    Close,
    Failed,
    Forget,
    FrameCutter,
    FrameError,
    FromChild,
    Hello,
    Ready,
    ToChild,
    framed,
    parts_of,
    read_to_child,
)
from relconsole.plugin_api.manifest import Credential
from relconsole.plugin_api.secret import Secret
from relconsole.plugin_process import boundary, clock
from relconsole.plugin_process.guarded_http import GuardedHttp
from relconsole.plugin_process.limits import end_with, limit_resources
from relconsole.plugin_process.tasks import Tasks

_ROOM: Final = 1_024
"""Bytes of a frame that are not the answer in it."""


class Session:
    """One console on the other end of the pipe, one plugin on this."""

    def __init__(self, tasks: Tasks, send: Callable[[bytes], None], ended: asyncio.Event) -> None:
        """Begin before the hello."""
        self._tasks = tasks
        self._send = send
        self._ended = ended
        self._plugin: Plugin | None = None
        self._http: GuardedHttp | None = None

    def take(self, message: ToChild) -> None:
        """Do what a message of the console asks."""
        match message:
            case Hello():
                self._tasks.start("hello", self._begin(message))
            case Call():
                self._tasks.start(f"call {message.id}", self._answer(message))
            case Forget():
                self._tasks.cancel(f"call {message.id}")
            case Close():
                self._ended.set()
            case _:
                assert_never(message)

    async def close(self) -> None:
        """Let the plugin let go, within a second; one that will not is left to its end."""
        await boundary.guarded(0, self._let_go())

    async def _let_go(self) -> bytes:
        async with asyncio.timeout(1):
            if self._plugin is not None:
                await self._plugin.close()
            if self._http is not None:
                await self._http.close()
        return b""

    async def _begin(self, hello: Hello) -> None:
        made = await boundary.guarded(0, self._make(hello))
        if isinstance(made, Failed):
            self._tell(made)
            self._ended.set()
        else:
            self._tell(Ready(pid=os.getpid()))

    async def _make(self, hello: Hello) -> bytes:
        limit_resources(hello.memory)
        secret = None if hello.secret is None else Secret(hello.secret)
        credential = Credential(hello.credential)
        self._http = GuardedHttp(hello.url, secret=secret, credential=credential)
        context = Context(
            system=SystemId(hello.system),
            url=hello.url,
            settings=cast("JsonObject", hello.settings),
            folder=hello.folder,
            secret=secret,
            http=self._http,
            now=clock.now,
        )
        self._plugin = await boundary.make(hello.entry, context)
        return b""

    async def _answer(self, call: Call) -> None:
        if self._plugin is None:
            self._tell(Failed(id=call.id, whose="world", what="asked before the hello"))
            return
        given = await boundary.guarded(call.id, boundary.ask(self._plugin, call))
        if isinstance(given, Failed):
            self._tell(given)
        elif len(given) <= LONGEST_FRAME - _ROOM:
            self._tell(Answered(id=call.id, value=boundary.raw(given)))
        else:
            for part in parts_of(call.id, given):
                self._tell(part)

    def _tell(self, message: FromChild) -> None:
        self._send(framed(message))


class _Inlet(asyncio.Protocol):
    """Cuts what comes through the pipe into messages for a session."""

    def __init__(self, session: Session, ended: asyncio.Event) -> None:
        self._session = session
        self._ended = ended
        self._cutter = FrameCutter()

    def data_received(self, data: bytes) -> None:
        """Hand each whole frame on; a broken one ends the child."""
        try:
            for body in self._cutter.feed(data):
                self._session.take(read_to_child(body))
        except FrameError:
            self._ended.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's face
        """End with the console."""
        self._ended.set()


async def serve(inlet: int, outlet: int) -> None:
    """Answer the console on these two ends of pipes until it closes."""
    ended = asyncio.Event()

    def send(frame: bytes) -> None:
        rest = memoryview(frame)
        while rest:
            rest = rest[os.write(outlet, rest) :]

    async with Tasks() as tasks:
        session = Session(tasks, send, ended)
        loop = asyncio.get_running_loop()
        with os.fdopen(inlet, "rb", buffering=0) as pipe:
            transport, _ = await loop.connect_read_pipe(lambda: _Inlet(session, ended), pipe)
            await ended.wait()
            await session.close()
            transport.close()


def main() -> None:
    """Run the child until the console lets go of it."""
    inlet, outlet = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    end_with(inlet)
    asyncio.run(serve(inlet, outlet))
