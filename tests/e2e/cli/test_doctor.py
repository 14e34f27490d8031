"""`doctor`: what of the surroundings does not do what a night needs, whatever is broken."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from relconsole.cli.machine_checks import check_clock, check_python
from tests.helpers.cli import Workstation, change_fact
from tests.helpers.fakes.clock import FakeClock
from tests.helpers.fakes.credentials import FakeCredentials


def checks_of(desk: Workstation, *words: str) -> dict[str, Any]:
    ran = desk.run("doctor", "--json", *words)
    found = {each["name"]: each for each in ran.json["checks"]}
    assert ran.json["ok"] == all(each["ok"] for each in found.values())
    assert ran.status == (0 if ran.json["ok"] else 1)
    assert all(each["do"] for each in found.values() if not each["ok"])
    return found


def test_that_everything_that_is_in_order_is_named(desk: Workstation) -> None:
    found = checks_of(desk, "--offline")
    assert all(each["ok"] for each in found.values()), found
    assert {"python", "sqlite", "keyring", "clock", "zones", "disk", "store", "writer"} <= set(
        found
    )
    assert {"journal live", "journal rehearsal", "journal demo"} <= set(found)
    assert {"plugin command", "plugin files", "plugin prometheus"} <= set(found)
    assert found["journal rehearsal"]["found"] == "not begun"
    assert "not anchored" in found["journal live"]["found"]


def test_that_a_store_that_is_not_there_yet_is_no_fault(tmp_path: Path) -> None:
    found = checks_of(Workstation(store=tmp_path / "none"))
    assert "will be made" in found["store"]["found"]
    assert not (tmp_path / "none").exists()


def test_that_each_connected_system_is_asked(desk: Workstation) -> None:
    found = checks_of(desk)
    assert found["system itsm"]["ok"]
    assert not found["system metrics"]["ok"]
    assert "127.0.0.1:1" in found["system metrics"]["do"]
    assert "NOT OK" in desk.run("doctor").out


def test_that_a_record_changed_outside_is_found(desk: Workstation) -> None:
    change_fact(desk.store / "live" / "journal.db", 1, "Mara", "Nora")
    found = checks_of(desk, "--offline")
    assert "fact 1 was changed" in found["journal live"]["found"]


@pytest.mark.parametrize("broken", ["no database at all", ""])
def test_that_a_file_that_is_no_journal_is_no_end_of_the_checks(
    desk: Workstation, broken: str
) -> None:
    shutil.rmtree(desk.store / "demo")
    (desk.store / "demo").mkdir(mode=0o700)
    (desk.store / "demo" / "journal.db").write_text(broken, encoding="utf-8")
    found = checks_of(desk, "--offline")
    assert found["journal demo"]["ok"] == (not broken)
    assert found["journal live"]["ok"]


def test_that_a_folder_others_may_enter_is_found(desk: Workstation) -> None:
    desk.store.chmod(0o755)
    found = checks_of(desk, "--offline")
    assert "rights 755" in found["store"]["found"]
    assert "chmod 700" in found["store"]["do"]


def test_that_a_locked_keyring_is_found_and_the_rest_still_checked(desk: Workstation) -> None:
    assert isinstance(desk.credentials, FakeCredentials)
    desk.credentials.locked = True
    found = checks_of(desk, "--offline")
    assert "locked" in found["keyring"]["found"]
    assert not found["journal live"]["ok"]
    assert found["plugin command"]["ok"]


def test_that_a_keyring_that_forgets_is_a_fault(desk: Workstation) -> None:
    memory = Workstation(store=desk.store, credentials=FakeCredentials(durable=False))
    assert "memory until the program ends" in checks_of(memory, "--offline")["keyring"]["found"]


def test_that_a_plugin_that_is_not_installed_is_found(desk: Workstation, plan: Path) -> None:
    with (plan / "connections.yaml").open("a", encoding="utf-8") as connections:
        connections.write("  - {id: build, plugin: harness, settings: {}}\n")
    desk.ask("import", plan)
    found = checks_of(desk)
    assert found["plugin harness"]["found"] == "not installed"
    assert not found["system build"]["ok"]


def test_that_a_wall_clock_that_is_being_set_is_found() -> None:
    class Jumping(FakeClock):
        async def sleep(self, seconds: float) -> None:
            self.advance(seconds)
            self.jump(-3.0)

    found = asyncio.run(check_clock(Jumping()))
    assert not found.ok
    assert "parted by -3000.0 ms" in found.found


@pytest.mark.parametrize(
    ("version", "ok"), [((3, 10, 9), False), ((3, 11, 0), True), ((3, 14, 0), False)]
)
def test_that_a_python_outside_the_promised_ones_is_found(
    version: tuple[int, ...], ok: bool
) -> None:
    assert check_python(version).ok == ok
