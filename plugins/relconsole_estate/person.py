"""`python -m relconsole_estate.person`: a person at a desk of their own, waiting for requests.

Makes a key, publishes its public half in the folder, and answers the requests that come there.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from relconsole_estate.errors import EstateError, MalformedError
from relconsole_estate.folder import EstateFolder, write_atomically
from relconsole_estate.people import (
    DeclinedError,
    NotForMeError,
    Person,
    SigningRequest,
    format_instant,
)
from relconsole_estate.processes import ProcessList

_PAUSE = 0.1
_LARGEST_REQUEST = 1 << 20
_REQUEST = ".request.json"
_ANSWER = ".answer.json"


class Desk:
    """One person and the folder that requests come to."""

    def __init__(self, person: Person, folder: Path, *, think: float) -> None:
        self._person = person
        self._folder = folder
        self._think = think
        self._seen: set[tuple[str, int, int]] = set()

    def publish(self) -> None:
        """Puts the public key into the folder, in place of an earlier one of this person."""
        text = json.dumps(self._person.public_key(), indent=2)
        write_atomically(self._folder / f"{self._person.id}.public.json", text)

    def look(self) -> None:
        """Deals with every request that was not dealt with before."""
        for path in sorted(self._folder.glob(f"*{_REQUEST}")):
            if path.name.startswith("."):
                # Still being written.
                continue
            try:
                found = path.stat()
                mark = (path.name, found.st_ino, found.st_mtime_ns)
                if mark in self._seen:
                    continue
                self._seen.add(mark)
                if found.st_size > _LARGEST_REQUEST:
                    self._say(f"{path.name}: not read, it is {found.st_size} bytes long")
                    continue
                self._deal_with(path, path.read_bytes())
            except FileNotFoundError:
                # Whoever asked has taken it back.
                continue

    def _deal_with(self, path: Path, text: bytes) -> None:
        try:
            request = self._person.consider(text, datetime.now(UTC))
        except NotForMeError:
            return
        except (DeclinedError, MalformedError) as error:
            self._say(f"{path.name}: declined, {error}")
            return
        self._show(path, request)
        time.sleep(self._think)
        try:
            # What is signed must still be what is asked, and still be wanted.
            still = self._person.consider(path.read_bytes(), datetime.now(UTC))
        except (DeclinedError, NotForMeError, MalformedError) as error:
            self._say(f"{path.name}: declined after a second look, {error}")
            return
        if still.digest != request.digest:
            # The next look shows what lies there now; only what was shown is signed.
            self._say(f"{path.name}: changed while it was being read")
            return
        answer = self._person.sign(request, datetime.now(UTC))
        self._put(path.with_name(path.name.removesuffix(_REQUEST) + _ANSWER), json.dumps(answer))

    def _put(self, path: Path, text: str) -> None:
        """Puts the answer there whole, unless another one is there already."""
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        try:
            path.hardlink_to(beside)
        except FileExistsError:
            self._say(f"{path.name}: somebody has answered before")
        else:
            self._say(f"{path.name}: signed")
        finally:
            beside.unlink()

    def _show(self, path: Path, request: SigningRequest) -> None:
        self._say(
            f"{path.name}: {request.asked_by} asks for {request.act} until "
            f"{format_instant(request.expires)}, digest {request.digest}"
        )
        for name, value in request.what.items():
            self._say(f"  {name}: {json.dumps(value)}")

    def _say(self, text: str) -> None:
        # A request is a stranger's text: it must not steer this terminal.
        safe = "".join(letter if letter.isprintable() else "?" for letter in text)
        print(f"{self._person.id}: {safe}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Answers until it is ended; 2 when it cannot begin."""
    parser = argparse.ArgumentParser(prog="relconsole_estate.person", description=__doc__)
    parser.add_argument("--id", required=True)
    parser.add_argument("--folder", required=True, type=Path)
    parser.add_argument("--state", type=Path, help="the estate this person belongs to")
    parser.add_argument("--think", type=float, default=0.5, help="seconds before signing")
    asked = parser.parse_args(arguments)
    desk = Desk(Person(asked.id), asked.folder, think=asked.think)
    try:
        if asked.state is not None:
            listed = ProcessList(EstateFolder(asked.state))
            listed.enter(name=f"person-{asked.id}", role="person", version="1")
        desk.publish()
        print(f"{asked.id}: waiting for requests in {asked.folder}", flush=True)
        while True:
            desk.look()
            time.sleep(_PAUSE)
    except (EstateError, OSError) as error:
        print(f"{asked.id} gives up: {error}", file=sys.stderr, flush=True)
        return 2


if __name__ == "__main__":
    sys.exit(main())
