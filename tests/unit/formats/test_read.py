"""What a workspace says, and how each slip in it is named: file, line, field."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from relconsole.adapters.formats.workspace import (
    check_workspace,
    judge_workspace,
    read_workspace,
)
from relconsole.adapters.formats.workspace.records import Record
from relconsole.adapters.formats.workspace.table import DOCUMENTS, known_keys
from relconsole.domain.calendar.entries import (
    Freeze,
    FreezeException,
    MaintenanceWindow,
    Reservation,
    Train,
)
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import (
    Dependency,
    Environment,
    Service,
    Team,
    VersionSource,
)
from relconsole.domain.estate.connections import System
from relconsole.domain.estate.people import DutyHours, Person, Reach
from relconsole.domain.estate.policy import Authority, Policy, ReliefRule
from relconsole.domain.estate.scope import Scope
from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.ids import PersonId, ReleaseId, ServiceId, StepId, SystemId
from relconsole.domain.plan.runbook import (
    Check,
    JobRun,
    Mode,
    Replay,
    Runbook,
    Step,
    StepKind,
    StepSilence,
    Undo,
    UndoKind,
)
from relconsole.domain.release.messages import Channel, MessagePlan
from relconsole.domain.release.release import (
    Bridge,
    ChangeReference,
    ChangeStates,
    ControlTotal,
    Indicator,
    Item,
    Limit,
    RehearsalPlace,
    Release,
    RestorePoint,
    RollbackEdits,
    UndoEdit,
    VendorContact,
)
from tests.unit.formats.payments_files import (
    PAYMENTS,
    RELEASE,
    copy_payments,
    edit,
    line_of,
    the_problem,
)


@pytest.fixture(scope="module")
def payments() -> Workspace:
    return read_workspace(PAYMENTS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_payments(tmp_path)


def core(workspace: Workspace) -> Release:
    return workspace.releases[ReleaseId("payments-core-2026.4")]


def step(workspace: Workspace, name: str) -> Step:
    found = core(workspace).runbook.find(StepId(name))
    assert found is not None
    return found


def test_that_a_version_stays_as_it_was_written(payments: Workspace) -> None:
    assert payments.estate.services[ServiceId("web-shop")].version == "2.30"


def test_that_the_estate_keeps_the_order_of_its_file(payments: Workspace) -> None:
    assert list(payments.estate.services) == ["payments-api", "ledger-db", "web-shop"]


def test_that_a_service_has_tier_3_all_environments_and_its_id_for_a_name_unless_said(
    payments: Workspace,
) -> None:
    shop = payments.estate.services[ServiceId("web-shop")]
    assert (shop.name, shop.tier, shop.kind, shop.environments) == ("web-shop", 3, "service", ())


def test_that_a_person_is_reached_in_the_order_of_the_file(payments: Workspace) -> None:
    mara = payments.estate.people[PersonId("mara")]
    assert mara.reach == (
        Reach(way="phone", value="+49 30 1234"),
        Reach(way="chat", value="@mara"),
    )
    assert mara.on_duty == DutyHours(start=time(20), end=time(6))


def test_that_a_window_is_kept_in_utc_with_its_zone(payments: Workspace) -> None:
    release = core(payments)
    assert release.zone == "Europe/Berlin"
    assert release.window.start == datetime(2026, 4, 20, 23, 30, tzinfo=UTC)
    assert release.window.end == datetime(2026, 4, 21, 3, 0, tzinfo=UTC)
    assert release.deadline == release.window.end


def test_that_a_plain_duration_is_all_three_cases(payments: Workspace) -> None:
    assert step(payments, "deploy-api").duration == plain(timedelta(minutes=8))
    assert step(payments, "stop-writers").duration == ThreePoint(
        best=timedelta(minutes=4), likely=timedelta(minutes=5), worst=timedelta(minutes=9)
    )


def test_that_a_bare_time_is_the_first_such_time_in_the_window(payments: Workspace) -> None:
    assert step(payments, "drop-columns").not_before == datetime(2026, 4, 21, 0, 38, tzinfo=UTC)


def test_that_a_gate_has_nothing_to_undo(payments: Workspace) -> None:
    gate = step(payments, "leave-canary")
    assert (gate.kind, gate.mode, gate.quorum) == (StepKind.GATE, Mode.DO_CONFIRM, 3)
    assert gate.undo == Undo(kind=UndoKind.NONE)


def test_that_a_step_without_a_kind_is_manual(folder: Path) -> None:
    edit(folder, RELEASE, "owner: asha, kind: manual, mode: do-confirm", "owner: asha")
    assert step(read_workspace(folder), "stop-writers").kind is StepKind.MANUAL


def test_that_settings_stay_texts_for_the_schema_of_the_plugin(payments: Workspace) -> None:
    settings = payments.systems[SystemId("ci")].settings
    assert settings == {"jobs": {"deploy": {"argv": ["a", "no", "12"]}}}


def test_that_a_folder_with_an_estate_alone_is_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").touch()
    assert read_workspace(tmp_path) == Workspace()


def test_that_a_split_estate_is_read_as_one(folder: Path) -> None:
    whole = read_workspace(folder)
    text = (folder / "estate.yaml").read_text(encoding="utf-8")
    people, rest = text.split("environments:", 1)
    (folder / "estate").mkdir()
    (folder / "estate/a-people.yaml").write_text(people, encoding="utf-8")
    (folder / "estate/b-rest.yaml").write_text("environments:" + rest, encoding="utf-8")
    (folder / "estate.yaml").unlink()
    assert read_workspace(folder) == whole


EXTENDED = (
    ("estate.yaml", "version: 2.30.4}", """version: 2.30.4,
     observed_by: {system: metrics, query: 'up{environment}', label: release}}"""),
    (RELEASE, "authors: [tomas, ilka]", """authors: [tomas, ilka]
scribe: ilka
approved_within: 24h
vendors: [{name: Acme, response: 30m}]
messages: [{id: shops, to: [shops@example.org], at: [start, 'gate:leave-canary', end], every: 30m}]
rollback:
  edits: [{undo: stop-writers, after: [], duration: 6m}, {undo: deploy-api, after: [warn]}]
  extra: [{id: warn, title: Warn the shops, duration: 1m, after: [stop-writers]}]
  restore_points:
  - {id: dump, before: drop-columns, what: ledger, where: vault-2, restore: 20m,
     kept_until: 2026-05-21T00:00}
  control_totals: [{id: sum, system: metrics, query: ledger_sum, tolerance: 0.5}]"""),
    (RELEASE, "best: 4m, likely: 5m, worst: 9m},", """best: 4m, likely: 5m, worst: 9m},
       changes_data: yes, services: [ledger-db], note: Look twice.,
       silence: {system: metrics, services: [ledger-db]},"""),
    (RELEASE, "limit: {above: 0.8, for: 3m}", """suppressed_during: [deploy-api],
     limit: {above: 0.8, for: 3m, clear: 1m, deadband: 0.1}"""),
    (RELEASE, "drop-columns, title: Drop old columns,", """drop-columns, title: Drop old columns,
       replays: {duplicates: keyed by id, proof: {count: sum, amount: sum}},"""),
    (RELEASE, "  unrehearsed_factor: 1.5", """  relief:
    - {id: page, title: Show the page, owner: jo, kind: automated, services: [payments-api],
       run: {system: ci, job: switch}, duration: 1m, note: For the customers.,
       undo: {kind: inverse, duration: 1m, run: {system: ci, job: switch-off}}}
    - {id: kill, title: Kill switch, duration: 10s}
  unrehearsed_factor: 1.5"""),
    ("policy.yaml", "freshness:", """rehearsal_age: 14d
relief: {roles: [commander], people: [jo], reason: yes}
freshness:"""),
    ("calendar.yaml", "freezes: ", """exceptions:
  - {id: one, freeze: month-end, release: ledger-2026.3, approver: ilka, reason: agreed,
     expires: 2026-05-01T00:00, zone: Europe/Berlin}
freezes: """),
)  # fmt: skip


def test_that_the_extensions_are_read(folder: Path) -> None:
    for file, old, new in EXTENDED:
        edit(folder, file, old, new)
    workspace = read_workspace(folder)
    release = core(workspace)
    stop = step(workspace, "stop-writers")
    assert stop.silence is not None
    assert stop.silence.lasts == timedelta(minutes=9)
    assert stop.changes_data
    drop = step(workspace, "drop-columns")
    assert drop.replays == Replay(duplicates="keyed by id", count="sum", amount="sum")
    page, kill = release.runbook.relief
    assert (page.id, page.undo.kind, kill.undo.kind) == ("page", UndoKind.INVERSE, UndoKind.NONE)
    rule = ReliefRule(roles=("commander",), people=(PersonId("jo"),), reason=True)
    assert workspace.policy.relief == rule
    assert release.scribe == "ilka"
    assert release.approved_within == timedelta(days=1)
    assert release.vendors[0].response == timedelta(minutes=30)
    (message,) = release.messages
    assert (message.audience, message.channel) == ("shops", Channel.MAIL)
    assert [str(moment) for moment in message.at] == ["start", "gate:leave-canary", "end"]
    assert message.every == timedelta(minutes=30)
    assert release.rollback.edits[0].undo == "undo-stop-writers"
    assert release.rollback.edits[0].after == ()
    assert release.rollback.edits[1].after == ("warn",)
    assert release.rollback.edits[1].duration is None
    assert release.rollback.extra[0].after == ("undo-stop-writers",)
    assert release.rollback.restore_points[0].kept_until == datetime(2026, 5, 20, 22, tzinfo=UTC)
    assert release.rollback.control_totals[0].tolerance == 0.5
    limit = release.indicators[0].limit
    assert limit is not None
    assert (limit.clearing, limit.deadband) == (timedelta(minutes=1), 0.1)
    assert release.indicators[0].suppressed_during == ("deploy-api",)
    assert workspace.policy.rehearsal_age == timedelta(days=14)
    assert workspace.calendar.exceptions[0].expires.wall == datetime(2026, 5, 1)  # noqa: DTZ001
    observed = workspace.estate.services[ServiceId("payments-api")].observed_by
    assert observed is not None
    assert observed.label == "release"


@pytest.mark.parametrize("ending", ["yml", "json"])
def test_that_other_endings_are_read_too(folder: Path, ending: str) -> None:
    before = read_workspace(folder)
    (folder / "releases/ledger-2026.3.yaml").rename(folder / f"releases/ledger-2026.3.{ending}")
    assert read_workspace(folder) == before


Slip = tuple[str, str, str, str, str]


def relief_slip(keys: str, field: str, message: str, *, id: str = "page") -> Slip:  # noqa: A002 - the key's name
    """A slip in a relief step with these keys."""
    written = f"  relief: [{{id: {id}, title: Page, duration: 1m{keys}}}]\n"
    factor = "  unrehearsed_factor: 1.5"
    return RELEASE, factor, written + factor, f"runbook.relief[0].{field}", message


RELIEF_SLIPS = (
    relief_slip(", after: [stop-writers]", "after", "it waits for nothing"),
    relief_slip(", not_before: '02:00'", "not_before", "it waits for nothing"),
    relief_slip(", kind: gate", "kind", "manual or automated, not gate"),
    relief_slip(", stations: [edge]", "stations", "is no gate"),
    relief_slip(", silence: {}", "silence", "mutes no alerts"),
    relief_slip(", changes_data: yes", "changes_data", "changes no data"),
    relief_slip(", replays: {}", "replays", "changes no data"),
    relief_slip(", kind: automated", "run", "needs run"),
    relief_slip(", undo: {kind: irreversible}", "undo", "is not irreversible"),
    relief_slip("", "id", "deploy-api is a step of the plan", id="deploy-api"),
    relief_slip("", "id", "undo-deploy-api is a step of the plan", id="undo-deploy-api"),
)

SLIPS: tuple[Slip, ...] = (
    # file, what stands there, what is written instead, field, part of the message
    ("estate.yaml", "team: ledger, tier: 1", "team: ledgr, tier: 1", "services[1].team",
     "there is no team ledgr; did you mean ledger?"),
    ("estate.yaml", "owner: operations,", "ownr: operations,", "environments[1].ownr",
     "unknown key 'ownr'; the nearest known key is owner"),
    ("estate.yaml", "{id: ledger-db, team: ledger,", "{id: ledger-db,", "services[1].team",
     "a service needs team"),
    ("estate.yaml", "- {id: jo}", "- {id: tomas}\n  - {id: jo}", "people[4].id",
     "the person tomas is already defined at estate.yaml:8"),
    ("estate.yaml", 'on_duty: "20:00-06:00"', 'on_duty: "20-06"', "people[0].on_duty",
     "no hours"),
    ("estate.yaml", 'on_duty: "20:00-06:00"', 'on_duty: "20:00-26:00"', "people[0].on_duty",
     "no hours"),
    ("estate.yaml", "zone: Europe/Berlin", "zone: Europe/Berlni", "people[0].zone", "no zone"),
    ("estate.yaml", "concurrency: 2", "concurrency: 0", "environments[1].concurrency",
     "no whole number from 1 up"),
    ("estate.yaml", "to: payments-api", "to: payments_api", "dependencies[0].to",
     "there is no service payments_api; did you mean payments-api?"),
    ("estate.yaml", "{id: ledger}", "{id: ledger}\n  - {id: ' '}", "teams[2].id",
     "visible characters"),
    ("estate.yaml", "business_unit: Retail", 'business_unit: "a\\bb"', "teams[0].business_unit",
     "control character"),
    ("estate.yaml", "business_unit: Retail", "business_unit: ''", "teams[0].business_unit",
     "must not be empty"),
    ("estate.yaml", "channels: [web, pos]", "channels: web", "services[0].channels",
     "a list belongs here"),
    ("estate.yaml", "business_unit: Retail", "business_unit: [Retail]", "teams[0].business_unit",
     "not a list"),
    ("calendar.yaml", "owner: finance,", "own: {},", "freezes[0].own",
     "the nearest known key is owner"),
    ("calendar.yaml", "services: [ledger-db], environments", "services: [ledger], environments",
     "freezes[0].scope.services[0]", "there is no service ledger"),
    ("calendar.yaml", "end: 2026-05-02T00:00", "end: 2026-04-30T00:00", "freezes[0].end",
     "the end is not after the start"),
    ("calendar.yaml", "rrule: FREQ=DAILY", "rrule: FREQ=HOURLY", "maintenance_windows[0].rrule",
     "HOURLY"),
    ("calendar.yaml", "rrule: FREQ=DAILY", "rrule: FREQ=DAILY;INTERVAL=0",
     "maintenance_windows[0].rrule", "INTERVAL"),
    ("calendar.yaml", "INTERVAL=2;BYDAY=TU", "INTERVAL=2;BYDAY=XX", "trains[0].cadence", "BYDAY"),
    ("calendar.yaml", "environment: staging", "environment: stagin", "reservations[0].environment",
     "did you mean staging?"),
    ("calendar.yaml", "zone: Europe/Berlin, purpose", "purpose", "reservations[0].zone",
     "a local time needs zone beside it"),
    ("policy.yaml", "default: 60s", "default: 60", "freshness.default", "no duration such as 90s"),
    ("policy.yaml", "default: 60s", "default: 0s", "freshness.default", "longer than nothing"),
    ("policy.yaml", "default: 60s", "default: 20000d", "freshness.default", "longer than 3660 d"),
    ("connections.yaml", "http://127.0.0.1:9090",
     "http://mara:hunter2@127.0.0.1:9090",  # pragma: allowlist secret
     "systems[0].url", "holds no password"),
    ("connections.yaml", "http://127.0.0.1:9090", "'http://[127.0.0.1:9090'",
     "systems[0].url", "no address"),
    (RELEASE, "type: normal", "type: normal\nmessages: [{id: shops, at: [finish]}]",
     "messages[0].at[0]", "is none of start, end, rollback, gate:STEP"),
    (RELEASE, "type: normal", "type: normal\nmessages: [{id: shops, at: ['gate:leave']}]",
     "messages[0].at[0]", "there is no step leave"),
    (RELEASE, "type: normal", "type: normal\nmessages: [{id: shops, at: ['gate:']}]",
     "messages[0].at[0]", "is none of start, end, rollback, gate:STEP"),
    (RELEASE, "type: normal", "type: normal\nmessages: [{id: shops, at: [[end]]}]",
     "messages[0].at[0]", "one value belongs here"),
    (RELEASE, "type: normal", "type: normal\nmessages: [{id: shops, at: []}]",
     "messages[0]", "else it is never due"),
    (RELEASE, "type: normal", "type: norml", "type", "the nearest is normal"),
    (RELEASE, "commander: mara", "commander: mokafor", "commander", "there is no person mokafor"),
    (RELEASE, "change: {system: itsm", "change: {system: itms", "change.system",
     "did you mean itsm?"),
    (RELEASE, "train: retail", "train: retial", "train", "did you mean retail?"),
    (RELEASE, "waits_for: [ledger-2026.3]", "waits_for: [ledger-2026.4]", "waits_for[0]",
     "did you mean ledger-2026.3?"),
    (RELEASE, "waits_for: [ledger-2026.3]", "waits_for: [payments-core-2026.4]", "waits_for",
     "cannot wait for itself"),
    (RELEASE, "end: 2026-04-21T05:00", "end: 2026-04-21T01:30", "window.end",
     "not after its start"),
    (RELEASE, "end: 2026-04-21T05:00, zone: Europe/Berlin", "zone: Europe/Berlin", "window.end",
     "a window needs end"),
    (RELEASE, "decision_time: 5m", "decision_time: 5 minutes", "runbook.decision_time",
     "no duration"),
    (RELEASE, "unrehearsed_factor: 1.5", "unrehearsed_factor: 0.5", "runbook.unrehearsed_factor",
     "less than 1"),
    (RELEASE, "unrehearsed_factor: 1.5", "unrehearsed_factor: .inf", "runbook.unrehearsed_factor",
     "no number"),
    (RELEASE, "best: 4m", "best: 6m", "runbook.steps[0].duration", "must not get shorter"),
    (RELEASE, "kind: manual", "kind: manuel", "runbook.steps[0].kind", "the nearest is manual"),
    (RELEASE, ", undo: {kind: inverse, duration: 5m}}", "}", "runbook.steps[0].undo",
     "a step of kind manual needs undo"),
    (RELEASE, "undo: {kind: inverse, duration: 5m}", "undo: {kind: compensation}",
     "runbook.steps[0].undo.duration", "an undo of kind compensation needs duration"),
    (RELEASE, "undo: {kind: irreversible}", "undo: {kind: irreversible, duration: 5m}",
     "runbook.steps[3].undo.duration", "has no duration"),
    (RELEASE, "title: Stop ledger writers, ", "", "runbook.steps[0].title", "a step needs title"),
    (RELEASE, "run: {system: ci, job: migrate}, ", "", "runbook.steps[3].run", "needs run"),
    (RELEASE, "duration: 2m}", "duration: 2m, undo: {kind: irreversible}}",
     "runbook.steps[2].undo", "nothing to undo"),
    (RELEASE, "duration: 2m}", "duration: 2m, run: {system: ci, job: x}}", "runbook.steps[2].run",
     "runs no job"),
    (RELEASE, "stations: [payments, ledger, edge], quorum: 3, ", "", "runbook.steps[2].stations",
     "a gate needs stations"),
    (RELEASE, "quorum: 3", "quorum: 4", "runbook.steps[2].quorum", "only 3 stations"),
    (RELEASE, "[payments, ledger, edge], quorum: 3", "[payments, edge, edge]",
     "runbook.steps[2].stations", "named twice"),
    (RELEASE, "mode: do-confirm", "mode: do-confirm, quorum: 1", "runbook.steps[0].quorum",
     "has no quorum"),
    (RELEASE, "after: [deploy-api]", "after: [deploy-app]", "runbook.steps[2].after[0]",
     "there is no step deploy-app; did you mean deploy-api?"),
    (RELEASE, "id: drop-columns", "id: deploy-api", "runbook.steps[3].id",
     "the step deploy-api is already defined"),
    (RELEASE, ", below: 0.8}", "}", "runbook.steps[1].checks[0]", "needs below, above or both"),
    (RELEASE, "below: 0.8", "below: 0.8, above: 0.8", "runbook.steps[1].checks[0].above",
     "no value lies"),
    (RELEASE, "limit: {above: 0.8, for: 3m}", "limit: {for: 3m}", "health.indicators[0].limit",
     "needs above, below or both"),
    (RELEASE, "limit: {above: 0.8", "limit: {below: 1, above: 0.8",
     "health.indicators[0].limit.below", "beyond one of these"),
    (RELEASE, "owner: jo, ", "owner: jo, changes_data: maybe, ", "runbook.steps[1].changes_data",
     "neither yes nor no"),
    (RELEASE, "target: prod}}, duration: 8m", "target: [prod]}}, duration: 8m",
     "runbook.steps[1].run.with.target", "one value belongs here"),
    (RELEASE, "items: [", "items: [{service: payments-api}, ", "items", "stands twice"),
    ("estate.yaml", "tier: 1, kind: service", "tier: [1], kind: service", "services[0].tier",
     "one value belongs here"),
    ("estate.yaml", "tier: 1, kind: service", "tier: 1.5, kind: service", "services[0].tier",
     "no whole number"),
    ("estate.yaml", 'on_duty: "20:00-06:00"', "on_duty: {}", "people[0].on_duty",
     "one value belongs here"),
    ("connections.yaml", '[a, "no", 12]', '[a, "n\\x07o", 12]',
     "systems[2].settings.jobs.deploy.argv[1]", "control character"),
    (RELEASE, "id: CHG-48213}", "id: CHG-48213, states: {runing: x}}", "change.states.runing",
     "unknown key 'runing'; the nearest known key is running"),
    (RELEASE, 'dial_in: {de: "+49 30 9999", us: "+1 212 9999"}', "dial_in: [de]",
     "bridge.dial_in", "a mapping belongs here"),
    (RELEASE, "window: {start: 2026-04-21T01:30", "window: {start: 2026-03-29T02:30",
     "window.start", "does not exist"),
    (RELEASE, "deadline: window_end", "deadline: 2026-04-21T01:30", "runbook.deadline",
     "not after the window's start"),
    *RELIEF_SLIPS,
    (RELEASE, "mode: do-confirm,", "mode: do-confirm, relief: yes,", "runbook.steps[0].relief",
     "relief steps stand under relief"),
    (RELEASE, "quorum: 3,", "quorum: 3, replays: {},", "runbook.steps[2].replays",
     "a step of kind gate replays nothing"),
    (RELEASE, "owner: jo, ", "owner: jo, replays: {proof: {count: rows}}, ",
     "runbook.steps[1].replays.proof.count", "there is no control total rows"),
)  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS, ids=[f"{it[3]}: {it[4][:40]}" for it in SLIPS])
def test_that_a_slip_is_named_with_file_line_and_field(folder: Path, slip: Slip) -> None:
    file, old, new, field, message = slip
    line = line_of(folder, file, old)
    problem = the_problem(edit(folder, file, old, new))
    assert problem.file == file
    assert problem.field == field
    assert message in problem.message
    assert problem.line is not None
    assert 0 <= problem.line - line <= 1 or problem.field in {
        "runbook.steps[0].undo",
        "runbook.steps[2].after[0]",
        "runbook.steps[3].run",
    }


def test_that_a_password_in_an_address_is_never_repeated(folder: Path) -> None:
    mara = "http://mara:hunter2@127.0.0.1"  # pragma: allowlist secret
    edit(folder, "connections.yaml", "http://127.0.0.1", mara)
    assert "hunter2" not in str(the_problem(folder))


def test_that_every_problem_is_given_by_file_and_line(folder: Path) -> None:
    edit(folder, "estate.yaml", "team: ledger, tier: 1", "team: nobody, tier: x")
    edit(folder, "calendar.yaml", "owner: finance", "ownr: finance")
    edit(folder, RELEASE, "requester: tomas\n", "")
    edit(folder, RELEASE, "kind: irreversible", "kind: irreversable")
    problems = check_workspace(folder)
    assert [(it.file, it.field) for it in problems] == [
        ("calendar.yaml", "freezes[0].ownr"),
        ("estate.yaml", "services[1].tier"),
        ("estate.yaml", "services[1].team"),
        (RELEASE, "requester"),
        (RELEASE, "runbook.steps[3].undo.kind"),
    ]
    with pytest.raises(InputRejected) as rejected:
        read_workspace(folder)
    assert rejected.value.problems == problems


def test_that_each_cycle_among_steps_is_named(folder: Path) -> None:
    edit(folder, RELEASE, "owner: asha, kind: manual,", "owner: asha, after: [leave-canary],")
    edit(folder, RELEASE, "after: [leave-canary], not_before", "after: [drop-columns], not_before")
    problems = check_workspace(folder)
    first = "deploy-api waits for stop-writers waits for leave-canary waits for deploy-api"
    assert [(it.field, it.message) for it in problems] == [
        ("runbook.steps[1].after", f"a cycle: {first}"),
        ("runbook.steps[3].after", "a cycle: drop-columns waits for drop-columns"),
    ]


def test_that_a_cycle_is_named_beside_other_problems_of_its_steps(folder: Path) -> None:
    edit(folder, RELEASE, "after: [leave-canary], not_before", "after: [drop-columns], not_befor")
    assert {it.field for it in check_workspace(folder)} == {
        "runbook.steps[3].after",
        "runbook.steps[3].not_befor",
    }


def test_that_an_empty_list_of_windows_is_never_taken_for_never(folder: Path) -> None:
    text = (folder / "calendar.yaml").read_text(encoding="utf-8")
    before, _, after = text.partition("maintenance_windows:")
    rest = after[after.index("reservations:") :]
    path = folder / "calendar.yaml"
    path.write_text(f"{before}maintenance_windows: []\n{rest}", encoding="utf-8")
    problem = the_problem(folder)
    assert problem.field == "maintenance_windows"
    assert "an empty list of maintenance windows" in problem.message
    path.write_text(f"{before}maintenance_windows:\n{rest}", encoding="utf-8")
    assert the_problem(folder).field == "maintenance_windows"
    path.write_text(before + rest, encoding="utf-8")
    assert read_workspace(folder).calendar.maintenance_windows == ()


def test_that_two_checks_of_one_step_have_two_ids(folder: Path) -> None:
    check = "{id: p95, system: metrics, query: 'checkout_p95_seconds', below: 0.8}"
    edit(folder, RELEASE, check, f"{check}, {check}")
    assert "p95 stands twice" in the_problem(folder).message


def test_that_the_undo_of_a_step_is_edited_once(folder: Path) -> None:
    with (folder / RELEASE).open("a", encoding="utf-8") as file:
        file.write("rollback: {edits: [{undo: deploy-api}, {undo: deploy-api}]}\n")
    assert the_problem(folder).field == "rollback.edits"


def test_that_an_extra_step_has_an_id_of_its_own_and_waits_for_what_there_is(folder: Path) -> None:
    with (folder / RELEASE).open("a", encoding="utf-8") as file:
        file.write(
            "rollback:\n  extra:\n"
            "  - {id: deploy-api, title: x, duration: 1m}\n"
            "  - {id: one, title: x, duration: 1m, after: [two]}\n"
            "  - {id: two, title: x, duration: 1m, after: [one, three]}\n"
        )
    assert [(it.field, it.message[:22]) for it in check_workspace(folder)] == [
        ("rollback.extra[0].id", "the id deploy-api belo"),
        ("rollback.extra[1].after", "a cycle: one waits for"),
        ("rollback.extra[2].after[1]", "there is no undo step "),
    ]


def test_that_a_step_of_one_release_is_unknown_to_another(folder: Path) -> None:
    (folder / "releases/ledger-2026.3.yaml").write_text(
        "{id: ledger-2026.3, environment: prod, commander: mara, requester: tomas,"
        " window: {start: 2026-04-20T22:00Z, end: 2026-04-20T23:30Z}, runbook: {steps:"
        " [{id: look, title: Look, kind: hold, duration: 1m, after: [deploy-api]}]}}",
        encoding="utf-8",
    )
    assert "there is no step deploy-api" in the_problem(folder).message


def test_that_the_requester_cannot_approve_an_exception_not_even_by_an_alias(folder: Path) -> None:
    edit(folder, "estate.yaml", "- {id: ilka}", "- {id: ilka, aliases: [Tomas]}")
    with (folder / "calendar.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "exceptions: [{id: one, freeze: month-end, release: ledger-2026.3, approver: ilka,"
            " reason: agreed, expires: 2026-05-01T00:00Z}]\n"
        )
    problem = the_problem(folder)
    assert problem.field == "exceptions[0].id"
    assert "ilka requested ledger-2026.3" in problem.message


def test_that_two_releases_of_one_id_are_a_problem_with_both_places(folder: Path) -> None:
    text = (folder / RELEASE).read_text(encoding="utf-8")
    (folder / "releases/zz.yaml").write_text(text, encoding="utf-8")
    problem = the_problem(folder)
    assert (problem.file, problem.field) == ("releases/zz.yaml", "id")
    assert f"already defined at {RELEASE}:1" in problem.message


def test_that_policy_stands_in_one_file(folder: Path) -> None:
    (folder / "policy.json").write_text("{}", encoding="utf-8")
    problem = the_problem(folder)
    assert (problem.file, problem.message) == ("policy.json", "this stands in policy.yaml already")


def test_that_an_empty_release_file_lacks_everything_that_a_release_needs(folder: Path) -> None:
    (folder / "releases/new.yaml").touch()
    assert {it.field for it in check_workspace(folder)} == {
        "id",
        "environment",
        "window",
        "commander",
        "requester",
    }


def test_that_a_file_that_is_no_mapping_is_a_problem(folder: Path) -> None:
    (folder / "policy.yaml").write_text("- a\n", encoding="utf-8")
    assert the_problem(folder).message == "a policy is a mapping of keys"


def test_that_problems_of_form_and_of_keys_come_together(folder: Path) -> None:
    (folder / "policy.yaml").write_text("freshnes: &x {}\nfreshness: {defalt: !y 1s}\n")
    messages = [it.message for it in check_workspace(folder)]
    assert len(messages) == 4
    assert "the anchor &x is refused" in messages
    assert "unknown key 'defalt'; the nearest known key is default" in messages


def test_that_thousands_of_unknown_ids_are_all_named_in_a_moment(tmp_path: Path) -> None:
    services = "".join(f"- {{id: s{n}, team: t{n}}}\n" for n in range(3_000))
    (tmp_path / "estate.yaml").write_text(f"services:\n{services}", encoding="utf-8")
    assert len(check_workspace(tmp_path)) == 3_000


def test_that_the_table_lists_every_key_with_its_path() -> None:
    keys = {it.name: known_keys(it.record) for it in DOCUMENTS}
    assert "services[].observed_by.label" in keys["estate"]
    assert "maintenance_windows[].scope.regions" in keys["calendar"]
    assert "runbook.steps[].checks[].below" in keys["releases"]
    assert "rollback.extra[].undo.run.with" in keys["releases"]
    assert len(set(keys["releases"])) == len(keys["releases"])


def test_that_settings_are_a_mapping(folder: Path) -> None:
    edit(folder, "connections.yaml", "{id: itsm, plugin: files}", "{id: itsm, plugin: files,"
         " settings: [a]}")  # fmt: skip
    assert the_problem(folder).message == "a mapping belongs here"


def test_that_a_key_written_without_a_value_is_an_empty_list_or_mapping(folder: Path) -> None:
    edit(folder, "connections.yaml", "settings: {}", "settings: ")
    edit(folder, RELEASE, "waits_for: [ledger-2026.3]", "waits_for:")
    edit(folder, RELEASE, 'dial_in: {de: "+49 30 9999", us: "+1 212 9999"}', "dial_in: ")
    workspace = read_workspace(folder)
    assert core(workspace).waits_for == ()
    assert workspace.systems[SystemId("metrics")].settings == {}


def test_that_a_job_may_have_no_parameters(payments: Workspace) -> None:
    run = step(payments, "drop-columns").run
    assert run is not None
    assert run.parameters == {}


FIELDS_BY_OTHER_KEYS = {
    "replay": {"count", "amount"},
    "release": {"zone"},
    "freeze": {"when"},
    "maintenance window": {"when"},
    "reservation": {"when"},
}


def records(kind: object) -> Iterator[Record[Any]]:
    """Give a record and all within it."""
    while (item := getattr(kind, "item", None)) is not None:
        kind = item
    if isinstance(kind, Record):
        yield kind
        for key in kind.keys:
            yield from records(key.kind)


def test_that_every_field_of_a_written_value_has_a_key() -> None:
    made = {
        "team": Team, "person": Person, "environment": Environment, "service": Service,
        "version source": VersionSource, "dependency": Dependency, "scope": Scope,
        "authority": Authority, "policy": Policy, "system": System, "freeze": Freeze,
        "maintenance window": MaintenanceWindow, "reservation": Reservation, "train": Train,
        "freeze exception": FreezeException, "release": Release, "runbook": Runbook, "step": Step,
        "job": JobRun, "check": Check, "undo": Undo, "silence": StepSilence, "item": Item,
        "change": ChangeReference, "states": ChangeStates, "bridge": Bridge,
        "vendor": VendorContact, "limit": Limit, "indicator": Indicator, "rollback": RollbackEdits,
        "restore point": RestorePoint, "control total": ControlTotal, "edit": UndoEdit,
        "rehearsal": RehearsalPlace, "message": MessagePlan, "replay": Replay,
        "relief rule": ReliefRule,
    }  # fmt: skip
    found = {it.what: it for document in DOCUMENTS for it in records(document.record)}
    lacking = {
        f"{what}.{it.name}"
        for what, value in made.items()
        for it in dataclasses.fields(value)
        if it.name not in {key.field for key in found[what].keys}
        and it.name not in FIELDS_BY_OTHER_KEYS.get(what, set())
    }
    assert lacking == set()
    assert set(found) - set(made) == {
        "file", "freshness", "health", "proof", "relief step", "window",
    }  # fmt: skip


@pytest.mark.parametrize("undo", ["leave-canary", "drop-columns", "warn", "undo-nothing"])
def test_that_only_the_undo_of_a_step_with_a_way_back_is_edited(folder: Path, undo: str) -> None:
    with (folder / RELEASE).open("a", encoding="utf-8") as file:
        file.write(
            f"rollback: {{edits: [{{undo: {undo}}}],"
            " extra: [{id: warn, title: Warn, duration: 1m}]}\n"
        )
    problem = the_problem(folder)
    assert problem.field == "rollback.edits[0].undo"
    assert "there is no undo step" in problem.message


def test_that_an_undo_is_named_by_its_own_id_or_by_its_step(folder: Path) -> None:
    with (folder / RELEASE).open("a", encoding="utf-8") as file:
        file.write(
            "rollback: {edits: [{undo: undo-deploy-api, after: [undo-stop-writers]},"
            " {undo: stop-writers, after: [deploy-api]}]}\n"
        )
    edits = core(read_workspace(folder)).rollback.edits
    assert [(it.undo, it.after) for it in edits] == [
        ("undo-deploy-api", ("undo-stop-writers",)),
        ("undo-stop-writers", ("undo-deploy-api",)),
    ]


def test_that_an_extra_step_does_not_take_the_id_of_an_undo(folder: Path) -> None:
    with (folder / RELEASE).open("a", encoding="utf-8") as file:
        file.write("rollback: {extra: [{id: undo-deploy-api, title: x, duration: 1m}]}\n")
    assert "belongs to the step at line 22" in the_problem(folder).message


def test_that_no_step_waits_for_relief_and_no_extra_step_bears_its_id(folder: Path) -> None:
    factor = "  unrehearsed_factor: 1.5"
    edit(folder, RELEASE, factor, "  relief: [{id: page, title: P, duration: 1m}]\n" + factor)
    edit(folder, RELEASE, "after: [deploy-api]", "after: [page]")
    with (folder / RELEASE).open("a", encoding="utf-8") as file:
        file.write("rollback: {extra: [{id: page, title: Warn, duration: 1m}]}\n")
    says = {problem.field: problem.message for problem in check_workspace(folder)}
    assert "there is no step page" in says["runbook.steps[2].after[0]"]
    assert "the id page belongs to the step" in says["rollback.extra[0].id"]


@pytest.mark.parametrize("ids", [("page", "undo-page"), ("undo-page", "page")])
def test_that_no_relief_bears_the_id_of_what_turns_another_off(
    folder: Path, ids: tuple[str, str]
) -> None:
    relief = ", ".join(f"{{id: {id_}, title: P, duration: 1m}}" for id_ in ids)
    factor = "  unrehearsed_factor: 1.5"
    edit(folder, RELEASE, factor, f"  relief: [{relief}]\n{factor}")
    assert the_problem(folder).field == "runbook.relief[1].id"


def test_that_a_replay_without_proof_is_remarked_upon_and_read_all_the_same(folder: Path) -> None:
    line = line_of(folder, RELEASE, "owner: jo, ")
    edit(folder, RELEASE, "owner: jo, ", "owner: jo, replays: {duplicates: keyed}, ")
    judged = judge_workspace(folder)
    assert judged.problems == ()
    (remark,) = judged.remarks
    assert (remark.file, remark.line, remark.field) == (
        RELEASE,
        line,
        "runbook.steps[1].replays",
    )
    assert "the count that proves it, the amount that proves it" in remark.message
    assert step(read_workspace(folder), "deploy-api").way_back is UndoKind.IRREVERSIBLE


def test_that_a_replay_that_is_written_as_irreversible_needs_no_remark(folder: Path) -> None:
    edit(folder, RELEASE, "job: migrate},", "job: migrate}, replays: {},")
    assert judge_workspace(folder).remarks == ()
