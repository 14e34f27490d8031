# ruff: noqa: S310 - the addresses are of the loopback interface
"""What an operator runs by hand on other nights: deploying a version, and looking whether it came.

    operate.py deploy|look --service NAME --version VERSION --folder DIR --gateway URL --metrics URL

In its folder it keeps one line at its beginning and one at its end, with the id under which it was
started. A deployment ends once its instance is drained: when a file of that name is there. A look
ends once the monitoring has seen the version since the look began.
"""

import argparse
import json
import os
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

REQUESTS = 100
FAULTS = {("ledger", "15.0"): 20}
"""How many of the requests to payments fail once a version of a service runs; none for others."""

LONGEST = 90.0


def push(gateway: str, job: str, instance: str, metrics: str) -> None:
    """Put the metrics in the place of everything that this instance pushed before."""
    request = urllib.request.Request(
        f"{gateway}/metrics/job/{job}/instance/{instance}", metrics.encode(), method="PUT"
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def keep(given: argparse.Namespace, event: str) -> None:
    """Keep one line, whole, whatever else writes to the log."""
    line = {
        "event": event,
        "act": given.act,
        "service": given.service,
        "version": given.version,
        "effect": os.environ.get("RELCONSOLE_EFFECT_ID", ""),
        "person": os.environ.get("RELCONSOLE_PERSON", ""),
        "second_person": os.environ.get("RELCONSOLE_SECOND_PERSON", ""),
        "at": datetime.now(UTC).isoformat(),
    }
    handle = os.open(given.folder / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, json.dumps(line).encode() + b"\n")
    finally:
        os.close(handle)


def in_time(look: Callable[[], bool]) -> bool:
    """Wait until something is so; False where it is not in time."""
    until = time.monotonic() + LONGEST
    while not look():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def deploy(given: argparse.Namespace) -> bool:
    """Push the version that now runs and what traffic meets; wait until it is drained."""
    version = f'service_info{{service="{given.service}",version="{given.version}"}} 1\n'
    push(given.gateway, given.service, f"{given.service}-1", version)
    errors = FAULTS.get((given.service, given.version), 0)
    traffic = f"payments_requests_total {REQUESTS}\npayments_errors_total {errors}\n"
    push(given.gateway, "traffic", "payments-1", traffic)
    print(f"{given.service} {given.version} is deployed; draining", flush=True)
    return in_time((given.folder / f"drained-{given.service}-{given.version}").exists)


def look(given: argparse.Namespace) -> bool:
    """Wait until the monitoring has seen the version since this began."""
    began = time.time()
    series = f'service_info{{service="{given.service}",version="{given.version}"}}'
    asked = urllib.parse.urlencode({"query": f"timestamp({series})"})

    def is_seen() -> bool:
        with urllib.request.urlopen(f"{given.metrics}/api/v1/query?{asked}", timeout=10) as answer:
            found = json.load(answer)["data"]["result"]
        return bool(found) and float(found[0]["value"][1]) > began

    return in_time(is_seen)


def main() -> int:
    """Do it; 1 where it did not come in time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("act", choices=("deploy", "look"))
    for name in ("--service", "--version", "--gateway", "--metrics"):
        parser.add_argument(name, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    keep(given, "begin")
    came = deploy(given) if given.act == "deploy" else look(given)
    if came:
        keep(given, "end")
    return 0 if came else 1


if __name__ == "__main__":
    sys.exit(main())
