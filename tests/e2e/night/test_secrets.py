"""The secret of a system goes to that system alone: by the pipe, and to no file, command or job."""

import os
from pathlib import Path

import pytest

from tests.e2e.night.plans import NEW, RELEASE, by_job, limit, release, talk
from tests.e2e.night.stage import Stage
from tests.helpers.cli import in_pipe
from tests.live.console import children_of

CANARY = "canary-9d2e-token-of-metrics"


@pytest.mark.practice("A4.4")
def test_that_a_nights_secret_is_nowhere_but_in_the_keyring_and_at_its_system(
    stage: Stage,
) -> None:
    check = {"id": "errors", "system": "metrics", "query": "error_ratio", "below": 0.5}
    stage.bring(
        release(
            by_job("deploy", "payments-api", "jo", checks=[check]),
            talk("close", "deploy"),
            health=limit(),
        )
    )
    stage.desk.ask("credential", "set", "metrics", "--secret-fd", in_pipe(CANARY + "\n"))
    seen: list[bytes] = []

    def look() -> None:
        """Read what any process of this user may read of the plugins and of the job."""
        near = children_of(os.getpid())
        for pid in [*near, *(each for child in near for each in children_of(child))]:
            for name in ("cmdline", "environ"):
                try:
                    seen.append(Path(f"/proc/{pid}/{name}").read_bytes())
                except OSError:
                    continue

    stage.fleet.holds("payments-api", NEW["payments-api"])

    def look_and_go_on() -> None:
        look()
        stage.fleet.lets_go("payments-api", NEW["payments-api"])

    stage.metrics.tells("error_ratio", 0.1, 0.1, then=look_and_go_on)
    assert stage.held()["steps"]["deploy"]["state"] == "done"
    assert len(seen) >= 4
    assert not [content for content in seen if CANARY.encode() in content]
    assert {asked.headers.get("authorization") for asked in stage.metrics.asked} == {
        f"Bearer {CANARY}"
    }
    assert (
        stage.seconded("mara", "lena", "rollback", RELEASE, "--reason=checkout fails").json["state"]
        == "rolled_back"
    )
    stage.desk.ask("journal", "export", stage.folder / "night.jsonl")
    for path in (path for path in stage.folder.rglob("*") if path.is_file()):
        assert CANARY.encode() not in path.read_bytes(), path
    for verb in ("status", "log", "report", "brief"):
        shown = stage.desk.run(verb, RELEASE)
        assert CANARY not in shown.out + shown.err


def test_that_a_secret_for_one_address_does_not_go_to_another(bare: Stage) -> None:
    bare.bring(release(talk("open"), health=limit()))
    bare.desk.ask("credential", "set", "metrics", "--secret-fd", in_pipe(CANARY + "\n"))
    kept = bare.desk.ask("credential", "list")["credentials"]
    assert {row["system"]: row["kept"] for row in kept} == {
        "ci": False,
        "itsm": False,
        "metrics": True,
    }
    bare.metrics.url = bare.metrics.url.replace("127.0.0.1", "localhost")
    bare.bring(release(talk("open"), health=limit()))
    bare.metrics.values["error_ratio"] = 0.1
    bare.held()
    assert {asked.headers.get("authorization") for asked in bare.metrics.asked} == {None}
