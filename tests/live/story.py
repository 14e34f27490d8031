"""One night on real systems, from the plan to the verified record.

It is played once. What the systems themselves recorded is kept at the moments that matter; the
tests say what must be true of it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.live.console import Answer, CommandLine, Conducting
from tests.live.desktop import Desktop
from tests.live.leaks import processes_with
from tests.live.servers import SYSTEMS, Monitoring, fill, lines_of
from tests.live.waiting import eventually

RELEASE: Final = "payments-2026.4"
CHANGE: Final = "CHG-48213"
ALERT: Final = "PaymentsErrorRatioHigh"
TOKEN: Final = "door-canary-7f3a9c51e2"
PASSPHRASES: Final = {"mara": "four rooks at dusk", "lena": "a kettle under snow"}
LEASE_SECONDS: Final = 4.0
"""How long a console that was killed keeps others from its run."""
LEASE: Final = ("--lease", str(LEASE_SECONDS))
WORKSPACE: Final = Path(__file__).with_name("workspace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything that the night is played with, below one folder."""

    folder: Path
    line: CommandLine
    monitoring: Monitoring
    desktop: Desktop

    @property
    def change(self) -> Path:
        """Give the file of the change record."""
        return self.folder / "changes" / f"{CHANGE}.yaml"

    @property
    def log(self) -> list[dict[str, Any]]:
        """Give what the commands of the night kept themselves, in order."""
        return lines_of(self.folder / "deployments" / "log")

    def drain(self, service: str, version: str) -> None:
        """Let the deployment of this version end, now or as soon as it has begun."""
        (self.folder / "deployments" / f"drained-{service}-{version}").touch()

    def begun(self, service: str, version: str) -> None:
        """Wait until the deployment of this version has begun."""
        wanted = {"event": "begin", "act": "deploy", "service": service, "version": version}
        eventually(
            lambda: [line for line in self.log if wanted.items() <= line.items()],
            f"{service} {version} is being deployed",
        )

    def status(self) -> dict[str, Any]:
        """Give the run as a reader beside the console sees it."""
        shown = self.line.run("status", RELEASE)
        # 1 is the answer of a run that is held.
        assert shown.status in {0, 1}, shown
        return shown.document

    def effect(self, purpose: str, step: str) -> dict[str, Any]:
        """Give an effect of a step as a reader sees it, with its id; empty where there is none."""
        for name, effect in self.status()["effects"].items():
            if (effect["purpose"], effect["step"]) == (purpose, step):
                return {"id": name, **effect}
        return {}

    def effect_state(self, purpose: str, step: str) -> str:
        """Give how far an effect of a step is, as a reader sees it."""
        return str(self.effect(purpose, step).get("state", ""))

    def silence(self, name: str) -> dict[str, Any]:
        """Give a silence as the Alertmanager has it."""
        return next(each for each in self.monitoring.silences() if each["id"] == name)


@dataclass(slots=True, kw_only=True)
class Seen:
    """What was seen, in the order of the night."""

    began: datetime
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    effect_at_the_kill: dict[str, Any] = field(default_factory=dict[str, Any])
    silence_while_deploying: dict[str, Any] = field(default_factory=dict[str, Any])
    exposed: list[str] = field(default_factory=list[str])
    in_the_dark: dict[str, Any] = field(default_factory=dict[str, Any])
    silence_after: dict[str, Any] = field(default_factory=dict[str, Any])
    alert_when_held: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    firing_when_held: list[str] = field(default_factory=list[str])
    versions_when_held: dict[str, set[str]] = field(default_factory=dict[str, set[str]])


def play(stage: Stage) -> Seen:
    """Play the night from its plan to its report."""
    seen = Seen(began=datetime.now(UTC))
    prepare(stage)
    ask_for_approval(stage, seen)
    kill_under_the_first_job(stage, seen)
    go_on_through_the_dark(stage, seen)
    answer_the_gate(stage, seen)
    be_held_by_the_fault(stage, seen)
    ask_a_second_person(stage, seen)
    roll_back(stage, seen)
    take_the_record(stage, seen)
    return seen


def prepare(stage: Stage) -> None:
    """Write the workspace, put the old versions into place, and bring keys and credential."""
    for name in ("before", "changes", "deployments", "workspace/releases"):
        (stage.folder / name).mkdir(parents=True)
    write_workspace(stage.folder, stage.monitoring)
    for service, version in (("ledger", "14.2"), ("payments", "2.30.4")):
        deploy_before_the_night(stage, service, version)
    workspace = str(stage.folder / "workspace")
    stage.line.run("check", workspace).done()
    stage.line.run("import", workspace).done()
    stage.line.run("credential", "set", "metrics", secret=("--secret-fd", TOKEN)).done()
    enrol(stage.line)


def write_workspace(folder: Path, monitoring: Monitoring) -> None:
    """Write the workspace and the change record, with a window around this moment."""
    values = values_of(folder, monitoring)
    for template in sorted(WORKSPACE.rglob("*.yaml")):
        name = template.relative_to(WORKSPACE)
        home = folder / ("changes" if name.stem == CHANGE else "workspace") / name
        home.write_text(fill(template, values), encoding="utf-8")


def values_of(folder: Path, monitoring: Monitoring) -> dict[str, object]:
    """Give what the templates of a workspace are filled with."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    berlin = ZoneInfo("Europe/Berlin")
    return {
        "ALERTMANAGER_PORT": monitoring.alertmanager_url.rpartition(":")[2],
        "CHANGES": folder / "changes",
        "DEPLOYMENTS": folder / "deployments",
        "DOOR_PORT": monitoring.door_url.rpartition(":")[2],
        "OPERATE": SYSTEMS / "operate.py",
        "PROMETHEUS_PORT": monitoring.prometheus_url.rpartition(":")[2],
        "PUSHGATEWAY_PORT": monitoring.pushgateway_url.rpartition(":")[2],
        "PYTHON": sys.executable,
        # With the offset, so that a night in which the clocks change has no doubled hour.
        "WINDOW_START": (now - timedelta(minutes=5)).astimezone(berlin).isoformat("T", "minutes"),
        "WINDOW_END": (now + timedelta(hours=1)).astimezone(berlin).isoformat("T", "minutes"),
    }


def deploy_before_the_night(stage: Stage, service: str, version: str) -> None:
    """Bring a version into place by the same script that the night runs, in another folder."""
    folder = stage.folder / "before"
    (folder / f"drained-{service}-{version}").touch()
    words = ("deploy", "--service", service, "--version", version, "--folder", str(folder))
    monitoring = stage.monitoring
    systems = ("--gateway", monitoring.pushgateway_url, "--metrics", monitoring.prometheus_url)
    script = str(SYSTEMS / "operate.py")
    subprocess.run([sys.executable, "-I", script, *words, *systems], check=True, timeout=60)
    eventually(lambda: monitoring.versions(service) == {version}, f"{service} {version}")


def enrol(line: CommandLine) -> None:
    """Make two people's keys and have each confirm the other's."""
    fingerprints: dict[str, str] = {}
    for person, passphrase in PASSPHRASES.items():
        made = line.run("key", "make", person, secret=("--passphrase-fd", passphrase)).done()
        fingerprints[person] = made["fingerprint"]
    for person, by in (("lena", "mara"), ("mara", "lena")):
        told = ("--fingerprint", fingerprints[person], "--means", "read out over the telephone")
        line.run_as(by, "key", "enrol", person, *told).done()


def approve(stage: Stage, by: str) -> None:
    """Write an approval into the change record, as somebody in that system would."""
    lines = stage.change.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("state:", "approve"))]
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    said = ["state: approved", f"approver: {by}", f'approved_at: "{at}"']
    stage.change.write_text("\n".join([*kept, *said]) + "\n", encoding="utf-8")


def answering(stage: Stage, *lines: tuple[str, str, str]) -> tuple[str, ...]:
    """Give a night with answers out of a file: step, word, and for whom."""
    path = stage.folder / "answers.jsonl"
    written = [json.dumps({"step": step, "answer": word, "for": who}) for step, word, who in lines]
    path.write_text("".join(f"{line}\n" for line in written), encoding="utf-8")
    return ("night", RELEASE, "--answers", str(path), *LEASE)


def ask_for_approval(stage: Stage, seen: Seen) -> None:
    """Try to begin without an approval and with the requester's own; then begin with another's."""
    night = answering(stage, ("open-bridge", "done", "mara"))
    seen.answers["unapproved"] = stage.line.run_as("mara", *night)
    approve(stage, by="tnovak")
    seen.answers["approved by its requester"] = stage.line.run_as("mara", *night)
    approve(stage, by="petra")
    seen.answers["nobody answers"] = stage.line.run_as("mara", *night)
    seen.answers["roll call"] = stage.line.run_as("mara", "step", RELEASE, "roll-call", "done")


def kill_under_the_first_job(stage: Stage, seen: Seen) -> None:
    """Kill the console between sending a job and hearing the answer."""
    conducting = stage.line.start_as("mara", *answering(stage))
    frozen: list[int] = []

    def freeze() -> None:
        conducting.send(signal.SIGSTOP)
        frozen.append(stage.line.plugin_of(conducting.pid, "ci"))
        os.kill(frozen[0], signal.SIGSTOP)
        conducting.send(signal.SIGCONT)

    # Between the intent and the call the plugin is frozen: the console sends and waits.
    conducting.at("deploy-payments started", freeze)
    conducting.hears("deploy-payments started")
    conducting.sees(
        lambda: stage.effect_state("step", "deploy-payments") == "sent", "the job is sent"
    )
    # Now the console is frozen and the plugin runs: the job starts, and nobody hears the answer.
    conducting.send(signal.SIGSTOP)
    os.kill(frozen[0], signal.SIGCONT)
    stage.begun("payments", "2.31.0")
    conducting.kill()
    seen.effect_at_the_kill = stage.effect("step", "deploy-payments")
    time.sleep(LEASE_SECONDS)


def go_on_through_the_dark(stage: Stage, seen: Seen) -> None:
    """Take the night up again; stop Prometheus under it, and start it again."""
    vote = ("go-for-ledger", "go", "jo")
    conducting = stage.line.start_as("mara", *answering(stage, vote))
    conducting.sees(
        lambda: stage.effect_state("step", "deploy-payments") == "acknowledged", "the job is found"
    )
    silence = conducting.sees(
        lambda: str(stage.effect("silence", "deploy-payments").get("remote") or ""), "the silence"
    )
    seen.silence_while_deploying = stage.silence(silence)
    seen.exposed = processes_with(TOKEN, *PASSPHRASES.values())
    stage.monitoring.prometheus.stop()
    conducting.hears(r"HOLD \(monitoring\)")
    stage.drain("payments", "2.31.0")
    conducting.sees(
        lambda: stage.effect_state("step", "deploy-payments") == "confirmed", "the job's end"
    )
    seen.in_the_dark = stage.status()
    stage.monitoring.prometheus.start()
    conducting.hears(r"hold over \(monitoring")
    seen.answers["after the dark"] = conducting.ends()
    seen.silence_after = stage.silence(silence)


def answer_the_gate(stage: Stage, seen: Seen) -> None:
    """Record the other station's word, and decide."""
    gate = ("gate", RELEASE, "go-for-ledger", "go")
    seen.answers["ledger"] = stage.line.run_as("mara", *gate, "--for", "asha", "--heard", "bridge")
    seen.answers["gate"] = stage.line.run_as("mara", *gate, "--decide")


def be_held_by_the_fault(stage: Stage, seen: Seen) -> None:
    """Let the second deployment bring its fault, and see the night held."""
    conducting = stage.line.start_as("mara", *answering(stage))
    stage.begun("ledger", "15.0")
    monitoring = stage.monitoring
    eventually(lambda: ALERT in monitoring.firing(), f"{ALERT} fires")
    # The job ends well, and what it did is seen: its step does not end.
    stage.drain("ledger", "15.0")
    conducting.hears("TRIGGER")
    seen.answers["held"] = conducting.ends()
    seen.alert_when_held = eventually(
        lambda: [each for each in monitoring.routed() if each["status"]["state"] == "active"],
        f"{ALERT} is active",
    )
    eventually(lambda: (ALERT, "firing") in monitoring.called(), "somebody is called")
    seen.firing_when_held = monitoring.firing()
    seen.versions_when_held = {
        service: monitoring.versions(service) for service in ("payments", "ledger")
    }
    early = str(stage.folder / "early.jsonl")
    seen.answers["early export"] = stage.line.run("journal", "export", early)


def ask_a_second_person(stage: Stage, seen: Seen) -> None:
    """Arm the rollback, and try it alone and with oneself as the second person."""
    back = ("rollback", RELEASE, "--reason=checkout fails", *LEASE)
    seen.answers["dry run"] = stage.line.run_as("mara", *back, "--dry-run")
    seen.answers["alone"] = stage.line.run_as("mara", *back)
    request = str(next((stage.line.store / "requests").glob("*.request.json")))
    own = str(stage.folder / "own.answer.json")
    stage.line.run_as("mara", "sign", request, "--to", own).done()
    seen.answers["seconded by herself"] = stage.line.run_as("mara", *back, "--answer", own)
    seen.answers["signed"] = stage.line.run_as("lena", "sign", request)


def roll_back(stage: Stage, seen: Seen) -> None:
    """Fire the rollback; the console is killed under its first step, and another goes on."""
    back = ("rollback", RELEASE, "--reason=checkout fails", *LEASE)
    answer = seen.answers["signed"].done()["answer"]
    falling: Conducting = stage.line.start_as("mara", *back, "--answer", answer)
    falling.hears("undo-deploy-ledger started")
    stage.begun("ledger", "14.2")
    falling.kill()
    for service, version in (("ledger", "14.2"), ("payments", "2.30.4")):
        stage.drain(service, version)
    time.sleep(LEASE_SECONDS)
    seen.answers["rolled back"] = stage.line.run_as("mara", *back)
    monitoring = stage.monitoring
    eventually(lambda: not monitoring.firing(), f"{ALERT} no longer fires")
    eventually(lambda: (ALERT, "resolved") in monitoring.called(), "the all-clear is told")


def take_the_record(stage: Stage, seen: Seen) -> None:
    """Take the report and the journal out of the store."""
    seen.answers["report"] = stage.line.run("report", RELEASE)
    export = str(stage.folder / "journal.jsonl")
    seen.answers["export"] = stage.line.run("journal", "export", export, "--with-verifier")
    seen.answers["status"] = stage.line.run("status", RELEASE)
