"""`python -m relconsole_estate.jobs`: the estate's deployment tool.

Each job really does its work, says what it did line by line, and ends with 0 only when the
estate was seen in the state that was asked for: 1 when it could not be reached, 2 when the job
could not be begun. Asked again for what is already so, a job changes nothing and ends with 0.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from relconsole_estate import fleet, restore_points
from relconsole_estate.errors import EstateError, NotRunningError, UnhealthyError, UnknownNameError
from relconsole_estate.folder import EstateFolder
from relconsole_estate.processes import ProcessList, wait_for
from relconsole_estate.service import opening_of
from relconsole_estate.topology import ENVIRONMENT, SWITCHES, Instance, instances_of
from relconsole_estate.values import Json, object_of, whole_of
from relconsole_estate.wire import ask_once

_OK = 200
_DATABASE = "ledger-db"
_DATABASE_PATIENCE = 5.0
_SWITCH_OWNERS = {
    "instant-payments": "web-shop",
    "maintenance-page": "web-shop",
    "settlement-intake": "settlement",
}


def deploy(folder: EstateFolder, service: str, version: str, only: int | None) -> None:
    """Brings a version to every instance of a service, one after the other, or to `only` one."""
    opening_of(service, version)
    if service == _DATABASE:
        raise UnknownNameError(f"{_DATABASE} is changed by `migrate`: its version is its schema")
    chosen = [one for one in instances_of(service) if only in (None, one.number)]
    if not chosen:
        raise UnknownNameError(f"{service} has no instance {only}")
    _say(f"deploy {service} {version} to {len(chosen)} of {len(instances_of(service))} instances")
    with folder.claim(service):
        for instance in chosen:
            _say(fleet.replace(folder, instance, version))
    _say(f"{service} {version} is deployed")


def migrate(folder: EstateFolder, version: str) -> None:
    """Moves the ledger's schema to a version, forward or back, and shows the control totals."""
    with folder.claim(_DATABASE):
        _say(f"migrate {_DATABASE} to schema {version}")
        value = _ask_database(folder, "/schema", {"version": version})
        _say(f"{_DATABASE}: was {value.get('from')}, passed {value.get('passed')}")
        _say_totals(object_of(value, "totals"))
        fleet.await_version(folder, instances_of(_DATABASE)[0], version)
    _say(f"{_DATABASE} has schema {version}")


def purge(folder: EstateFolder) -> None:
    """Empties the ledger's old references; only a restore point brings them back."""
    with folder.claim(_DATABASE):
        value = _ask_database(folder, "/purge", {})
    _say(f"{_DATABASE}: {whole_of(value, 'purged')} old references are gone")


def take_restore_point(folder: EstateFolder, name: str) -> None:
    """Copies the ledger whole, under a name; one that is there already is left as it is."""
    with folder.claim(_DATABASE):
        _say_totals(_ask_database(folder, "/restore-points", {"name": name}))
    _say(f"{_DATABASE}: restore point {name} is there")


def check_restore_point(folder: EstateFolder, name: str) -> None:
    """Reads a restore point through and compares it with the totals it was taken with."""
    _say_totals(restore_points.check(folder, name))
    _say(f"{_DATABASE}: restore point {name} is whole")


def restore(folder: EstateFolder, name: str) -> None:
    """Makes the ledger what it was when the restore point was taken."""
    with folder.claim(_DATABASE):
        _say_totals(_ask_database(folder, "/restore", {"name": name}))
    _say(f"{_DATABASE} is as at restore point {name}")


def _ask_database(folder: EstateFolder, path: str, value: dict[str, Json]) -> dict[str, Json]:
    port = folder.port(instances_of(_DATABASE)[0].name)
    answer = ask_once(port, "POST", path, value, timeout=_DATABASE_PATIENCE)
    if answer.status != _OK:
        raise UnhealthyError(f"{_DATABASE} refused: {answer.value().get('error')}")
    return answer.value()


def _say_totals(totals: dict[str, Json]) -> None:
    entries, amount = whole_of(totals, "entries"), whole_of(totals, "amount_minor")
    _say(f"control totals: {entries} entries, {amount} minor units")


def switch(folder: EstateFolder, name: str, position: str) -> None:
    """Puts a switch into a position and waits until its service acts on it."""
    if name not in SWITCHES:
        raise UnknownNameError(f"no switch {name!r}; there are {', '.join(SWITCHES)}")
    if position not in SWITCHES[name]:
        raise UnknownNameError(f"{name} can be {' or '.join(SWITCHES[name])}, not {position!r}")
    owner = instances_of(_SWITCH_OWNERS[name])[0]
    with folder.claim(f"switch-{name}"):
        _say(f"switch {name} from {folder.read_switch(name)} to {position}")
        folder.write_switch(name, position)
        if not wait_for(lambda: _seen(folder, owner, name) == position, seconds=fleet.PATIENCE):
            raise UnhealthyError(f"{owner.name} does not act on {name} {position}")
    _say(f"{owner.name} acts on {name} {position}")


def _seen(folder: EstateFolder, owner: Instance, name: str) -> object:
    health = fleet.health_of(folder, owner)
    return None if health is None else health.get(name)


def _say(text: str) -> None:
    print(text, flush=True)


_ON_RESTORE_POINTS = {
    "restore-point": take_restore_point,
    "check-restore-point": check_restore_point,
    "restore": restore,
}


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--state", required=True, type=Path, help="the estate's folder")
    common.add_argument("--environment", default=ENVIRONMENT, choices=[ENVIRONMENT])
    parser = argparse.ArgumentParser(prog="relconsole_estate.jobs", description=__doc__)
    jobs = parser.add_subparsers(dest="job", required=True)
    deploying = jobs.add_parser("deploy", parents=[common], help=deploy.__doc__)
    deploying.add_argument("--service", required=True)
    deploying.add_argument("--version", required=True)
    deploying.add_argument("--only", type=int, help="one instance, by number")
    migrating = jobs.add_parser("migrate", parents=[common], help=migrate.__doc__)
    migrating.add_argument("--version", required=True)
    jobs.add_parser("purge", parents=[common], help=purge.__doc__)
    for name, job in _ON_RESTORE_POINTS.items():
        jobs.add_parser(name, parents=[common], help=job.__doc__).add_argument(
            "--name", required=True
        )
    switching = jobs.add_parser("switch", parents=[common], help=switch.__doc__)
    switching.add_argument("--name", required=True)
    switching.add_argument("--to", required=True)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one job."""
    asked = _parser().parse_args(arguments)
    folder = EstateFolder(asked.state)
    try:
        ProcessList(folder).check_open()
        match asked.job:
            case "deploy":
                deploy(folder, asked.service, asked.version, asked.only)
            case "migrate":
                migrate(folder, asked.version)
            case "purge":
                purge(folder)
            case "switch":
                switch(folder, asked.name, asked.to)
            case job:
                _ON_RESTORE_POINTS[job](folder, asked.name)
    except (UnknownNameError, NotRunningError) as error:
        print(f"not begun: {error}", file=sys.stderr, flush=True)
        return 2
    except (EstateError, OSError) as error:
        print(f"failed: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
