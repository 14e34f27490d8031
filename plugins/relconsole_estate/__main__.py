"""`python -m relconsole_estate`: starts the whole estate, shows it, and ends it."""

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from relconsole_estate import fleet
from relconsole_estate.errors import (
    AlreadyRunningError,
    EstateError,
    NotRunningError,
    UnhealthyError,
)
from relconsole_estate.folder import EstateFolder
from relconsole_estate.guard import stop_estate
from relconsole_estate.processes import (
    ProcessList,
    is_alive,
    run_module,
    start_of,
    wait_for,
)
from relconsole_estate.topology import (
    COLLECTOR,
    SIGNING_PEOPLE,
    all_instances,
    definition_of,
    instances_of,
)
from relconsole_estate.wire import HOST, ask_once
from relconsole_estate.workspace import write_workspace

_FIRST_MEASURES = 15.0


def choose_ports(names: Sequence[str]) -> dict[str, int]:
    """A free port for each name, all different."""
    sockets = [socket.create_server((HOST, 0)) for _ in names]
    try:
        return {name: int(one.getsockname()[1]) for name, one in zip(names, sockets, strict=True)}
    finally:
        for one in sockets:
            one.close()


def start(folder: EstateFolder, *, seed: int, rate: float, guarded: int | None) -> None:
    """Starts services, traffic and collector, and returns when the first measures are in.

    When anything does not start, everything that did is ended again.
    """
    listed = ProcessList(folder)
    if listed.is_open() and any(is_alive(entry) for entry in listed.entries()):
        raise AlreadyRunningError(f"an estate is running in {folder.path}")
    names = [*(instance.name for instance in all_instances()), COLLECTOR]
    folder.prepare(seed=seed, rate=rate, ports=choose_ports(names))
    listed.open()
    try:
        if guarded is not None:
            _start_guard(folder, guarded)
        _start_services(folder)
        _start_measures(folder, rate)
    except (EstateError, OSError, KeyboardInterrupt):
        # Also on Ctrl-C: an estate is whole or not there.
        stop_estate(folder)
        raise


def _start_guard(folder: EstateFolder, guarded: int) -> None:
    started = start_of(guarded)
    if started is None:
        raise NotRunningError(f"there is no process {guarded} to be guarded by")
    arguments = ["--state", str(folder.path), "--pid", str(guarded), "--started", str(started)]
    run_module(folder, "guard", arguments, "guard")
    listed = ProcessList(folder)
    if not wait_for(lambda: bool(listed.named("guard")), seconds=fleet.PATIENCE):
        raise UnhealthyError(f"the guard did not start; see {folder.logs / 'guard.log'}")


def _start_services(folder: EstateFolder) -> None:
    """All at once but the database: the others may find their neighbours a moment later."""
    database, *others = all_instances()
    fleet.launch(folder, database, definition_of(database.service).first_version)
    fleet.await_version(folder, database, definition_of(database.service).first_version)
    for instance in others:
        fleet.launch(folder, instance, definition_of(instance.service).first_version)
    for instance in others:
        fleet.await_version(folder, instance, definition_of(instance.service).first_version)
        print(f"{instance.name} is healthy", flush=True)


def _start_measures(folder: EstateFolder, rate: float) -> None:
    run_module(folder, "collector", ["--state", str(folder.path)], "collector")
    arguments = ["--state", str(folder.path), "--rate", str(rate)]
    run_module(folder, "traffic", arguments, "traffic")
    if not wait_for(lambda: _is_measured(folder), seconds=_FIRST_MEASURES):
        raise UnhealthyError(f"no measures came in; see {folder.logs}")


def _is_measured(folder: EstateFolder) -> bool:
    try:
        path = "/api/v1/query?query=checkout_p95_seconds"
        answer = ask_once(folder.port(COLLECTOR), "GET", path)
    except OSError:
        return False
    return b'"value"' in answer.body


def start_people(folder: EstateFolder, desk: Path, think: float) -> None:
    """Starts a process for every person who signs, all answering requests in one folder."""
    desk.mkdir(mode=0o700, parents=True, exist_ok=True)
    for person in SIGNING_PEOPLE:
        (desk / f"{person}.public.json").unlink(missing_ok=True)
        arguments = ["--id", person, "--folder", str(desk.resolve())]
        arguments += ["--state", str(folder.path), "--think", str(think)]
        run_module(folder, "person", arguments, f"person-{person}")
    for person in SIGNING_PEOPLE:
        card = desk / f"{person}.public.json"
        if not wait_for(card.exists, seconds=fleet.PATIENCE):
            raise UnhealthyError(f"{person} did not come; see {folder.logs}")


def show(folder: EstateFolder) -> bool:
    """Prints every process with what it serves; whether all that are listed live."""
    listed = ProcessList(folder)
    listed.check_open()
    by_name = {instance.name: instance for instance in all_instances()}
    names = sorted({entry.name for entry in listed.entries()})
    all_live = True
    for name in names:
        living = listed.named(name)
        all_live = all_live and bool(living)
        version = fleet.version_of(folder, by_name[name]) if name in by_name else "-"
        pids = ", ".join(str(entry.pid) for entry in living) or "ended"
        port = folder.port(name) if name in by_name or name == COLLECTOR else "-"
        print(f"{name:16} process {pids:8} port {port:>5} version {version or 'no answer'}")
    return all_live


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--state", required=True, type=Path, help="the estate's folder")
    parser = argparse.ArgumentParser(prog="relconsole_estate", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    starting = verbs.add_parser("start", parents=[common], help="start everything")
    starting.add_argument("--seed", type=int, default=0, help="of all chance (default 0)")
    starting.add_argument("--rate", type=float, default=20.0, help="checkouts a second")
    starting.add_argument("--guard", type=int, help="end the estate when this process ends")
    starting.add_argument("--workspace", type=Path, help="write the estate's plan as code here")
    starting.add_argument("--people", type=Path, help="let the people answer requests here")
    starting.add_argument("--think", type=float, default=0.5, help="seconds before a signature")
    verbs.add_parser("status", parents=[common], help="show every process")
    verbs.add_parser("stop", parents=[common], help="end everything that was started")
    return parser


def _start(folder: EstateFolder, asked: argparse.Namespace) -> None:
    start(folder, seed=asked.seed, rate=asked.rate, guarded=asked.guard)
    try:
        if asked.people is not None:
            start_people(folder, asked.people, asked.think)
        if asked.workspace is not None:
            for path in write_workspace(folder, asked.workspace, datetime.now(UTC)):
                print(f"wrote {path}")
    except (EstateError, OSError, KeyboardInterrupt):
        stop_estate(folder)
        raise
    shop = folder.port(instances_of("web-shop")[0].name)
    print(f"shop http://{HOST}:{shop} metrics http://{HOST}:{folder.port(COLLECTOR)}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb: 0 done, 1 not so or not possible."""
    os.umask(0o077)
    asked = _parser().parse_args(arguments)
    folder = EstateFolder(asked.state.resolve())
    try:
        match asked.verb:
            case "start":
                _start(folder, asked)
            case "status":
                return 0 if show(folder) else 1
            case _:
                print(f"{stop_estate(folder)} processes ended")
    except (EstateError, OSError) as error:
        print(f"{asked.verb}: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
