"""`credential`: the secret of a system goes from the keyring to that system, and nowhere else."""

from pathlib import Path

import pytest

from relconsole.domain.kernel.json import JsonObject
from tests.e2e.cli.plans import RELEASE, write_plan
from tests.helpers.cli import Workstation, in_pipe, run_cli_process
from tests.helpers.fakes.credentials import FakeCredentials
from tests.plugins.serving import Asked, Said, as_json, serving

SECRET = "canary-3f9a-token-of-metrics"
BUILD: JsonObject = {"status": "success", "data": {"version": "3.4.1"}}


def listed(desk: Workstation) -> dict[str, bool]:
    found = desk.ask("credential", "list")["credentials"]
    return {each["system"]: each["kept"] for each in found}


@pytest.mark.practice("A4.4")
def test_that_a_secret_reaches_its_system_and_no_file(desk: Workstation, tmp_path: Path) -> None:
    seen: list[str] = []

    def build(asked: Asked) -> Said:
        seen.append(asked.headers.get("authorization", ""))
        return as_json(BUILD)

    with serving(build) as address:
        plan = write_plan(tmp_path / "plan", RELEASE)
        connections = plan / "connections.yaml"
        text = connections.read_text(encoding="utf-8").replace("http://127.0.0.1:1", address)
        connections.write_text(text, encoding="utf-8")
        desk.ask("import", plan)
        set_ran = desk.run("credential", "set", "metrics", "--secret-fd", in_pipe(SECRET + "\n"))
        checked = desk.run("doctor", "--json")
    systems = {each["name"]: each for each in checked.json["checks"]}
    assert systems["system metrics"]["ok"], systems["system metrics"]
    assert set(seen) == {f"Bearer {SECRET}"}
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRET.encode() not in held
    assert SECRET not in set_ran.out + set_ran.err + checked.out + checked.err
    assert SECRET not in desk.run("credential", "list").out


def test_that_a_secret_is_bound_to_the_address_it_was_given_for(
    desk: Workstation, tmp_path: Path
) -> None:
    found = desk.ask("credential", "set", "metrics", "--secret-fd", in_pipe(SECRET))
    assert found["name"] == "system/metrics@http://127.0.0.1:1"
    assert listed(desk)["metrics"]
    plan = write_plan(tmp_path / "plan", RELEASE)
    connections = plan / "connections.yaml"
    text = connections.read_text(encoding="utf-8").replace("127.0.0.1:1", "127.0.0.1:2")
    connections.write_text(text, encoding="utf-8")
    desk.ask("import", plan)
    assert not listed(desk)["metrics"]


def test_that_a_secret_is_forgotten_when_asked(desk: Workstation) -> None:
    desk.ask("credential", "set", "metrics", "--secret-fd", in_pipe(SECRET))
    assert not desk.ask("credential", "remove", "metrics")["kept"]
    assert not listed(desk)["metrics"]
    assert desk.run("credential", "remove", "metrics").status == 0


def test_that_the_list_names_systems_and_never_a_value(desk: Workstation) -> None:
    desk.ask("credential", "set", "metrics", "--secret-fd", in_pipe(SECRET))
    assert listed(desk) == {"ci": False, "itsm": False, "metrics": True}
    lines = desk.run("credential", "list").out.splitlines()
    assert lines[3].split()[:3] == ["metrics", "prometheus", "kept"]
    assert lines[-1] == "in the test's keyring"


@pytest.mark.parametrize("secret", ["", "\n"])
def test_that_an_empty_secret_is_refused(desk: Workstation, secret: str) -> None:
    ran = desk.run("credential", "set", "metrics", "--secret-fd", in_pipe(secret), "--json")
    assert ran.status == 2
    assert not listed(desk)["metrics"]


def test_that_a_secret_is_never_taken_from_where_there_is_no_terminal(desk: Workstation) -> None:
    ran = desk.run("credential", "set", "metrics", "--json")
    assert ran.status == 2
    assert "--secret-fd" in ran.json["error"]["message"]
    ran = desk.run("credential", "set", "metrics", "--secret-fd", "987", "--json")
    assert ran.status == 2


def test_that_an_unknown_system_is_answered_with_the_nearest(desk: Workstation) -> None:
    ran = desk.run("credential", "set", "metric", "--secret-fd", in_pipe(SECRET), "--json")
    assert ran.status == 2
    assert "did you mean metrics" in ran.json["error"]["message"]


def test_that_a_locked_keyring_is_out_of_reach(desk: Workstation) -> None:
    assert isinstance(desk.credentials, FakeCredentials)
    desk.credentials.locked = True
    for verb in (("credential", "list"), ("credential", "remove", "metrics")):
        ran = desk.run(*verb, "--json")
        assert (ran.status, ran.json["error"]["kind"]) == (3, "world")
        assert "locked" in ran.json["error"]["message"]


def test_that_a_secret_which_would_end_with_the_program_is_not_taken(desk: Workstation) -> None:
    ran = run_cli_process("credential", "set", "metrics", "--store", desk.store, "--json")
    assert ran.status == 3
    assert "would end with this program" in ran.json["error"]["message"]
