"""One night on real systems, from the plan to the verified record, told as what was seen of it.

It is played once. What the systems themselves recorded is kept at the moments that matter, and the
tests say what must be true of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tests.live.console import Answer, CommandLine, Conducting
from tests.live.desktop import Desktop
from tests.live.servers import SYSTEMS, Monitoring, fill, lines_of
from tests.live.waiting import eventually

RELEASE: Final = "payments-2026.4"
CHANGE: Final = "CHG-48213"
ALERT: Final = "PaymentsErrorRatioHigh"
PASSPHRASES: Final = {"mara": "four rooks at dusk", "lena": "a kettle under snow"}
LEASE_SECONDS: Final = 4.0
"""How long a console that was killed keeps others from its run."""
LEASE: Final = ("--lease", str(LEASE_SECONDS))
WORKSPACE: Final = Path(__file__).with_name("workspace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything that the night is played with."""

    folder: Path
    line: CommandLine
    monitoring: Monitoring
    desktop: Desktop
    token: str

    @property
    def workspace(self) -> Path:
        """Give the workspace."""
        return self.folder / "workspace"

    @property
    def change(self) -> Path:
        """Give the file of the change record."""
        return self.folder / "changes" / f"{CHANGE}.yaml"

    @property
    def deployments(self) -> Path:
        """Give the folder of the deployments of this night."""
        return self.folder / "deployments"

    @property
    def jobs(self) -> list[dict[str, Any]]:
        """Give what the deployments themselves kept."""
        return lines_of(self.deployments / "deployments.jsonl")

    def drain(self, service: str, version: str) -> None:
        """Let the deployment of this version end, now or as soon as it has begun."""
        (self.deployments / f"drained-{service}-{version}").touch()

    def begun(self, service: str, version: str) -> dict[str, Any]:
        """Wait until the deployment of this version has begun, and give what it kept of it."""
        wanted = {"event": "begin", "service": service, "version": version}

        def look() -> list[dict[str, Any]]:
            return [line for line in self.jobs if wanted.items() <= line.items()]

        return eventually(look, f"{service} {version} is being deployed")[0]

    def status(self) -> dict[str, Any]:
        """Give the run as a reader beside the console sees it."""
        shown = self.line.run("status", RELEASE)
        # 1 is the answer of a run that is held.
        assert shown.status in {0, 1}, shown
        return shown.document

    def effect(self, purpose: str, step: str) -> dict[str, Any]:
        """Give an effect of a step as a reader beside the console sees it, with its id."""
        for name, effect in self.status()["effects"].items():
            if (effect["purpose"], effect["step"]) == (purpose, step):
                return {"id": name, **effect}
        return {}


@dataclass(slots=True, kw_only=True)
class Seen:
    """What was seen, in the order of the night."""

    unapproved: Answer | None = None
    approved_by_requester: Answer | None = None
    effect_at_the_kill: dict[str, Any] = field(default_factory=dict[str, Any])
    silence_while_deploying: dict[str, Any] = field(default_factory=dict[str, Any])
    in_the_dark: dict[str, Any] = field(default_factory=dict[str, Any])
    silence_after: dict[str, Any] = field(default_factory=dict[str, Any])
    held: Answer | None = None
    alert_when_held: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    firing_when_held: list[str] = field(default_factory=list[str])
    versions_when_held: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    dry_run: Answer | None = None
    alone: Answer | None = None
    seconded_by_herself: Answer | None = None
    seconded_by_herself_rollback: Answer | None = None
    signed: Answer | None = None
    rolled_back: Answer | None = None
    report: Answer | None = None


def prepare(stage: Stage) -> None:
    """Write the workspace, put the old versions into place, and bring keys and credential."""
    for name in ("changes", "deployments", "workspace/releases"):
        (stage.folder / name).mkdir(parents=True)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    addresses = {
        "ALERTMANAGER_PORT": stage.monitoring.alertmanager_url.rpartition(":")[2],
        "DOOR_PORT": stage.monitoring.door_url.rpartition(":")[2],
        "PUSHGATEWAY_PORT": stage.monitoring.pushgateway_url.rpartition(":")[2],
    }
    values: dict[str, object] = {
        **addresses,
        "CHANGES": stage.folder / "changes",
        "CLOSE_AT": f"{berlin(now + timedelta(minutes=40)):%H:%M}",
        "DEPLOYMENTS": stage.deployments,
        "DEPLOY": SYSTEMS / "deploy.py",
        "PYTHON": sys.executable,
        "WINDOW_START": f"{now - timedelta(minutes=5):%Y-%m-%dT%H:%MZ}",
        "WINDOW_END": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%MZ}",
    }
    for template in sorted(WORKSPACE.rglob("*.yaml")):
        name = template.relative_to(WORKSPACE)
        home = stage.change if name.stem == CHANGE else stage.workspace / name
        home.write_text(fill(template, values), encoding="utf-8")
    for service, version in (("ledger", "14.2"), ("payments", "2.30.4")):
        deploy_before_the_night(stage, service, version)
    stage.line.run("check", str(stage.workspace)).done()
    stage.line.run("import", str(stage.workspace)).done()
    stage.line.run("credential", "set", "metrics", secret=("--secret-fd", stage.token)).done()
    enrol(stage.line)


def berlin(instant: datetime) -> datetime:
    """Give an instant as a clock in the window's zone shows it."""
    from zoneinfo import ZoneInfo

    return instant.astimezone(ZoneInfo("Europe/Berlin"))


def deploy_before_the_night(stage: Stage, service: str, version: str) -> None:
    """Bring a version into place by the same script that the night runs, with a log of its own."""
    ready = stage.folder / "before"
    ready.mkdir(exist_ok=True)
    (ready / f"drained-{service}-{version}").touch()
    words = ("--service", service, "--version", version, "--folder", str(ready))
    gateway = ("--gateway", stage.monitoring.pushgateway_url)
    deploy = str(SYSTEMS / "deploy.py")
    subprocess.run([sys.executable, "-I", deploy, *words, *gateway], check=True, timeout=30)
    eventually(lambda: stage.monitoring.versions(service) == {version}, f"{service} {version}")


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


def answers(stage: Stage, *lines: tuple[str, str, str]) -> str:
    """Write a file of answers: step, word, and for whom."""
    path = stage.folder / f"answers-{len(lines)}.jsonl"
    written = [json.dumps({"step": step, "answer": word, "for": who}) for step, word, who in lines]
    path.write_text("\n".join(written) + "\n", encoding="utf-8")
    return str(path)


def begin(stage: Stage, seen: Seen) -> None:
    """Begin the night, which needs an approval, and kill the console under its first job."""
    asked = answers(stage, ("open-bridge", "done", "mara"), ("roll-call", "done", "mara"))
    night = ("night", RELEASE, "--answers", asked, *LEASE)
    seen.unapproved = stage.line.run_as("mara", *night)
    approve(stage, by="tnovak")
    seen.approved_by_requester = stage.line.run_as("mara", *night)
    approve(stage, by="petra")
    conducting = stage.line.start_as("mara", *night)
    frozen: list[int] = []

    def freeze() -> None:
        frozen.append(stage.line.plugin_of(conducting.pid, "ci"))
        os.kill(frozen[0], signal.SIGSTOP)

    # The plugin is frozen between the intent and the call: the console sends and waits.
    conducting.at("deploy-payments started", freeze)
    conducting.hears("deploy-payments started")
    eventually(lambda: stage.effect("step", "deploy-payments")["state"] == "sent", "it is sent")
    # Now the console is frozen and the plugin runs: the job starts, and nobody hears the answer.
    conducting.send(signal.SIGSTOP)
    os.kill(frozen[0], signal.SIGCONT)
    stage.begun("payments", "2.31.0")
    conducting.kill()
    seen.effect_at_the_kill = stage.effect("step", "deploy-payments")


def go_on_in_the_dark(stage: Stage, seen: Seen) -> Conducting:
    """Take the night up again; stop Prometheus under it, and start it again."""
    asked = answers(
        stage,
        ("go-for-ledger", "go", "jo"),
        ("go-for-ledger", "go", "asha"),
        ("go-for-ledger", "go", ""),
    )
    time.sleep(LEASE_SECONDS)
    conducting = stage.line.start_as("mara", "night", RELEASE, "--answers", asked, *LEASE)
    conducting.sees(
        lambda: stage.effect("step", "deploy-payments")["state"] == "acknowledged",
        "the job is found again",
    )
    silence = conducting.sees(
        lambda: stage.effect("silence", "deploy-payments")["remote"], "the silence"
    )
    seen.silence_while_deploying = silence_of(stage, silence)
    stage.monitoring.prometheus.stop()
    conducting.hears(r"HOLD \(monitoring\)")
    stage.drain("payments", "2.31.0")
    conducting.sees(
        lambda: stage.effect("step", "deploy-payments")["state"] == "confirmed", "the job's end"
    )
    seen.in_the_dark = stage.status()
    stage.monitoring.prometheus.start()
    conducting.hears(r"hold over \(monitoring")
    conducting.hears("deploy-payments done")
    conducting.hears("go-for-ledger: decided go")
    seen.silence_after = eventually(
        lambda: found if (found := silence_of(stage, silence))["status"]["state"] == "expired" else {},
        "the silence is over",
    )
    return conducting


def silence_of(stage: Stage, silence: str) -> dict[str, Any]:
    """Give a silence as the Alertmanager has it."""
    return next(each for each in stage.monitoring.silences() if each["id"] == silence)


def be_held(stage: Stage, seen: Seen, conducting: Conducting) -> None:
    """Let the second deployment bring its fault, and see the night held."""
    stage.drain("ledger", "15.0")
    conducting.hears("deploy-ledger done")
    conducting.hears("TRIGGER")
    seen.held = conducting.ends()
    seen.alert_when_held = eventually(
        lambda: [
            alert
            for alert in stage.monitoring.routed()
            if alert["labels"]["alertname"] == ALERT and alert["status"]["state"] == "active"
        ],
        f"{ALERT} is active",
    )
    eventually(lambda: (ALERT, "firing") in stage.monitoring.called(), "somebody is called")
    seen.firing_when_held = stage.monitoring.firing()
    seen.versions_when_held = {
        service: stage.monitoring.versions(service) for service in ("payments", "ledger")
    }


def roll_back(stage: Stage, seen: Seen) -> None:
    """Roll back with two people; the console is killed on the way and goes on."""
    back = ("rollback", RELEASE, *LEASE)
    seen.dry_run = stage.line.run_as("mara", *back, "--dry-run")
    seen.alone = stage.line.run_as("mara", *back)
    request = next((stage.line.store / "requests").glob("*.request.json"))
    own = stage.folder / "own.answer.json"
    seen.seconded_by_herself = stage.line.run_as("mara", "sign", str(request), "--to", str(own))
    seen.seconded_by_herself_rollback = stage.line.run_as("mara", *back, "--answer", str(own))
    seen.signed = stage.line.run_as("lena", "sign", str(request))
    falling = stage.line.start_as("mara", *back, "--answer", seen.signed.done()["answer"])
    falling.hears("undo-deploy-ledger started")
    stage.begun("ledger", "14.2")
    falling.kill()
    for service, version in (("ledger", "14.2"), ("payments", "2.30.4")):
        stage.drain(service, version)
    time.sleep(LEASE_SECONDS)
    seen.rolled_back = stage.line.run_as("mara", *back)
    eventually(lambda: not stage.monitoring.firing(), f"{ALERT} no longer fires")
    eventually(lambda: (ALERT, "resolved") in stage.monitoring.called(), "the all-clear is told")


def play(stage: Stage) -> Seen:
    """Play the night from its plan to its report."""
    seen = Seen()
    prepare(stage)
    begin(stage, seen)
    conducting = go_on_in_the_dark(stage, seen)
    be_held(stage, seen, conducting)
    roll_back(stage, seen)
    seen.report = stage.line.run("report", RELEASE)
    return seen


@contextlib.contextmanager
def staged(folder: Path, monitoring: Monitoring, desktop: Desktop, token: str) -> Iterator[Stage]:
    """Give a stage with an empty store; nothing that was started on it outlives it."""
    line = CommandLine(
        store=folder / "store", environment=desktop.environment, passphrases=PASSPHRASES
    )
    try:
        yield Stage(folder=folder, line=line, monitoring=monitoring, desktop=desktop, token=token)
    finally:
        line.close()
