"""`key`: a key counts only after somebody else has confirmed it."""

import json
from pathlib import Path
from typing import Any

import pytest

from relconsole.domain.record.signature import SigningKey
from tests.helpers.cli import PASSPHRASE, Keyed, Workstation, in_pipe, run_cli_process
from tests.helpers.fakes.credentials import FakeCredentials

STRANGER = SigningKey(b"\x09" * 32).public


def keys_of(machine: Workstation) -> dict[str, Any]:
    return {row["person"]: row for row in machine.ask("key", "list")["keys"]}


def test_that_a_new_key_counts_for_nothing_until_somebody_else_confirms_it(
    unproven: Keyed,
) -> None:
    desk, marks = unproven.desk, unproven.marks
    assert {row["state"] for row in keys_of(desk).values()} == {"unproven"}
    first = desk.confirm("asha", marks["asha"], by="mara")
    assert first.json["state"] == "unproven"
    assert "asha confirms the key of mara" in first.err
    second = desk.confirm("mara", marks["mara"], by="asha")
    assert second.json["state"] == "effective"
    found = keys_of(desk)
    assert found["mara"]["enrolled_by"] == "asha"
    assert found["asha"]["enrolled_by"] == "mara"
    assert found["mara"]["means"] == "read out at T-30"
    assert desk.ask("journal", "verify")["ok"]


@pytest.mark.parametrize("name", ["mara", "mokafor", "\uff2d\uff21\uff32\uff21"])
def test_that_nobody_confirms_a_key_of_their_own_by_any_name(unproven: Keyed, name: str) -> None:
    ran = unproven.desk.confirm(name, unproven.marks["mara"], by="mara")
    assert ran.status == 1
    assert ran.json["error"]["reasons"][0]["rule"] == "same_person"


def test_that_once_keys_count_an_unproven_one_confirms_nothing(keyed: Keyed) -> None:
    keyed.desk.ask("key", "register", "jo", "--public", STRANGER.text)
    ran = keyed.desk.confirm("jo", STRANGER.fingerprint, by="ines")
    assert ran.status == 1
    assert ran.json["error"]["reasons"][0]["rule"] == "key_unproven"


def test_that_a_confirmed_key_confirms_another_at_once(keyed: Keyed) -> None:
    grouped = " ".join(keyed.marks["ines"][at : at + 4] for at in range(0, 64, 4)).upper()
    assert keyed.desk.confirm("ines", grouped, by="asha").json["state"] == "effective"


def test_that_a_key_of_another_or_an_older_one_is_not_confirmed(keyed: Keyed) -> None:
    ran = keyed.desk.confirm("ines", keyed.marks["asha"], by="mara")
    assert (ran.status, ran.json["error"]["reasons"][0]["rule"]) == (1, "key_not_newest")
    assert keyed.desk.confirm("ines", keyed.marks["ines"][:60], by="mara").status == 2


def test_that_a_wrong_passphrase_opens_nothing(keyed: Keyed) -> None:
    words = ("key", "revoke", keyed.marks["asha"], "--reason", "lost", "--as", "mara")
    ran = keyed.desk.run(*words, "--passphrase-fd", in_pipe("guess\n"), "--json")
    assert ran.status == 2
    assert "does not open the key of mara" in ran.json["error"]["message"]
    ran = keyed.desk.run(*words, "--json")
    assert ran.status == 2
    assert "no terminal" in ran.json["error"]["message"]
    assert keys_of(keyed.desk)["asha"]["state"] == "effective"


def test_that_a_revoked_key_counts_no_longer_and_says_why(keyed: Keyed) -> None:
    desk, marks = keyed.desk, keyed.marks
    ran = desk.act("mara", "key", "revoke", marks["asha"], "--reason", "laptop stolen")
    assert ran.json["state"] == "revoked"
    found = keys_of(desk)["asha"]
    assert (found["state"], found["revoked_by"]) == ("revoked", "mara")
    assert found["reason"] == "laptop stolen"
    ran = desk.confirm("ines", marks["ines"], by="asha")
    assert (ran.status, ran.json["error"]["reasons"][0]["rule"]) == (1, "key_revoked")


def test_that_a_kept_key_is_replaced_only_when_that_is_said(keyed: Keyed) -> None:
    desk, first = keyed.desk, keyed.marks["mara"]
    ran = desk.run("key", "make", "mara", "--passphrase-fd", in_pipe("new\n"), "--json")
    assert ran.status == 2
    assert "--replace" in ran.json["error"]["message"]
    words = ("key", "make", "mara", "--replace", "--passphrase-fd")
    second = desk.ask(*words, in_pipe(f"{PASSPHRASE} mara\n"))["fingerprint"]
    states = {row["fingerprint"]: row["state"] for row in desk.ask("key", "list")["keys"]}
    assert (states[first], states[second]) == ("effective", "unproven")
    assert desk.confirm("mara", second, by="asha").json["state"] == "effective"
    states = {row["fingerprint"]: row["state"] for row in desk.ask("key", "list")["keys"]}
    assert (states[first], states[second]) == ("superseded", "effective")


@pytest.mark.parametrize("form", ["text", "plain file", "published file"])
def test_that_a_key_made_elsewhere_is_registered(
    desk: Workstation, tmp_path: Path, form: str
) -> None:
    published = {"person": "jo", "public_key": STRANGER.text, "made_with": "a tool of jo's own"}
    written = {"plain file": STRANGER.text + "\n", "published file": json.dumps(published)}
    given = tmp_path / "jo.public.json"
    if form in written:
        given.write_text(written[form], encoding="utf-8")
    found = desk.ask(
        "key", "register", "jo", "--public", given if form in written else STRANGER.text
    )
    assert found["fingerprint"] == STRANGER.fingerprint
    assert found["state"] == "unproven"


def test_that_the_key_of_one_person_is_not_registered_for_another(
    desk: Workstation, tmp_path: Path
) -> None:
    given = tmp_path / "jo.public.json"
    published = {"person": "jo", "public_key": STRANGER.text}
    given.write_text(json.dumps(published), encoding="utf-8")
    ran = desk.run("key", "register", "asha", "--public", given, "--json")
    assert (ran.status, ran.json["error"]["field"]) == (2, "person")
    desk.ask("key", "register", "jo", "--public", given)
    ran = desk.run("key", "register", "asha", "--public", STRANGER.text, "--json")
    assert (ran.status, ran.json["error"]["reasons"][0]["rule"]) == (1, "key_of_another")


def test_that_the_public_half_of_a_kept_key_can_be_registered_again(
    unproven: Keyed, tmp_path: Path, plan: Path
) -> None:
    other = Workstation(store=tmp_path / "other", credentials=unproven.desk.credentials)
    other.ask("import", plan)
    assert other.ask("key", "register", "mara")["fingerprint"] == unproven.marks["mara"]
    ran = other.run("key", "register", "jo", "--json")
    assert ran.status == 2
    assert "keeps no key of jo" in ran.json["error"]["message"]


def test_that_a_stranger_gets_no_key(desk: Workstation) -> None:
    ran = desk.run("key", "make", "marra", "--passphrase-fd", in_pipe("x\n"), "--json")
    assert ran.status == 2
    assert "did you mean mara" in ran.json["error"]["message"]


def test_that_an_empty_passphrase_is_refused(desk: Workstation) -> None:
    ran = desk.run("key", "make", "mara", "--passphrase-fd", in_pipe("  \n"), "--json")
    assert ran.status == 2
    assert "passphrase is empty" in ran.json["error"]["message"]
    assert desk.ask("key", "list")["keys"] == []
    assert desk.run("key", "list").out == "no key is registered\n"


def test_that_a_person_reads_whose_key_counts_and_who_confirmed_it(keyed: Keyed) -> None:
    lines = keyed.desk.run("key", "list").out.splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [
        ["asha", "effective", "mara"],
        ["ines", "unproven", "nobody"],
        ["mara", "effective", "asha"],
    ]


def test_that_a_key_which_would_end_with_the_program_is_not_made(
    desk: Workstation, tmp_path: Path
) -> None:
    ran = run_cli_process("key", "make", "mara", "--store", desk.store, "--json")
    assert ran.status == 3
    assert "would end with this program" in ran.json["error"]["message"]


def test_that_no_file_of_the_store_holds_a_private_key_or_a_passphrase(keyed: Keyed) -> None:
    credentials = keyed.desk.credentials
    assert isinstance(credentials, FakeCredentials)
    sealed = json.loads(credentials.secrets["person/mara"].reveal())
    assert sealed["derivation"]["name"] == "argon2id"
    store = keyed.desk.store
    content = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert PASSPHRASE.encode() not in content
    assert sealed["sealed"].encode() not in content
    assert sealed["public"].encode() in content
