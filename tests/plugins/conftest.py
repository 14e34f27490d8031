"""The stranger's distribution, built and installed once into a folder of its own."""

import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def strangers_folder(
    project_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The folder into which the sample distribution is installed, on sys.path meanwhile."""
    source = tmp_path_factory.mktemp("source") / "sample_plugin"
    shutil.copytree(project_root / "tests/sample_plugin", source)
    target = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--no-index", "--no-deps", "--no-build-isolation", "--target", str(target)),
            str(source),
        ],
        check=True,
        capture_output=True,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(target))  # pyright: ignore[reportUnknownMemberType]
        importlib.invalidate_caches()
        yield target
