"""The queue worker: takes booked entries from the settlement queue and settles them."""

import threading
import time
from collections.abc import Mapping

from relconsole_estate.business import Surroundings
from relconsole_estate.metrics import Sample
from relconsole_estate.values import list_of
from relconsole_estate.wire import Answer, Connection, Request, answer_json

_PAUSE = 0.3
_PATIENCE = 1.0


class Settlement:
    """Version 3.1: settles in batches unless its intake is closed."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._settled = 0
        self._failures = 0
        self._intake = surroundings.folder.read_switch("settlement-intake")
        threading.Thread(target=self._work, name="settle", daemon=True).start()

    def version(self) -> str:
        """The code's version."""
        return self._surroundings.version

    def condition(self) -> Mapping[str, str]:
        """Where the intake's switch stands, as the worker has seen it."""
        return {"settlement-intake": self._intake}

    def samples(self) -> list[Sample]:
        """What was settled, and how often the ledger could not be reached."""
        return [
            Sample(name="settled_total", labels=(), value=self._settled),
            Sample(name="settlement_failures_total", labels=(), value=self._failures),
        ]

    def answer(self, request: Request) -> Answer:
        """A worker is asked nothing."""
        return answer_json({"error": f"nothing at {request.path}"}, 404)

    def _work(self) -> None:
        database = Connection(self._surroundings.ports_of("ledger-db")[0], timeout=_PATIENCE)
        while True:
            time.sleep(_PAUSE)
            self._intake = self._surroundings.folder.read_switch("settlement-intake")
            if self._intake != "open":
                continue
            try:
                waiting = list_of(database.call("GET", "/queue").value(), "ids")
                if waiting:
                    database.call("POST", "/queue/settled", {"ids": waiting})
            except OSError:
                # The entries stay in the queue, and the next round finds them there.
                self._failures += 1
            else:
                self._settled += len(waiting)


VERSIONS = {"3.1.0": Settlement}
"""The versions of settlement."""
