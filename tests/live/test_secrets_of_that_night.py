"""Where the secrets of the night were, and where they were not.

The credential of the metrics was given once by ``credential set``, each passphrase through a
descriptor. Prometheus stood behind a door that lets nobody in without the credential.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.live.leaks import files_with, processes_with
from tests.live.servers import lines_of
from tests.live.story import PASSPHRASES, TOKEN, Seen, Stage
from tests.live.waiting import eventually

SECRETS = (TOKEN, *PASSPHRASES.values())


@pytest.mark.practice("A4.4")
def test_that_the_credential_reached_the_plugin(stage: Stage, seen: Seen) -> None:
    asked = Counter(
        line["status"] for line in lines_of(stage.monitoring.door_log) if line["path"] != "/"
    )
    # 502 is what the door said while nobody was behind it, 503 what a Prometheus says that begins.
    assert asked.keys() <= {200, 502, 503}
    assert asked[200] > 10


def test_that_no_secret_stood_in_arguments_or_environment_while_the_night_ran(seen: Seen) -> None:
    assert seen.exposed == []


@pytest.mark.parametrize("place", ["store", "home", "night", "servers"])
def test_that_no_secret_is_in_any_file_of_the(place: str, stage: Stage, seen: Seen) -> None:
    folder: Path = {
        "store": stage.line.store,
        "home": stage.desktop.home,
        "night": stage.folder,
        "servers": stage.monitoring.door_log.parent,
    }[place]
    assert any(path.is_file() for path in folder.rglob("*"))
    assert files_with(folder, *SECRETS) == []


def test_that_no_answer_of_the_console_says_a_secret(seen: Seen) -> None:
    said = [f"{answer.document} {answer.said}" for answer in seen.answers.values()]
    assert not [text for text in said for secret in SECRETS if secret in text]


def test_that_the_credential_is_listed_and_not_shown(stage: Stage, seen: Seen) -> None:
    listed = stage.line.run("credential", "list").done()
    kept = {row["system"]: row["kept"] for row in listed["credentials"]}
    assert kept["metrics"] is True
    assert TOKEN not in str(listed)


def test_that_a_leak_would_be_seen_in_a_file_and_beside_a_process(tmp_path: Path) -> None:
    import base64
    import subprocess

    (tmp_path / "plain").write_text(f"x{TOKEN}y", encoding="utf-8")
    for shift in range(3):
        encoded = base64.b64encode(b"a" * shift + TOKEN.encode() + b"tail")
        (tmp_path / f"encoded-{shift}").write_bytes(encoded)
    assert files_with(tmp_path, TOKEN) == ["encoded-0", "encoded-1", "encoded-2", "plain"]
    with subprocess.Popen(["sleep", "30"], env={"PATH": "/usr/bin:/bin", "SEEN": TOKEN}) as shown:
        try:
            # Its pipe is closed a moment before the system shows what it was started with.
            seen = [f"{shown.pid}/environ"]
            eventually(lambda: processes_with(TOKEN) == seen, "the process is seen", 10.0)
        finally:
            shown.kill()
