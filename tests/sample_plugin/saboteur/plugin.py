"""Each behaviour is a method; those named ``at_start_`` happen while the plugin is made."""

import asyncio
import ctypes
import fcntl
import os
import shutil
import signal
import stat
import struct
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

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


class _Unspeakable(Exception):
    """An error that cannot even be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


class Plugin:
    """Does what its setting says."""

    def __init__(self, context: Context) -> None:
        """Do what is done at the start."""
        self._context = context
        self._behaviour = str(context.settings["behaviour"])
        self._asked = 0
        if self._behaviour.startswith("at_start_"):
            self._mark()
            getattr(self, self._behaviour)()

    async def check(self) -> str:
        """Answer as if nothing were."""
        self._asked += 1
        return "all is well"

    async def close(self) -> None:
        """Stay, where it is told to."""
        if self._behaviour == "will_not_close":
            time.sleep(600)
        if self._behaviour == "raises_when_closed":
            raise RuntimeError("not now")

    async def query(self, query: str) -> QueryAnswer:
        """Do it."""
        self._asked += 1
        self._mark()
        outcome = getattr(self, self._behaviour)()
        return await outcome if asyncio.iscoroutine(outcome) else outcome

    def _mark(self) -> None:
        """Leave word beside the working folder that it has come to this."""
        Path(self._context.folder).with_suffix(".reached").touch()

    def _answer(self, value: bytes) -> None:
        """Answer the call past whatever checks an answer on this side."""
        _send(b'{"type":"answered","id":%d,"value":%s}' % (self._asked, value))

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
    raises_when_closed = behaves

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

    def pours_into_one_frame(self) -> None:
        pipe = _frames()
        os.write(pipe, struct.pack(">I", 0xFFFFFF00))
        for _ in range(192):
            os.write(pipe, b" " * (1 << 20))
        time.sleep(600)

    def sends_half_a_frame(self) -> None:
        os.write(_frames(), struct.pack(">I", 100) + b'{"type":"answ')
        time.sleep(600)

    def sends_half_a_length(self) -> None:
        os.write(_frames(), b"\x00\x00")
        time.sleep(600)

    def sends_bad_text(self) -> None:
        _send(b'{"type":"part","id":%d,"number":0,"last":true,"text":"\xff"}' % self._asked)
        time.sleep(600)

    def sends_half_a_letter(self) -> None:
        text = b'"\\ud800"'
        _send(b'{"type":"part","id":%d,"number":0,"last":true,"text":%s}' % (self._asked, text))
        time.sleep(600)

    def floods_empty_parts(self) -> None:
        pipe, number = _frames(), 0
        while True:
            some = bytearray()
            for _ in range(1000):
                part = b'{"type":"part","id":%d,"number":%d,"last":false,"text":""}'
                body = part % (self._asked, number)
                some += struct.pack(">I", len(body)) + body
                number += 1
            os.write(pipe, some)

    def says_that_it_never_started(self) -> None:
        _send(b'{"type":"failed","id":0,"whose":"world","what":"no"}')
        time.sleep(600)

    def answers_twice(self) -> QueryAnswer:
        self._answer(b'{"samples":[{"labels":{},"value":1.0,"at":"2026-01-01T00:00:00Z"}]}')
        return self.behaves()

    def sends_another_shape(self) -> None:
        self._answer(b'{"samples":[{"value":2.0,"at":7}]}')

    def sends_not_a_number(self) -> None:
        self._answer(b'{"samples":[{"labels":{},"value":NaN,"at":"2026-01-01T00:00:00Z"}]}')

    def sends_a_number_without_end(self) -> None:
        number = b"9" * 5000
        self._answer(b'{"samples":[{"labels":{},"value":%s,"at":"2026-01-01T00:00:00Z"}]}' % number)

    def sends_an_exponent_without_end(self) -> None:
        self._answer(b'{"samples":[{"labels":{},"value":1e9999,"at":"2026-01-01T00:00:00Z"}]}')

    def sends_no_instant(self) -> None:
        self._answer(b'{"samples":[{"labels":{},"value":1.0,"at":"9999999-01-01T00:00:00Z"}]}')

    def answers_deeply(self) -> None:
        self._answer(b"[" * 100_000 + b"]" * 100_000)

    def raises_without_words(self) -> None:
        raise _Unspeakable

    def raises_much(self) -> None:
        raise ValueError("x" * 50_000_000)

    def interrupts(self) -> None:
        raise KeyboardInterrupt

    def aborts(self) -> None:
        os.abort()

    def forks_and_stays(self) -> None:
        for _ in range(5):
            if os.fork() == 0:
                time.sleep(600)
                os._exit(0)
        time.sleep(600)

    def starts_a_session(self) -> None:
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.setsid()
            os.write(writing, b"%d" % os.getpid())
            time.sleep(600)
            os._exit(0)
        Path(self._context.folder, "pids").write_bytes(os.read(reading, 20))
        time.sleep(600)

    def ignores_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(600)

    def reads_nothing(self) -> None:
        time.sleep(600)

    def changes_its_surroundings(self) -> QueryAnswer:
        os.chdir("/")
        os.umask(0)
        os.environ.clear()
        return self.behaves()

    def removes_its_folder(self) -> QueryAnswer:
        shutil.rmtree(self._context.folder)
        return self.behaves()

    def starts_threads_without_end(self) -> NoReturn:
        while True:
            threading.Thread(target=time.sleep, args=(600,), daemon=True).start()

    def keeps_threads_busy(self) -> None:
        for _ in range(8):
            threading.Thread(target=self.busy_for_ever, daemon=True).start()
        self.busy_for_ever()

    def closes_all_it_has(self) -> None:
        os.closerange(0, 256)
        time.sleep(600)
