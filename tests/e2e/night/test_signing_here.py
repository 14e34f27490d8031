"""A second person signs at the commander's machine, in a process that has no other key open."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from relconsole.adapters.signing import RequestFolder
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.ports.credentials import Secret
from tests.e2e.night.plans import RELEASE, by_job, release, talk
from tests.e2e.night.stage import Stage
from tests.helpers.cli import PASSPHRASE
from tests.helpers.fakes.credentials import FakeCredentials

BACK = ("rollback", RELEASE, "--reason=checkout fails")
LENA = PersonId("lena")
# The real program; only its keyring is that of the test, out of a file.
PROGRAM = """
import json, sys
sys.path.insert(0, {root!r})
from relconsole.cli import main
from relconsole.ports.credentials import Secret
from tests.helpers.fakes.credentials import FakeCredentials
kept = FakeCredentials()
with open({keyring!r}, encoding="utf-8") as file:
    kept.secrets.update((name, Secret(text)) for name, text in json.load(file).items())
sys.exit(main(sys.argv[1:], credentials=kept))
"""


def requests_of(stage: Stage, root: Path) -> RequestFolder:
    """The requests of a stage's store, signed by the real program."""
    credentials = stage.desk.credentials
    assert isinstance(credentials, FakeCredentials)
    keyring = stage.folder / "keyring.json"
    held = {name: secret.reveal() for name, secret in credentials.secrets.items()}
    keyring.write_text(json.dumps(held), encoding="utf-8")
    program = PROGRAM.format(root=str(root), keyring=str(keyring))
    store = stage.desk.store
    return RequestFolder(store / "requests", store, program=(sys.executable, "-c", program))


def test_that_a_second_person_signs_here_and_the_rollback_counts_it(
    stage: Stage, project_root: Path
) -> None:
    stage.bring(release(by_job("deploy", "payments-api", "jo"), talk("close", "deploy")))
    stage.held()
    assert stage.act("mara", *BACK).status == 1
    digest = Digest(json.loads(stage.request().read_text(encoding="utf-8"))["digest"])
    requests = requests_of(stage, project_root)
    words = f"{PASSPHRASE} lena"
    with pytest.raises(PersonMustAct, match="does not open the key of lena"):
        asyncio.run(requests.sign(digest, LENA, Secret("not the words of lena")))
    assert asyncio.run(requests.answer_to(digest)) is None
    answer = asyncio.run(requests.sign(digest, LENA, Secret(words)))
    assert answer.signer == LENA
    beside = stage.request().with_name(f"{digest[:16]}.answer.json")
    ran = stage.act("mara", *BACK, "--answer", beside)
    assert (ran.status, ran.json["state"]) == (0, "rolled_back")
    kept = b"".join(path.read_bytes() for path in stage.desk.store.rglob("*") if path.is_file())
    assert words.encode() not in kept


def test_that_who_armed_signs_here_in_vain(stage: Stage, project_root: Path) -> None:
    stage.bring(release(by_job("deploy", "payments-api", "jo"), talk("close", "deploy")))
    stage.held()
    assert stage.act("mara", *BACK).status == 1
    digest = Digest(json.loads(stage.request().read_text(encoding="utf-8"))["digest"])
    requests = requests_of(stage, project_root)
    asyncio.run(requests.sign(digest, PersonId("mara"), Secret(f"{PASSPHRASE} mara")))
    beside = stage.request().with_name(f"{digest[:16]}.answer.json")
    ran = stage.act("mara", *BACK, "--answer", beside)
    assert ran.json["state"] == "refused"
    assert "one person" in ran.json["reconcile"][0]["reason"]
