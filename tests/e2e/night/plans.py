"""Workspaces as a team writes them, as plain values: estate, connections, and a release to vary.

YAML takes JSON as it is, so that every file is written from a value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.e2e.night.fleet import Fleet

Plan = dict[str, Any]
RELEASE = "pay-4"
NEW = {"payments-api": "2.31.0", "ledger-db": "15.0"}
OLD = {"payments-api": "2.30.4", "ledger-db": "14.2"}


def at(minutes: float = 0) -> str:
    """Give the instant so many minutes from now, as it is written in a plan."""
    instant = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=minutes)
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def person(name: str, full: str, team: str, **more: Any) -> Plan:
    """Give a person of the estate."""
    return {"id": name, "name": full, "team": team, "zone": "Europe/Berlin", **more}


def service(name: str, team: str, version: str, **more: Any) -> Plan:
    """Give a service whose version is observed by the monitoring."""
    query = f'service_info{{service="{name}",at="{{environment}}"}}'
    observed = {"system": "metrics", "query": query, "label": "version"}
    return {
        "id": name,
        "team": team,
        "tier": 1,
        "version": version,
        "observed_by": observed,
        **more,
    }


ESTATE: Plan = {
    "teams": [
        {"id": "payments", "name": "Payments"},
        {"id": "ledger", "name": "Ledger"},
        {"id": "operations", "name": "Operations"},
    ],
    "people": [
        person(
            "mara",
            "Mara Okafor",
            "operations",
            roles=["commander"],
            aliases=["mokafor"],
            reach=[{"phone": "+49 30 1234"}, {"chat": "@mara"}],
        ),
        person("lena", "Lena Brandt", "operations", roles=["release_lead"]),
        person("ines", "Ines Vidal", "operations"),
        person(
            "jo",
            "Jo Park",
            "payments",
            reach=[{"pager": "77-12"}],
            on_duty="00:00-00:00",
        ),
        person("asha", "Asha Rao", "ledger"),
        person("petra", "Petra Lindt", "operations", roles=["change_manager"]),
        person("tomas", "Tomas Novak", "payments", aliases=["tnovak", "tomas@example.org"]),
        person("ilka", "Ilka Sand", "payments"),
    ],
    "environments": [
        {"id": "staging", "order": 2, "owner": "operations"},
        {"id": "prod", "order": 3, "owner": "operations"},
    ],
    "services": [
        service("ledger-db", "ledger", OLD["ledger-db"], kind="database"),
        service("payments-api", "payments", OLD["payments-api"]),
    ],
    "dependencies": [{"from": "payments-api", "to": "ledger-db", "requires": ">=14,<16"}],
}


def deploy(name: str, version: str) -> Plan:
    """Give the job that brings a version of a service into place."""
    told = {"service": name, "version": version, "target": "prod"}
    return {"system": "ci", "job": "deploy", "with": told}


def talk(step: str, after: str = "", **more: Any) -> Plan:
    """Give a communication step of mara's."""
    found: Plan = {"id": step, "title": f"Say {step}", "kind": "communication", "owner": "mara"}
    return {**found, "duration": "5s", "after": [after] if after else [], **more}


def by_hand(step: str, owner: str, after: str = "", **more: Any) -> Plan:
    """Give a manual step that can be taken back by hand."""
    found: Plan = {"id": step, "title": f"Do {step} by hand", "owner": owner, "duration": "5s"}
    undo = {"kind": "inverse", "duration": "5s"}
    return {**found, "undo": undo, "after": [after] if after else [], **more}


def by_job(step: str, name: str, owner: str, after: str = "", **more: Any) -> Plan:
    """Give a step that deploys the new version of a service, and the old one as its way back."""
    return {
        "id": step,
        "title": f"Deploy {name} {NEW[name]}",
        "kind": "automated",
        "owner": owner,
        "services": [name],
        "after": [after] if after else [],
        "run": deploy(name, NEW[name]),
        "duration": "5s",
        "undo": {"kind": "inverse", "duration": "5s", "run": deploy(name, OLD[name])},
        **more,
    }


def gate(step: str, after: str, *stations: str, **more: Any) -> Plan:
    """Give a gate that needs every one of its stations."""
    found: Plan = {"id": step, "title": f"Go at {step}", "kind": "gate", "owner": "mara"}
    asked = {"stations": list(stations), "quorum": len(stations), "duration": "5s"}
    return {**found, **asked, "after": [after] if after else [], **more}


def item(name: str) -> Plan:
    """Give an item that goes from the old to the new version."""
    return {"service": name, "from": OLD[name], "to": NEW[name], "contract_change": "added"}


def release(*steps: Plan, items: tuple[str, ...] = ("payments-api",), **more: Any) -> Plan:
    """Give a release of these steps whose window opened five minutes ago.

    ``runbook`` adds to the runbook, everything else to the release.
    """
    runbook = {"decision_time": "5s", "verification": "2s", **more.pop("runbook", {})}
    return {
        "id": RELEASE,
        "title": "Payments Core 4",
        "environment": "prod",
        "window": {"start": at(-5), "end": at(60), "zone": "Europe/Berlin"},
        "commander": "mara",
        "scribe": "ines",
        "requester": "tomas",
        "authors": ["tomas", "ilka"],
        "items": [item(name) for name in items],
        "runbook": {**runbook, "steps": list(steps)},
        **more,
    }


def limit(above: float = 0.5, *, lasting: str = "0s", **more: Any) -> Plan:
    """Give health with one critical indicator, the error ratio."""
    indicator = {
        "id": "errors",
        "title": "Error ratio",
        "system": "metrics",
        "query": "error_ratio",
        "limit": {"above": above, "for": lasting},
        "severity": "critical",
        "time_to_live": "2s",
        **more,
    }
    return {"indicators": [indicator]}


def connections(fleet: Fleet, metrics: str, changes: Path) -> Plan:
    """Give the systems: real commands, files as change records, and the monitoring."""
    run = ["/bin/sh", str(fleet.script), str(fleet.folder.with_name("{target}"))]
    kept = {"files": [str(fleet.script)]}
    jobs = {
        "deploy": {"argv": [*run, "deploy", "{service}", "{version}"], **kept},
        "save": {"argv": [*run, "save", "{name}"], **kept},
        "prove": {"argv": [*run, "prove", "{name}"], **kept},
    }
    return {
        "systems": [
            {"id": "ci", "plugin": "command", "settings": {"jobs": jobs}},
            {"id": "itsm", "plugin": "files", "settings": {"folder": str(changes)}},
            {"id": "metrics", "plugin": "prometheus", "url": metrics, "settings": {}},
        ]
    }


def write(folder: Path, files: Mapping[str, Plan]) -> Path:
    """Write a workspace and give its folder."""
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, indent=1), encoding="utf-8")
    return folder
