"""A deployment as a local command: pushes the version that now runs, and what traffic then meets.

In its folder it keeps one line at its beginning and one at its end, with the id under which it was
started, and it ends once its instance is drained: when a file of that name is there.
"""

import argparse
import json
import os
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

REQUESTS = 100
FAULTS = {("ledger", "15.0"): 20}
"""How many of the requests to payments fail once a version of a service runs; none for others."""

LONGEST_DRAIN = 90.0


def push(gateway: str, job: str, instance: str, metrics: str) -> None:
    """Put the metrics in the place of everything that this instance pushed before."""
    request = urllib.request.Request(
        f"{gateway}/metrics/job/{job}/instance/{instance}", metrics.encode(), method="PUT"
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def keep(folder: Path, event: str, service: str, version: str) -> None:
    """Keep one line, whole, whatever else writes to the log."""
    line = {
        "event": event,
        "service": service,
        "version": version,
        "effect": os.environ.get("RELCONSOLE_EFFECT_ID", ""),
        "person": os.environ.get("RELCONSOLE_PERSON", ""),
        "second_person": os.environ.get("RELCONSOLE_SECOND_PERSON", ""),
        "pid": os.getpid(),
        "at": datetime.now(UTC).isoformat(),
    }
    log = folder / "deployments.jsonl"
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, json.dumps(line).encode() + b"\n")
    finally:
        os.close(handle)


def main() -> int:
    """Deploy, and give 1 where the instance was not drained in time."""
    parser = argparse.ArgumentParser()
    for name in ("--service", "--version", "--gateway"):
        parser.add_argument(name, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    keep(given.folder, "begin", given.service, given.version)
    version = f'service_info{{service="{given.service}",version="{given.version}"}} 1\n'
    push(given.gateway, given.service, f"{given.service}-1", version)
    errors = FAULTS.get((given.service, given.version), 0)
    traffic = f"payments_requests_total {REQUESTS}\npayments_errors_total {errors}\n"
    push(given.gateway, "traffic", "payments-1", traffic)
    print(f"{given.service} {given.version} is deployed; draining", flush=True)
    until = time.monotonic() + LONGEST_DRAIN
    while not (given.folder / f"drained-{given.service}-{given.version}").exists():
        if time.monotonic() > until:
            return 1
        time.sleep(0.05)
    keep(given.folder, "end", given.service, given.version)
    return 0


if __name__ == "__main__":
    sys.exit(main())
