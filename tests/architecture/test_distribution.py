"""What is installed: the packages, under names of their own, from a lock that names every hash."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = (
    "packaging/requirements.txt",
    "packaging/requirements-dev.txt",
    "packaging/requirements-live.txt",
)
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def _pins(project_root: Path, lock: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    text = (project_root / lock).read_text(encoding="utf-8")
    for name, version in PINNED.findall(text):
        pins.setdefault(canonicalize_name(name), set()).add(version)
    return pins


def test_that_a_wheel_takes_no_common_name(project_root: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=project_root,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {
        "relconsole",
        "relconsole_estate",
        "relconsole_plugins",
        "relconsole_resources",
        "relconsole_ui",
    }
    assert "relconsole/py.typed" in names
    for system in ("buildbot", "command", "files", "prometheus", "request_tracker"):
        assert f"relconsole_plugins/{system}/manifest.toml" in names


@pytest.mark.parametrize("lock", LOCKS)
def test_that_every_pin_has_hashes(lock: str, project_root: Path) -> None:
    text = (project_root / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_that_the_lock_holds_what_the_project_asks_for(project_root: Path) -> None:
    project = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))
    for lock, wanted in (
        (LOCKS[0], project["project"]["dependencies"]),
        (LOCKS[1], project["project"]["dependencies"] + project["dependency-groups"]["dev"]),
    ):
        pins = _pins(project_root, lock)
        for requirement in map(Requirement, wanted):
            versions = pins.get(canonicalize_name(requirement.name), set())
            assert versions, f"{lock} lacks {requirement.name}"
            assert all(requirement.specifier.contains(version) for version in versions)


def test_that_both_locks_name_the_same_versions(project_root: Path) -> None:
    developers = _pins(project_root, LOCKS[1])
    assert _pins(project_root, LOCKS[0]).items() <= developers.items()
