"""What the child may use, and its end when the console's end of the pipe is gone."""

from __future__ import annotations

import os
import resource
import select
import signal
import threading
from typing import Final

MOST_FILES: Final = 256


def limit_resources(memory: int) -> None:
    """Forbid core dumps, and bound address space in bytes and open files.

    The last two are soft: a job that a plugin starts for an effect takes the hard ones back, since
    it is no part of the plugin. This is against faults; trust in a plugin's code is elsewhere.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, wanted in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_NOFILE, MOST_FILES)):
        hard = resource.getrlimit(kind)[1]
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (soft, hard))


def end_with(pipe: int) -> None:
    """End the whole process group as soon as nobody holds the other end of the pipe.

    A thread of its own sees it even while a plugin keeps the loop busy.
    """
    threading.Thread(target=_watch, args=(pipe,), name="lifeline", daemon=True).start()


def _watch(pipe: int) -> None:
    watched = select.poll()
    watched.register(pipe, 0)  # no event asked for: a hang-up is always told
    watched.poll()
    os.killpg(os.getpgrp(), signal.SIGKILL)
