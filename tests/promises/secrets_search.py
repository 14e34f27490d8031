"""Looking for secrets in every byte: in files, in archives, and in what running processes show."""

from __future__ import annotations

import base64
import gzip
import os
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote, quote_plus

_LEAST_SAMPLES: Final = 5
_LEAST_SECONDS: Final = 0.4


def forms_of(secret: bytes) -> frozenset[bytes]:
    """Give the forms in which a secret may be written; in base64 wherever it stands in a text."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for shift in range(3):
        # Whole groups of three bytes are the same letters whatever stands around them.
        inner = secret[(3 - shift) % 3 :]
        whole = inner[: len(inner) // 3 * 3]
        found |= {base64.b64encode(whole), base64.urlsafe_b64encode(whole)}
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return frozenset(found)
    found |= {quote(text, safe="").encode(), quote(text).encode(), quote_plus(text).encode()}
    found |= {text.encode("utf-16-le"), text.encode("unicode_escape")}
    found.add(text.replace('"', '\\"').encode())
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Search:
    """The forms of all the secrets, by the slot that each was planted in."""

    slots: Mapping[str, frozenset[bytes]]

    def hits(self, raw: bytes) -> list[str]:
        """Give the slots whose secret stands in these bytes."""
        return [slot for slot, forms in self.slots.items() if any(form in raw for form in forms)]

    def files(self, root: Path) -> Iterator[str]:
        """Give each file below a folder, and each name, in which a secret stands."""
        for path in sorted(root.rglob("*")):
            for slot in self.hits(os.fsencode(path)):
                yield f"{slot}: in the name {path.name}"
            if path.is_file() and not path.is_symlink():
                for raw in _contents(path):
                    for slot in self.hits(raw):
                        yield f"{slot}: in {path.relative_to(root)}"


def _contents(path: Path) -> Iterator[bytes]:
    """Give a file's bytes, and what is packed in it."""
    raw = path.read_bytes()
    yield raw
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                yield packed.read(name)
    elif raw.startswith(b"\x1f\x8b"):
        yield gzip.decompress(raw)
    elif raw.startswith(b"%PDF"):
        for part in raw.split(b"stream")[1:]:
            try:
                yield zlib.decompress(part.strip(b"\r\n"))
            except zlib.error:
                continue


@dataclass(slots=True)
class Seen:
    """What a process showed: since when it was seen, how often, its words and its core limit."""

    command: bytes
    shown: set[bytes] = field(default_factory=set[bytes])
    first: float = 0.0
    last: float = 0.0
    times: int = 0
    core: str = ""


class Sampler:
    """Reads what every process below this one shows, again and again, while scenarios run."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.seen: dict[tuple[int, str], Seen] = {}
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ends.wait(0.02):
            self._sample()

    def _sample(self) -> None:
        parents: dict[int, tuple[int, str]] = {}
        for entry in os.scandir("/proc"):
            if not entry.name.isdigit():
                continue
            try:
                fields = Path(entry.path, "stat").read_text(errors="replace")
            except OSError:
                continue
            rest = fields.rpartition(")")[2].split()
            parents[int(entry.name)] = (int(rest[1]), rest[19])
        below = {os.getpid()}
        grew = True
        while grew:
            more = {pid for pid, (parent, _) in parents.items() if parent in below} - below
            below |= more
            grew = bool(more)
        for pid in below - {os.getpid()}:
            self._look(pid, parents[pid][1])

    def _look(self, pid: int, started: str) -> None:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            environ = Path(f"/proc/{pid}/environ").read_bytes()
            limits = Path(f"/proc/{pid}/limits").read_text()
        except OSError:
            return
        if not command:
            return
        now = time.monotonic()
        seen = self.seen.setdefault((pid, started), Seen(command, first=now))
        seen.command = command
        seen.shown |= {command, environ}
        seen.last = now
        seen.times += 1
        row = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        seen.core = row.removeprefix("Max core file size").split()[1]

    def hits(self, search: Search) -> Iterator[str]:
        """Give each process that showed a secret in its words or its environment."""
        for seen in self.seen.values():
            for raw in seen.shown:
                for slot in search.hits(raw):
                    yield f"{slot}: in what {seen.command[:80]!r} showed of itself"

    def may_dump(self) -> Iterator[str]:
        """Give each plugin process that stood for a while and could have written a core file."""
        for seen in self.seen.values():
            stood = seen.times >= _LEAST_SAMPLES and seen.last - seen.first >= _LEAST_SECONDS
            if stood and b"plugin_process" in seen.command and seen.core != "0":
                yield f"a plugin process may dump {seen.core} bytes: {seen.command[:120]!r}"

    @property
    def plugins(self) -> int:
        """Give how many plugin processes were seen."""
        return sum(b"plugin_process" in seen.command for seen in self.seen.values())
