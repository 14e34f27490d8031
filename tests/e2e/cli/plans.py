"""Workspaces as a team writes them: a small estate, and plans with worked figures."""

from __future__ import annotations

import sys
from pathlib import Path

ESTATE = """
teams: [{id: payments, name: Payments}, {id: ledger, name: Ledger}, {id: operations}]
people:
  - {id: mara, name: Mara Okafor, team: operations, roles: [commander], zone: Europe/Berlin,
     aliases: [mokafor], reach: [{phone: "+49 30 1234"}, {chat: "@mara"}]}
  - {id: asha, name: Asha Rao, team: ledger, zone: Asia/Kolkata, reach: [{pager: "77-12"}]}
  - {id: jo, name: Jo Park, team: payments, zone: America/New_York, reach: [{phone: "+1 212 1"}]}
  - {id: ines, name: Ines Vidal, team: operations, zone: Europe/Madrid}
  - {id: tomas, name: Tomas Novak, team: payments, zone: Europe/Prague}
environments: [{id: staging, order: 2}, {id: prod, order: 3, owner: operations}]
services:
  - {id: ledger-db, team: ledger, tier: 1, kind: database, version: 14.2}
  - {id: ledger-api, team: ledger, tier: 1, version: 5.2}
  - {id: payments-api, team: payments, tier: 1, channels: [web, pos], version: 2.30}
  - {id: web-shop, team: payments, tier: 1, channels: [web], version: 8.4}
  - {id: reports, team: ledger, version: 1.0}
dependencies:
  - {from: web-shop, to: payments-api}
  - {from: payments-api, to: ledger-api, requires: ">=5.2,<6"}
  - {from: ledger-api, to: ledger-db}
  - {from: web-shop, to: ledger-api}
"""

CALENDAR = """
freezes:
  - {id: month-end, reason: Month-end close, owner: ledger, scope: {services: [ledger-db]},
     start: 2026-04-30T00:00, end: 2026-05-02T00:00, zone: Europe/Berlin}
"""

CONNECTIONS = """
systems:
  - {id: metrics, plugin: prometheus, url: "http://127.0.0.1:1", settings: {}}
  - {id: itsm, plugin: files, settings: {folder: "CHANGES"}}
  - {id: ci, plugin: command,
     settings: {jobs: {deploy: {argv: ["PYTHON", "-c", "print('2.31 stands')"]}}}}
"""

RELEASE = """
id: pay-4
title: Payments Core 4
environment: prod
window: {start: 2026-04-21T01:30, end: 2026-04-21T05:00, zone: Europe/Berlin}
commander: mara
scribe: ines
requester: tomas
authors: [tomas]
bridge: {dial_in: {de: "+49 30 9999"}, link: https://bridge.example.org/7}
items: [{service: payments-api, from: 2.30, to: 2.31, contract_change: added}]
runbook:
  steps:
    - {id: open, title: Open the bridge, kind: communication, owner: mara, duration: 2m}
    - {id: stop-writers, title: Stop ledger writers, owner: asha, after: [open],
       duration: {best: 4m, likely: 5m, worst: 9m}, undo: {kind: inverse, duration: 5m}}
    - {id: deploy, title: Deploy payments-api 2.31, owner: jo, after: [stop-writers], duration: 8m,
       services: [payments-api], undo: {kind: inverse, duration: 3m}}
    - {id: canary, title: Leave canary, kind: gate, after: [deploy], stations: [payments, ledger],
       quorum: 2, duration: 2m}
    - {id: drop, title: Drop old columns, owner: asha, after: [canary], duration: 11m,
       undo: {kind: irreversible}}
    - {id: tidy, title: Tidy up, after: [drop], duration: 1m, undo: {kind: none}}
vendors: [{name: Ledger GmbH, contract: L-12, phone: "+49 40 1", hours: 24x7, response: 30m}]
"""

JOB = """
id: job-7
title: One real job
environment: prod
window: {start: 2026-04-21T01:30, end: 2026-04-21T05:00, zone: Europe/Berlin}
commander: mara
requester: tomas
rehearsal: {environment: staging}
runbook:
  steps:
    - {id: deploy, title: Deploy payments-api 2.31, kind: automated, owner: jo, duration: 8m,
       run: {system: ci, job: deploy}, undo: {kind: none}}
    - {id: close, title: Close the bridge, kind: communication, after: [deploy], duration: 1m}
"""

CUTOVER = """
id: cutover
environment: prod
window: {start: 2026-04-21T01:00, end: 2026-04-21T05:00, zone: UTC}
commander: mara
requester: tomas
runbook:
  verification: 15m
  decision_time: 5m
  unrehearsed_factor: 1
  steps:
    - {id: stop-writers, title: Stop, duration: 5m, undo: {kind: inverse, duration: 5m}}
    - {id: migrate, title: Migrate, after: [stop-writers], duration: 40m,
       undo: {kind: compensation, duration: 70m}}
    - {id: deploy, title: Deploy, after: [migrate], duration: 30m,
       undo: {kind: inverse, duration: 25m}}
    - {id: switch, title: Switch, after: [deploy], duration: 10m,
       undo: {kind: inverse, duration: 10m}}
    - {id: drop-columns, title: Drop, after: [switch], duration: 15m, undo: {kind: irreversible}}
"""

NETWORK = """
id: network
environment: prod
window: {start: 2026-04-21T01:00, end: 2026-04-21T05:00, zone: UTC}
commander: mara
requester: tomas
runbook:
  steps:
    - {id: A, title: A, kind: hold, duration: 10m}
    - {id: B, title: B, kind: hold, after: [A], duration: 20m}
    - {id: C, title: C, kind: hold, after: [A], duration: 5m}
    - {id: D, title: D, kind: hold, after: [C], duration: 15m}
    - {id: E, title: E, kind: hold, after: [B, D], duration: 10m}
    - {id: F, title: F, kind: hold, after: [D], duration: 25m}
    - {id: G, title: G, kind: hold, after: [E, F], duration: 5m}
"""

PARALLEL = """
id: parallel
environment: prod
window: {start: 2026-04-21T01:00, end: 2026-04-21T01:25, zone: UTC}
commander: mara
requester: tomas
runbook:
  steps:
    - {id: left, title: L, kind: hold, duration: {best: 10m, likely: 15m, worst: 35m}}
    - {id: right, title: R, kind: hold, duration: {best: 10m, likely: 15m, worst: 35m}}
"""


def write_plan(folder: Path, *releases: str, estate: str = ESTATE, calendar: str = "") -> Path:
    """Write a workspace of these releases and give its folder."""
    (folder / "releases").mkdir(parents=True, exist_ok=True)
    (folder / "estate.yaml").write_text(estate, encoding="utf-8")
    changes = folder / "changes"
    changes.mkdir(exist_ok=True)
    connected = CONNECTIONS.replace("CHANGES", str(changes)).replace("PYTHON", sys.executable)
    (folder / "connections.yaml").write_text(connected, encoding="utf-8")
    if calendar:
        (folder / "calendar.yaml").write_text(calendar, encoding="utf-8")
    for number, text in enumerate(releases):
        (folder / "releases" / f"release-{number}.yaml").write_text(text, encoding="utf-8")
    return folder
