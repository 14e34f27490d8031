"""What a night on the estate can rely on: real replacement, a real fault, a real way back."""

import time

from relconsole_estate.processes import end
from tests.plugins.estate.living import LivingEstate, comes_true

P95 = "checkout_p95_seconds"
ERRORS = "checkout_error_ratio"


def pools_are_full(estate: LivingEstate) -> bool:
    """Whether nearly all of the eight connections of each of the three instances are free."""
    free = estate.series("pool_free_connections")
    return len(free) == 3 and all(number >= 6 for _, number in free)


def test_that_a_deployment_replaces_every_process_and_its_version(estate: LivingEstate) -> None:
    before = estate.pids_of("payments-api")
    deployed = estate.job("deploy", "--service", "payments-api", "--version", "2.31.0")
    assert deployed.returncode == 0, deployed.stderr
    assert "payments-api 2.31.0 is deployed" in deployed.stdout
    after = estate.pids_of("payments-api")
    assert len(before) == len(after) == 3
    assert before.isdisjoint(after)
    assert comes_true(lambda: estate.versions("payments-api") == ["2.31.0"] * 3, 3)

    again = estate.job("deploy", "--service", "payments-api", "--version", "2.31.0")
    assert again.returncode == 0
    assert "serves 2.31.0 already" in again.stdout
    assert estate.pids_of("payments-api") == after


def test_that_the_fault_shows_after_the_second_step_and_only_the_old_version_heals_it(
    estate: LivingEstate,
) -> None:
    assert estate.job("deploy", "--service", "payments-api", "--version", "2.31.0").returncode == 0
    # The new version alone is calm: on the old schema no connection is lost.
    time.sleep(1)
    assert comes_true(lambda: pools_are_full(estate), 2)
    assert estate.is_below(ERRORS, 0.05)

    assert estate.job("migrate", "--version", "15.0").returncode == 0
    assert comes_true(lambda: estate.exceeds(P95, 0.4) and estate.exceeds(ERRORS, 0.05), 6)
    assert comes_true(lambda: estate.versions("ledger-db") == ["15.0"], 2)

    assert estate.job("migrate", "--version", "14.2").returncode == 0
    assert estate.exceeds(P95, 0.4)
    assert estate.job("deploy", "--service", "payments-api", "--version", "2.30.4").returncode == 0
    assert comes_true(lambda: estate.is_below(P95, 0.2) and estate.is_below(ERRORS, 0.01), 8)
    assert estate.versions("payments-api") == ["2.30.4"] * 3
    assert estate.versions("ledger-db") == ["14.2"]


def test_that_the_repaired_version_stays_calm_on_the_new_schema(estate: LivingEstate) -> None:
    assert estate.job("migrate", "--version", "15.0").returncode == 0
    assert estate.job("deploy", "--service", "payments-api", "--version", "2.31.1").returncode == 0
    # Long enough for the version before it to have lost every connection for good.
    time.sleep(4)
    assert comes_true(lambda: pools_are_full(estate), 2)
    assert estate.is_below(ERRORS, 0.05)


def test_that_a_deployment_repeated_after_half_of_it_was_lost_completes_it(
    estate: LivingEstate,
) -> None:
    end(entry for entry in estate.entries() if entry.name == "payments-api-2")
    assert comes_true(lambda: estate.value('up{instance="payments-api-2"}') == 0, 3)
    assert comes_true(lambda: estate.versions("payments-api") == ["2.30.4"] * 2, 3)
    deployed = estate.job("deploy", "--service", "payments-api", "--version", "2.31.0")
    assert deployed.returncode == 0, deployed.stderr
    assert "payments-api-2: nothing (process none) replaced by 2.31.0" in deployed.stdout
    assert comes_true(lambda: estate.versions("payments-api") == ["2.31.0"] * 3, 3)


def test_that_one_instance_alone_makes_a_mixed_fleet(estate: LivingEstate) -> None:
    job = ("deploy", "--service", "payments-api", "--version", "2.31.0", "--only", "2")
    assert estate.job(*job).returncode == 0
    mixed = ["2.30.4", "2.30.4", "2.31.0"]
    assert comes_true(lambda: estate.versions("payments-api") == mixed, 3)


def test_that_a_switch_is_on_once_its_service_acts_on_it(estate: LivingEstate) -> None:
    instant = 'payments_total{scheme="instant"}'
    assert estate.value(instant) == 0
    switched = estate.job("switch", "--name", "instant-payments", "--to", "on")
    assert switched.returncode == 0, switched.stderr
    assert comes_true(lambda: estate.exceeds(instant, 0), 3)
    assert estate.job("switch", "--name", "instant-payments", "--to", "half").returncode == 2

    assert estate.job("switch", "--name", "settlement-intake", "--to", "closed").returncode == 0
    assert comes_true(lambda: estate.exceeds('queue_depth{queue="settlement"}', 40), 4)
    assert estate.job("switch", "--name", "settlement-intake", "--to", "open").returncode == 0
    assert comes_true(lambda: estate.is_below('queue_depth{queue="settlement"}', 30), 4)


def test_that_a_restore_point_brings_back_what_a_purge_took(estate: LivingEstate) -> None:
    point = ("--name", "before-purge")
    assert estate.job("check-restore-point", *point).returncode == 2
    taken = estate.job("restore-point", *point)
    assert taken.returncode == 0, taken.stderr
    totals = taken.stdout.splitlines()[0]
    assert totals.startswith("control totals: ")
    assert estate.job("migrate", "--version", "15.0").returncode == 0
    assert "old references are gone" in estate.job("purge").stdout

    assert estate.job("restore-point", *point).stdout.splitlines()[0] == totals
    assert estate.job("check-restore-point", *point).stdout.splitlines()[0] == totals
    assert estate.job("restore", *point).stdout.splitlines()[0] == totals
    assert comes_true(lambda: estate.versions("ledger-db") == ["14.2"], 2)

    copy = estate.folder.restore_points / "before-purge.db"
    copy.write_bytes(copy.read_bytes()[:4096] + b"x" * 4096)
    damaged = estate.job("check-restore-point", *point)
    assert damaged.returncode == 1
    assert "damaged" in damaged.stderr


def test_that_a_job_that_cannot_begin_changes_nothing(estate: LivingEstate) -> None:
    before = {entry.pid for entry in estate.entries()}
    unknown = estate.job("deploy", "--service", "payments-api", "--version", "9.9.9")
    assert unknown.returncode == 2
    assert "there are 2.30.4, 2.31.0, 2.31.1" in unknown.stderr
    assert estate.job("deploy", "--service", "ledger-db", "--version", "14.2").returncode == 2
    assert estate.job("migrate", "--version", "3").returncode == 1
    with estate.folder.claim("payments-api"):
        busy = estate.job("deploy", "--service", "payments-api", "--version", "2.31.0")
    assert busy.returncode == 1
    assert "another job is at work on payments-api" in busy.stderr
    assert {entry.pid for entry in estate.entries()} == before
