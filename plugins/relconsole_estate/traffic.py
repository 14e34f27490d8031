"""`python -m relconsole_estate.traffic`: customers who check out at a fixed rate.

The customers do not slow down when the shop does: an order is sent when its time has come,
however long the ones before it wait.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore

from relconsole_estate.errors import EstateError
from relconsole_estate.folder import EstateFolder
from relconsole_estate.processes import ProcessList
from relconsole_estate.topology import instances_of
from relconsole_estate.values import Json
from relconsole_estate.wire import ask_once

_MOST_AT_ONCE = 64
_PATIENCE = 4.0
_CURRENCIES = ("EUR", "EUR", "EUR", "GBP", "USD")


def orders(seed: int) -> Iterator[dict[str, Json]]:
    """Orders without end, the same for the same seed: half of them up to 100.00."""
    dice = random.Random(seed)
    while True:
        is_small = dice.random() < 0.5  # noqa: PLR2004 - half
        yield {
            "order": f"{dice.getrandbits(128):032x}",
            "customer": f"C{dice.randrange(4000):05d}",
            "amount_minor": dice.randint(500, 10_000) if is_small else dice.randint(10_001, 90_000),
            "currency": dice.choice(_CURRENCIES),
        }


def send(port: int, order: dict[str, Json]) -> None:
    """One checkout. A shop that does not answer is measured elsewhere; the customer leaves."""
    try:
        ask_once(port, "POST", "/checkout", order, timeout=_PATIENCE)
    except OSError:
        return


def keep_sending(port: int, *, seed: int, rate: float) -> None:
    """Sends `rate` orders a second until the process ends.

    Customers beyond 64 waiting ones turn away at the door, so that a shop that hangs does not
    fill this machine with threads.
    """
    places = BoundedSemaphore(_MOST_AT_ONCE)
    due = time.monotonic()
    with ThreadPoolExecutor(_MOST_AT_ONCE) as customers:
        for order in orders(seed):
            due += 1 / rate
            time.sleep(max(0.0, due - time.monotonic()))
            if places.acquire(blocking=False):
                customers.submit(send, port, order).add_done_callback(lambda _: places.release())


def main(arguments: Sequence[str] | None = None) -> int:
    """Sends until it is ended; 2 when it cannot begin."""
    parser = argparse.ArgumentParser(prog="relconsole_estate.traffic", description=__doc__)
    parser.add_argument("--state", required=True, type=Path)
    parser.add_argument("--rate", required=True, type=float)
    asked = parser.parse_args(arguments)
    folder = EstateFolder(asked.state)
    try:
        port = folder.port(instances_of("web-shop")[0].name)
        ProcessList(folder).enter(name="traffic", role="traffic", version="1")
    except (EstateError, OSError) as error:
        print(f"no traffic: {error}", file=sys.stderr, flush=True)
        return 2
    keep_sending(port, seed=folder.seed(), rate=asked.rate)
    return 0


if __name__ == "__main__":
    sys.exit(main())
