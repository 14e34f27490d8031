"""Each behaviour is a method; those named ``at_start_`` happen while the plugin is made."""

import asyncio
import ctypes
import fcntl
import os
import signal
import stat
import struct
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from relconsole.plugin_api.context import Context
from relconsole.plugin_api.monitoring import QueryAnswer, Sample

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _frames() -> int:
    """Find the pipe of the frames, which a plugin is not given."""
    for number in range(3, 64):
        try:
            is_pipe = stat.S_ISFIFO(os.fstat(number).st_mode)
            is_written = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY
        except OSError:
            continue
        if is_pipe and is_written:
            return number
    raise LookupError


def _send(body: bytes) -> None:
    os.write(_frames(), struct.pack(">I", len(body)) + body)


class Plugin:
    """Does what its setting says."""

    def __init__(self, context: Context) -> None:
        """Do what is done at the start."""
        self._context = context
        self._behaviour = str(context.settings["behaviour"])
        if self._behaviour.startswith("at_start_"):
            getattr(self, self._behaviour)()

    async def check(self) -> str:
        """Answer as if nothing were."""
        return "all is well"

    async def close(self) -> None:
        """Stay, where it is told to."""
        if self._behaviour == "will_not_close":
            time.sleep(600)

    async def query(self, query: str) -> QueryAnswer:
        """Do it."""
        outcome = getattr(self, self._behaviour)()
        return await outcome if asyncio.iscoroutine(outcome) else outcome

    def at_start_raises(self) -> None:
        raise RuntimeError("no start today")

    def at_start_exits(self) -> None:
        os._exit(7)

    def at_start_hangs(self) -> None:
        time.sleep(600)

    def at_start_leaves(self) -> None:
        sys.exit(3)

    def behaves(self) -> QueryAnswer:
        return QueryAnswer(samples=(Sample(value=1.0, at=_NOW),))

    will_not_close = behaves

    def busy_for_ever(self) -> None:
        while True:
            pass

    def holds_the_interpreter(self) -> None:
        ctypes.PyDLL(None).sleep(600)

    async def sleeps_for_ever(self) -> None:
        await asyncio.Event().wait()

    async def swallows_its_cancellation(self) -> None:
        while True:
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                continue

    def stops_itself(self) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    def dies(self) -> None:
        os._exit(0)

    def is_killed(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def crashes(self) -> None:
        ctypes.string_at(0)

    def raises(self) -> None:
        raise ZeroDivisionError("an odd thing")

    def raises_its_secret(self) -> None:
        raise ValueError(self._context.secret.reveal() if self._context.secret else "none")

    def prints_its_secret(self) -> QueryAnswer:
        print(self._context.secret.reveal() if self._context.secret else "none", flush=True)
        return self.behaves()

    def cancels_itself(self) -> None:
        raise asyncio.CancelledError

    def leaves(self) -> None:
        sys.exit(5)

    def recurses(self) -> None:
        self.recurses()

    def answers_another_type(self) -> dict[str, int]:
        return {"samples": 3}

    def answers_wrong_fields(self) -> QueryAnswer:
        return QueryAnswer(samples=(Sample(value="high", at=_NOW),))  # type: ignore[arg-type]

    def answers_ten_megabytes(self) -> QueryAnswer:
        return QueryAnswer(samples=(Sample(labels={"x": "y" * 10_000_000}, value=1.0, at=_NOW),))

    def eats_memory(self) -> None:
        held = []
        while True:
            held.append(bytearray(1 << 26))

    def forks(self) -> None:
        pids = []
        for _ in range(5):
            pid = os.fork()
            if pid == 0:
                time.sleep(600)
                os._exit(0)
            pids.append(str(pid))
        Path(self._context.folder, "pids").write_text(" ".join(pids))
        os._exit(0)

    def opens_files_without_end(self) -> None:
        held = []
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))

    def sends_garbage(self) -> None:
        os.write(_frames(), b"\xff\xfe garbage \x00" * 1000)
        time.sleep(600)

    def sends_no_json(self) -> None:
        _send(b"<html>")
        time.sleep(600)

    def sends_an_endless_frame(self) -> None:
        os.write(_frames(), struct.pack(">I", 1 << 20) + b"[")
        time.sleep(600)

    def announces_four_gigabytes(self) -> None:
        os.write(_frames(), struct.pack(">I", 0xFFFFFFFF))
        time.sleep(600)

    def answers_what_nobody_asked(self) -> None:
        _send(b'{"type":"answered","id":4711,"value":1}')
        time.sleep(600)

    def sends_parts_out_of_order(self) -> None:
        _send(b'{"type":"part","id":1,"number":5,"last":true,"text":"1"}')
        time.sleep(600)

    def sends_parts_without_end(self) -> None:
        text = b"x" * 500_000
        for number in range(10_000):
            _send(b'{"type":"part","id":1,"number":%d,"last":false,"text":"%s"}' % (number, text))

    def floods_frames(self) -> None:
        pipe = _frames()
        frame = struct.pack(">I", 24) + b'{"type":"ready","pid":1}'
        while True:
            os.write(pipe, frame * 1000)

    def floods_standard_error(self) -> None:
        while True:
            os.write(2, b"flood " * 10_000 + b"\n")

    def prints_much(self) -> QueryAnswer:
        print("noise " * 100)
        return self.behaves()

    def closes_its_pipe(self) -> None:
        os.close(_frames())
        time.sleep(600)

    def nests_deeply(self) -> None:
        _send(b"[" * 500_000)
        time.sleep(600)
