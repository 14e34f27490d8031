"""`python -m relconsole_estate.collector`: measures the services and answers about them.

Scrapes the `/metrics` of every instance some times a second and keeps five minutes of it.
"""

import argparse
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from relconsole_estate.errors import EstateError, MalformedError
from relconsole_estate.exposition import read_exposition
from relconsole_estate.folder import EstateFolder
from relconsole_estate.metrics import Labels, Sample, labels_of
from relconsole_estate.processes import ProcessList
from relconsole_estate.queries import QueryDesk
from relconsole_estate.series import GONE, SeriesStore, derive
from relconsole_estate.topology import COLLECTOR, Instance, all_instances
from relconsole_estate.wire import Connection, open_server

INTERVAL = 0.4
"""Seconds between two scrapes of one service."""

SPAN = 4.0
"""Seconds that a derived gauge looks back."""

KEEP = 300.0
"""Seconds for which measured values are kept."""

LOOKBACK = 3.5 * INTERVAL
"""Seconds after which a value no longer stands for the present."""


class Target:
    """One service instance that is scraped for as long as the estate lives."""

    def __init__(self, instance: Instance, port: int) -> None:
        self._labels = labels_of({"job": instance.service, "instance": instance.name})
        self._connection = Connection(port, timeout=INTERVAL)
        self._last: set[tuple[str, Labels]] = set()

    def scrape(self) -> list[Sample]:
        """What the target exposes now, `up` among it, and an end for what it exposes no more.

        A target that cannot be reached is down at once; its other series end by growing old.
        """
        try:
            answer = self._connection.call("GET", "/metrics")
            samples = read_exposition(answer.body.decode())
        except (OSError, UnicodeDecodeError, MalformedError):
            return [Sample(name="up", labels=self._labels, value=0)]
        present = {(sample.name, sample.labels) for sample in samples}
        ended = [
            Sample(name=name, labels=labels, value=GONE) for name, labels in self._last - present
        ]
        self._last = present
        return [Sample(name="up", labels=self._labels, value=1), *samples, *ended]


def collect(store: SeriesStore, targets: Sequence[Target]) -> None:
    """Scrapes and derives until the process ends."""
    due = time.monotonic()
    while True:
        for target in targets:
            found = target.scrape()
            store.add(time.time(), found)
        now = time.time()
        store.add(now, derive(store, now, span=SPAN))
        store.forget(now)
        # A slow round moves the following ones; catching up would only scrape twice at once.
        due = max(due + INTERVAL, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Collects and answers until it is ended; 2 when it cannot begin."""
    parser = argparse.ArgumentParser(prog="relconsole_estate.collector", description=__doc__)
    parser.add_argument("--state", required=True, type=Path)
    folder = EstateFolder(parser.parse_args(arguments).state)
    store = SeriesStore(keep=KEEP, lookback=LOOKBACK)
    try:
        port = folder.port(COLLECTOR)
        ProcessList(folder).enter(name=COLLECTOR, role="collector", version="1", port=port)
        targets = [Target(instance, folder.port(instance.name)) for instance in all_instances()]
        server = open_server(port, QueryDesk(store, time.time).answer)
    except (EstateError, OSError) as error:
        print(f"the collector cannot start: {error}", file=sys.stderr, flush=True)
        return 2
    threading.Thread(target=collect, args=(store, targets), name="collect", daemon=True).start()
    print(f"collector serves on port {port}", flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
