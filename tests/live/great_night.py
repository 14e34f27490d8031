"""One night with a change system, a build system and monitoring, each stopped in its middle.

It is played once. Who approved, what was built and what was alarmed is kept by the systems
themselves; the tests ask them, and say what must be true of it.
"""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.live import story
from tests.live.buildbot import PASSWORD, Master
from tests.live.console import LONGEST, Answer, Conducting
from tests.live.leaks import processes_with
from tests.live.relay import Relay
from tests.live.request_tracker import RequestTracker
from tests.live.servers import fill
from tests.live.story import ALERT, LEASE, PASSPHRASES, RELEASE, TOKEN, WORKSPACE, Stage
from tests.live.waiting import eventually

OWN_WORKSPACE: Final = Path(__file__).with_name("workspace_itsm_ci")
TRACKER_SECRET: Final = "console-secret"
CREDENTIALS: Final = {
    "itsm": f"console:{TRACKER_SECRET}",
    "ci": f"svc:{PASSWORD}",
    "metrics": TOKEN,
}
SECRETS: Final = (TRACKER_SECRET, PASSWORD, TOKEN, *PASSPHRASES.values())
DIGEST_FIELD: Final = "Plan digest"
EARLIER_PLAN: Final = "0" * 64
RUNNING: Final = "implement"
"""The state of a change whose night goes on."""

OLD: Final = {"payments": {"2.30.4"}, "ledger": {"14.2"}}
NEW: Final = {"payments": {"2.31.0"}, "ledger": {"15.0"}}
FORCE: Final = "POST /api/v2/forceschedulers/"
"""How the request begins by which a build is ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GreatStage(Stage):
    """The systems of the night; ``ticket`` is the change in Request Tracker."""

    tracker: RequestTracker
    buildbot: Master
    relay: Relay
    ticket: str

    def comments(self) -> list[dict[str, Any]]:
        """Give what the console's account wrote on the change, as the tracker has it, in order."""
        return [
            one
            for one in self.tracker.history(self.ticket)
            if (one["Type"], one["Creator"]["id"]) == ("Comment", "console")
        ]

    def waiting(self, system: str) -> dict[str, Any]:
        """Give the run where it shows that a system has something to take; empty where not."""
        run = self.status()
        return run if any(line["system"] == system for line in run["waiting"]) else {}

    def build_of(self, effect: str) -> dict[str, Any]:
        """Give the one build of an effect, as the master has it; empty where there is none yet."""
        builds = self.buildbot.builds_named(effect)
        assert len(builds) <= 1, builds
        return builds[0] if builds else {}


@dataclass(slots=True, kw_only=True)
class GreatSeen:
    """What was seen, in the order of the night; a run is what ``status`` showed of it."""

    began: datetime
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    runs: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    digest: str = ""
    effect_at_the_kill: dict[str, Any] = field(default_factory=dict[str, Any])
    silence_after: dict[str, Any] = field(default_factory=dict[str, Any])
    comments_before: int = 0
    comments_after: int = 0
    state_before_the_decision: str = ""
    exposed: list[str] = field(default_factory=list[str])
    build_when_held: dict[str, Any] = field(default_factory=dict[str, Any])
    alert_when_held: list[str] = field(default_factory=list[str])
    versions_after: dict[str, set[str]] = field(default_factory=dict[str, set[str]])


def play(stage: GreatStage) -> GreatSeen:
    """Play the night from its ticket to the closed ticket."""
    seen = GreatSeen(began=datetime.now(UTC))
    prepare(stage)
    ask_for_approval(stage, seen)
    die_under_a_build(stage, seen, begin_without_the_tracker(stage, seen))
    go_on_without_builds_and_alarms(stage, seen)
    settle_what_somebody_else_did(stage, seen)
    go_on_without_metrics(stage, seen)
    ask_a_second_person(stage, seen)
    roll_back(stage, seen)
    close(stage, seen)
    return seen


def prepare(stage: GreatStage) -> None:
    """Write the workspace, put the old versions into place, and bring keys and credentials."""
    for name in ("before", "deployments", "workspace/releases"):
        (stage.folder / name).mkdir(parents=True)
    values = {
        **story.values_of(stage.folder, stage.monitoring),
        "RELAY": stage.relay.url,
        "TICKET": stage.ticket,
        "TRACKER": stage.tracker.url,
    }
    templates = {name.relative_to(OWN_WORKSPACE): name for name in OWN_WORKSPACE.rglob("*.yaml")}
    templates[Path("estate.yaml")] = WORKSPACE / "estate.yaml"
    workspace = stage.folder / "workspace"
    for place, template in templates.items():
        (workspace / place).write_text(fill(template, values), encoding="utf-8")
    for service, version in (("ledger", "14.2"), ("payments", "2.30.4")):
        story.deploy_before_the_night(stage, service, version)
    stage.line.run("check", str(workspace)).done()
    stage.line.run("import", str(workspace)).done()
    for system, secret in CREDENTIALS.items():
        stage.line.run("credential", "set", system, secret=("--secret-fd", secret)).done()
    story.enrol(stage.line)


def ask_for_approval(stage: GreatStage, seen: GreatSeen) -> None:
    """Try it unapproved, then with an earlier plan that its own requester approved; then begin."""
    tracker, ticket = stage.tracker, stage.ticket
    night = story.answering(stage, ("open-bridge", "done", "mara"))
    tracker.move("mara", ticket, "assess")
    seen.answers["unapproved"] = stage.line.run_as("mara", *night)
    write_digest(stage, EARLIER_PLAN)
    tracker.move("mara", ticket, "authorize")
    approval = tracker.new_approval(ticket, "petra")
    tracker.move("tomas", approval, "resolved")
    tracker.move("mara", ticket, "scheduled")
    refused = stage.line.run_as("mara", *night)
    seen.answers["approved by its requester"] = refused
    told = re.search(r"the plan is ([0-9a-f]{64})", str(refused.document))
    assert told is not None, refused
    seen.digest = told[1]
    write_digest(stage, seen.digest)
    tracker.move("petra", approval, "open", "resolved")


def write_digest(stage: GreatStage, digest: str) -> None:
    """Let the requester write into the ticket what is to be approved."""
    fields = {"CustomFields": {DIGEST_FIELD: digest}}
    status, said = stage.tracker.ask("tomas", "PUT", f"/ticket/{stage.ticket}", fields)
    assert status == 200, said


def begin_without_the_tracker(stage: GreatStage, seen: GreatSeen) -> Conducting:
    """Open the run; stop Request Tracker under it, and decide the gate all the same."""
    night = story.answering(stage, ("open-bridge", "done", "mara"))
    conducting = stage.line.start_as("mara", *night, "--stay")
    conducting.hears("open-bridge done")
    conducting.sees(lambda: stage.tracker.state(stage.ticket) == RUNNING, "the change is moved")
    conducting.sees(lambda: not stage.status()["waiting"], "everything is taken")
    seen.comments_before = len(stage.comments())
    stage.tracker.stop()
    seen.answers["roll call"] = stage.line.run_as("mara", "step", RELEASE, "roll-call", "done")
    # Before the gate lets it go: the first build's order goes through, and its answer never comes.
    stage.relay.withhold(FORCE)
    gate = ("gate", RELEASE, "go-for-payments", "go")
    for person in ("jo", "asha"):
        told = ("--for", person, "--heard", "bridge")
        seen.answers[f"gate: {person}"] = stage.line.run_as("mara", *gate, *told)
    seen.answers["gate"] = stage.line.run_as("mara", *gate, "--decide")
    return conducting


def die_under_a_build(stage: GreatStage, seen: GreatSeen, conducting: Conducting) -> None:
    """Kill the console once the master has taken its order, and before it can hear of it."""
    conducting.hears("deploy-payments started")
    ordered = f"release {RELEASE} step deploy-payments"
    eventually(
        lambda: [one for one in stage.buildbot.buildsets() if ordered in one["reason"]],
        "the build is ordered",
    )
    eventually(stage.monitoring.silences, "the silence is made")
    # Frozen, so that it does not give the answer up while others look at what it shows.
    conducting.send(signal.SIGSTOP)
    seen.runs["without the tracker"] = stage.status()
    seen.effect_at_the_kill = stage.effect("step", "deploy-payments")
    conducting.kill()
    stage.relay.withhold_nothing()
    stage.tracker.start()
    seen.comments_after = len(stage.comments())
    # The build ends while nobody listens, and then there is nobody to ask.
    stage.begun("payments", "2.31.0")
    stage.drain("payments", "2.31.0")
    effect = seen.effect_at_the_kill["id"]
    eventually(lambda: stage.build_of(effect).get("complete"), "the build ends")
    stage.buildbot.server.stop()


def go_on_without_builds_and_alarms(stage: GreatStage, seen: GreatSeen) -> None:
    """Take the night up without Buildbot, and end the step without Alertmanager.

    Then somebody moves the change in Request Tracker while the night goes on.
    """
    conducting = stage.line.start_as("mara", *story.answering(stage), "--stay")
    conducting.hears("unknown what became of an effect: the console stopped")
    conducting.hears("ci does not answer since")
    seen.runs["without Buildbot"] = conducting.sees(
        lambda: stage.waiting("ci"), "Buildbot has something to take"
    )
    seen.exposed = processes_with(*SECRETS)
    silence = conducting.sees(
        lambda: str(stage.effect("silence", "deploy-payments")["remote"] or ""), "the silence"
    )
    stage.monitoring.alertmanager.stop()
    stage.buildbot.server.start()
    conducting.hears("deploy-payments done")
    conducting.hears("metrics does not answer since")
    seen.runs["without Alertmanager"] = conducting.sees(
        lambda: stage.waiting("metrics"), "Alertmanager has something to take"
    )
    stage.monitoring.alertmanager.start()
    conducting.sees(
        lambda: stage.silence(silence)["status"]["state"] == "expired", "the silence goes"
    )
    seen.silence_after = stage.silence(silence)
    is_taken = "everything is taken"
    conducting.sees(lambda: not stage.status()["waiting"], is_taken, LONGEST, pause=2.0)
    stage.tracker.move("ilka", stage.ticket, "review")
    conducting.hears(r"HOLD \(change\)")
    seen.answers["moved by somebody else"] = conducting.ends()


def settle_what_somebody_else_did(stage: GreatStage, seen: GreatSeen) -> None:
    """Look at the difference, put the night's state there again, and go on with the plan."""
    seen.answers["difference"] = stage.line.run_as("mara", "change", RELEASE)
    seen.state_before_the_decision = stage.tracker.state(stage.ticket)
    put = ("change", RELEASE, "put", "--note", "the review is for tomorrow")
    seen.answers["put"] = stage.line.run_as("mara", *put)
    told = ("--for", "asha", "--heard", "bridge")
    seen.answers["books"] = stage.line.run_as("mara", "step", RELEASE, "check-books", "done", *told)


def go_on_without_metrics(stage: GreatStage, seen: GreatSeen) -> None:
    """Begin the second deployment once Prometheus is back, and be held by its fault."""
    monitoring = stage.monitoring
    monitoring.prometheus.stop()
    conducting = stage.line.start_as("mara", *story.answering(stage), "--stay")
    conducting.hears(r"HOLD \(monitoring\)")
    seen.runs["without Prometheus"] = stage.status()
    conducting.sees(lambda: stage.tracker.state(stage.ticket) == RUNNING, "the change is put back")
    monitoring.prometheus.start()
    conducting.hears(r"hold over \(monitoring")
    stage.begun("ledger", "15.0")
    eventually(lambda: ALERT in monitoring.firing(), f"{ALERT} fires")
    conducting.hears("TRIGGER")
    seen.answers["held"] = conducting.ends()
    seen.alert_when_held = monitoring.firing()
    # What Prometheus saw before it was stopped it shows for a while beside what it sees since.
    eventually(lambda: versions(stage) == NEW, "the new versions run")
    # Its build was never drained: it runs on while people decide.
    seen.build_when_held = stage.build_of(stage.effect("step", "deploy-ledger")["id"])


def ask_a_second_person(stage: GreatStage, seen: GreatSeen) -> None:
    """Arm the rollback, try it alone, and have another person sign."""
    back = ("rollback", RELEASE, "--reason=checkout fails", *LEASE)
    seen.answers["dry run"] = stage.line.run_as("mara", *back, "--dry-run")
    seen.answers["alone"] = stage.line.run_as("mara", *back)
    request = str(next((stage.line.store / "requests").glob("*.request.json")))
    seen.answers["signed"] = stage.line.run_as("lena", "sign", request)


def roll_back(stage: GreatStage, seen: GreatSeen) -> None:
    """Fire the rollback, and stop Prometheus before it can be seen that all is back."""
    monitoring = stage.monitoring
    answer = seen.answers["signed"].done()["answer"]
    falling = stage.line.start_as(
        "mara", "rollback", RELEASE, "--reason=checkout fails", *LEASE, "--answer", answer
    )
    falling.hears("undo-deploy-ledger started")
    stage.begun("ledger", "14.2")
    stage.drain("ledger", "14.2")
    falling.hears("undo-deploy-payments started")
    stage.begun("payments", "2.30.4")
    # Seen before it goes: a series that a restart cuts off would read as fresh for minutes.
    falling.sees(lambda: versions(stage) == OLD, "the old versions run")
    monitoring.prometheus.stop()
    stage.drain("payments", "2.30.4")
    falling.hears("undo-deploy-payments done")
    seen.runs["undone, and not seen"] = stage.status()
    monitoring.prometheus.start()
    seen.answers["rolled back"] = falling.ends()
    seen.versions_after = versions(stage)
    eventually(lambda: not monitoring.firing(), f"{ALERT} no longer fires")


def versions(stage: GreatStage) -> dict[str, set[str]]:
    """Give what Prometheus sees running."""
    return {name: stage.monitoring.versions(name) for name in ("payments", "ledger")}


def close(stage: GreatStage, seen: GreatSeen) -> None:
    """Take report and journal out of the store, and let people close the change."""
    seen.answers["change"] = stage.line.run_as("mara", "change", RELEASE)
    seen.answers["report"] = stage.line.run("report", RELEASE)
    export = str(stage.folder / "journal.jsonl")
    seen.answers["export"] = stage.line.run("journal", "export", export)
    seen.answers["status"] = stage.line.run("status", RELEASE)
    stage.tracker.move("petra", stage.ticket, "closed")
