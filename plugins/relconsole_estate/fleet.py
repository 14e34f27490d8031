"""Starting, checking and replacing the instances of services.

The estate's start and its jobs both use this. What a version does is not known here.
"""

from relconsole_estate.errors import MalformedError, UnhealthyError
from relconsole_estate.folder import EstateFolder
from relconsole_estate.processes import ProcessList, end, run_module, wait_for
from relconsole_estate.topology import Instance
from relconsole_estate.values import Json
from relconsole_estate.wire import ask_once

PATIENCE = 8.0
"""Seconds in which a process must be healthy after its start."""


def health_of(folder: EstateFolder, instance: Instance) -> dict[str, Json] | None:
    """What the instance says of itself, or `None` when it does not answer."""
    try:
        answer = ask_once(folder.port(instance.name), "GET", "/health", timeout=1.0)
        return answer.value()
    except (OSError, MalformedError):
        return None


def version_of(folder: EstateFolder, instance: Instance) -> str | None:
    """The version in force in the instance, or `None` when it does not answer."""
    health = health_of(folder, instance)
    version = None if health is None else health.get("version")
    return version if isinstance(version, str) else None


def launch(folder: EstateFolder, instance: Instance, version: str) -> None:
    """Starts a process for the instance, and does not wait for it."""
    arguments = ["--service", instance.service, "--number", str(instance.number)]
    arguments += ["--version", version, "--state", str(folder.path)]
    run_module(folder, "service", arguments, instance.name)


def await_version(folder: EstateFolder, instance: Instance, version: str) -> None:
    """Returns when the instance serves that version; `UnhealthyError` when it does not in time."""
    is_there = wait_for(lambda: version_of(folder, instance) == version, seconds=PATIENCE)
    if not is_there:
        found = version_of(folder, instance) or "nothing"
        raise UnhealthyError(
            f"{instance.name} does not serve {version} within {PATIENCE:g} s but {found}; "
            f"see {folder.logs / instance.name}.log"
        )


def replace(folder: EstateFolder, instance: Instance, version: str) -> str:
    """Ends the process of the instance and starts one of that version; gives what was done.

    An instance that already serves the version is left alone, so a repeat changes nothing.
    """
    before = version_of(folder, instance)
    if before == version:
        return f"{instance.name}: serves {version} already"
    listed = ProcessList(folder)
    old = listed.named(instance.name)
    end(old)
    launch(folder, instance, version)
    await_version(folder, instance, version)
    new = listed.named(instance.name)
    pids = ", ".join(str(entry.pid) for entry in old) or "none"
    return (
        f"{instance.name}: {before or 'nothing'} (process {pids}) replaced by {version} "
        f"(process {', '.join(str(entry.pid) for entry in new)})"
    )
