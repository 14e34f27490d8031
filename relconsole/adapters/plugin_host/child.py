"""One child process and the frames to and from it; made of callbacks, so it needs no task.

Everything a child can do wrong ends here: bytes that are no frame, answers nobody asked for, parts
out of order or beyond the cap, a flood on standard error, silence, death. Each ends the child, and
with it every call that waits on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar, assert_never

import msgspec

import relconsole
from relconsole.adapters.plugin_host.redaction import Redaction
from relconsole.domain.kernel.errors import PersonMustAct, RelconsoleError, WorldIsDown
from relconsole.plugin_api.errors import PERSON_BY_NAME, WORLD_BY_NAME
from relconsole.plugin_api.frames import (
    Answered,
    Call,
    Close,
    Failed,
    Forget,
    FrameCutter,
    FrameError,
    FromChild,
    Hello,
    Part,
    Ready,
    ToChild,
    framed,
    read_from_child,
)
from relconsole.plugin_api.wire import Question, Verb

Reply = TypeVar("Reply")
START_DEADLINE: Final = 10.0
"""Seconds from start to ready."""

_LARGE: Final = 1 << 18
"""Bytes from which an answer is decoded off the loop."""

_MOST_PENDING: Final = 4 << 20
_LINES_A_MINUTE: Final = 200
_LONGEST_LINE: Final = 2_000
_STDERR_PAUSE: Final = 0.1
_FAREWELL: Final = 1.5
_LAST_WORD: Final = 0.2
_STDIN, _STDOUT, _STDERR = 0, 1, 2
_BEGIN: Final = Path(relconsole.__file__).with_name("plugin_process") / "__main__.py"


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """A call whose answer is awaited, with the parts that have come."""

    answer: asyncio.Future[bytes]
    cap: int
    parts: list[str] = field(default_factory=list[str])
    length: int = 0


class Child(asyncio.SubprocessProtocol):
    """The console's end of one child's pipes."""

    def __init__(self, system: str, redact: Redaction) -> None:
        """Begin before the process runs."""
        loop = asyncio.get_running_loop()
        self.system: Final = system
        self.ready: Final[asyncio.Future[None]] = loop.create_future()
        self.ended: str = ""
        self.ended_at: float = 0.0
        self._exited = asyncio.Event()
        self._redact = redact
        self._log = logging.getLogger(f"relconsole.plugin.{system}")
        self._loop = loop
        self._cutter = FrameCutter()
        self._waiting: dict[int, _Waiting] = {}
        self._forgotten: set[int] = set()
        self._calls = 0
        self._transport: asyncio.SubprocessTransport | None = None
        self._stderr = bytearray()
        self._minute, self._lines = 0.0, 0
        self._overdue = loop.call_later(START_DEADLINE, self._end, "it did not become ready")

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the process."""
        if isinstance(transport, asyncio.SubprocessTransport):
            self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take frames from standard output and lines from standard error."""
        if self.ended:
            return
        if fd == _STDERR:
            self._take_stderr(data)
            return
        try:
            for body in self._cutter.feed(data):
                self._take(read_from_child(self._redact(body)))
        except FrameError as broken:
            self._end(f"it sent what is no frame: {broken}")

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's face
        """End with the child's frames; a process that has ended is about to say how."""
        if fd == _STDOUT:
            self._loop.call_later(_LAST_WORD, self._end, "it closed its pipe")

    def process_exited(self) -> None:
        """End with the process."""
        status = None if self._transport is None else self._transport.get_returncode()
        self._exited.set()
        self._end(f"it ended with status {status}")
        if self._transport is not None:
            # Not sooner: closing looks for the exit itself and takes it from whoever waits for it.
            self._transport.close()

    # What the host calls.

    def greet(self, hello: Hello) -> None:
        """Send the hello, the only frame that holds a secret."""
        self._send(hello)

    async def ask(self, verb: Verb[Reply], question: Question, deadline: float) -> Reply:
        """Give the answer; the child is ended where none came in time.

        Raises WorldIsDown, and PersonMustAct where the plugin says that a person must act.
        """
        self._calls += 1
        call, answer = self._calls, self._loop.create_future()
        arguments = msgspec.Raw(msgspec.json.encode(question))
        # The child is given a little less, so that its own words about the delay arrive in time.
        given = deadline - min(0.5, deadline / 5)
        self._waiting[call] = _Waiting(answer=answer, cap=verb.cap)
        try:
            self._send(
                Call(id=call, verb=verb.name, arguments=arguments, deadline=given, cap=verb.cap)
            )
            async with asyncio.timeout(deadline):
                raw = await answer
        except TimeoutError as late:
            self._end(f"it gave no answer to {verb.name} within {deadline:g} s")
            raise self._down() from late
        except FrameError as long:
            raise PersonMustAct(f"What {verb.name} was asked is too long.", why=str(long)) from long
        except asyncio.CancelledError:
            if call in self._waiting:
                self._forget(call)
            raise
        finally:
            self._waiting.pop(call, None)
        if len(raw) > _LARGE:
            return await asyncio.to_thread(verb.decode, raw)
        return verb.decode(raw)

    async def close(self) -> None:
        """Ask it to end, then end it with all that it started in its process group."""
        if not self.ready.done():
            self._end("it was closed before it was ready")
        with contextlib.suppress(FrameError, WorldIsDown):
            self._send(Close())
        if await self._gone_within(_FAREWELL):
            self._end("it was closed")
            return
        self._end("it would not close")
        await self._gone_within(_FAREWELL)

    async def _gone_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._exited.wait()
        except TimeoutError:
            return False
        return True

    def _send(self, message: ToChild) -> None:
        """Write a frame; WorldIsDown where the child has ended or has stopped reading."""
        pipe = None if self._transport is None else self._transport.get_pipe_transport(_STDIN)
        if self.ended or not isinstance(pipe, asyncio.WriteTransport) or pipe.is_closing():
            raise self._down()
        if pipe.get_write_buffer_size() > _MOST_PENDING:
            self._end("it does not read")
            raise self._down()
        pipe.write(framed(message))

    def _forget(self, call: int) -> None:
        """Tell the child that nobody waits any more; its late answer is then no fault."""
        self._forgotten.add(call)
        with contextlib.suppress(WorldIsDown):
            self._send(Forget(id=call))

    def _down(self) -> WorldIsDown:
        return WorldIsDown(f"The plugin of {self.system} failed: {self.ended}.", system=self.system)

    def _end(self, why: str) -> None:
        """Fail every call and kill the child's process group; only the first reason counts."""
        if self.ended:
            return
        self.ended, self.ended_at = why, self._loop.time()
        self._overdue.cancel()
        for waiting in self._waiting.values():
            if not waiting.answer.done():
                waiting.answer.set_exception(self._down())
                waiting.answer.exception()  # seen: a question that could not be sent is not awaited
        if not self.ready.done():
            self.ready.set_exception(self._down())
            self.ready.exception()  # seen: nobody may be waiting for it
        if self._transport is None:
            return
        # The group outlives its leader while anything it forked still runs. A number just freed is
        # not given out again before all others were, so this never meets a stranger.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._transport.get_pid(), signal.SIGKILL)

    def _take(self, message: FromChild) -> None:
        match message:
            case Ready():
                self._overdue.cancel()
                if self.ready.done():
                    self._end("it became ready twice")
                else:
                    self.ready.set_result(None)
            case Failed(id=0):
                if not self.ready.done():
                    self.ready.set_exception(_error_of(message, self.system))
                    self.ready.exception()
                self._end("it did not start")
            case Answered():
                self._settle(message.id, bytes(message.value))
            case Part():
                self._collect(message)
            case Failed():
                self._settle(message.id, _error_of(message, self.system))
            case _:
                assert_never(message)

    def _settle(self, call: int, outcome: bytes | RelconsoleError) -> None:
        """Give a waiting call its outcome."""
        if call in self._forgotten:
            self._forgotten.discard(call)
            return
        waiting = self._waiting.pop(call, None)
        if waiting is None:
            self._end(f"it answered {call}, which nobody asked")
        elif waiting.answer.done():
            return  # whoever waited has just given up; its call is about to be forgotten
        elif isinstance(outcome, RelconsoleError):
            waiting.answer.set_exception(outcome)
        elif len(outcome) > waiting.cap:
            self._waiting[call] = waiting
            self._end(f"it gave more than {waiting.cap} bytes")
        else:
            waiting.answer.set_result(outcome)

    def _collect(self, part: Part) -> None:
        """Keep one part of a longer answer, and put it together with the last."""
        if part.id in self._forgotten:
            if part.last:
                self._forgotten.discard(part.id)
            return
        waiting = self._waiting.get(part.id)
        if waiting is None or part.number != len(waiting.parts):
            self._end(f"it sent part {part.number} of {part.id}, which does not follow")
            return
        waiting.parts.append(part.text)
        waiting.length += len(part.text)
        if waiting.length > waiting.cap:
            self._end(f"it gave more than {waiting.cap} bytes")
        elif part.last:
            self._settle(part.id, "".join(waiting.parts).encode("utf-8", "surrogatepass"))

    def _take_stderr(self, data: bytes) -> None:
        """Log what the child writes, a line a record, and never faster than people could read."""
        self._stderr += data
        *lines, rest = bytes(self._stderr).split(b"\n")
        self._stderr = bytearray(rest[:_LONGEST_LINE])
        now = self._loop.time()
        if now - self._minute > 60:  # noqa: PLR2004 - a minute
            self._minute, self._lines = now, 0
        for line in lines:
            self._lines += 1
            if self._lines <= _LINES_A_MINUTE:
                said = self._redact(line)[:_LONGEST_LINE].decode("utf-8", "replace")
                self._log.info("%s", "".join(sign if sign.isprintable() else "�" for sign in said))
            elif self._lines == _LINES_A_MINUTE + 1:
                self._log.info("more lines came within a minute and are left out")
        pipe = None if self._transport is None else self._transport.get_pipe_transport(_STDERR)
        if isinstance(pipe, asyncio.ReadTransport) and not pipe.is_closing():
            pipe.pause_reading()
            self._loop.call_later(_STDERR_PAUSE, _resume, pipe)


def _resume(pipe: asyncio.ReadTransport) -> None:
    """Read on after the pause, unless the pipe has closed meanwhile."""
    if not pipe.is_closing():
        pipe.resume_reading()


def _error_of(failed: Failed, system: str) -> RelconsoleError:
    """Give the error that a child's message stands for."""
    if failed.whose == "person":
        person = PERSON_BY_NAME.get(failed.kind, PersonMustAct)
        return person(failed.what, why=failed.why, do=failed.do)
    world = WORLD_BY_NAME.get(failed.kind, WorldIsDown)
    return world(failed.what, system=system, retry_after=failed.retry_after)


async def start_child(
    *,
    system: str,
    redact: Redaction,
    paths: Sequence[str],
    folder: str,
    environment: Mapping[str, str],
) -> Child:
    """Give a child that has been started and not yet greeted."""
    argv = (sys.executable, "-I", "-S", "-X", "utf8", str(_BEGIN), *paths)
    options: dict[str, Any] = {
        "stdin": asyncio.subprocess.PIPE,
        "stdout": asyncio.subprocess.PIPE,
        "stderr": asyncio.subprocess.PIPE,
        "env": dict(environment),
        "cwd": folder,
        "start_new_session": True,
        "umask": 0o077,
    }
    loop = asyncio.get_running_loop()
    _, child = await loop.subprocess_exec(lambda: Child(system, redact), *argv, **options)
    return child
