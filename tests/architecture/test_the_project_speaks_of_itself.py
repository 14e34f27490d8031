"""No file tells of the machine on which it was written, or of where packages come from."""

import re
import subprocess
from pathlib import Path

import pytest

# Each is written in two parts, so that this file does not contain what it looks for.
ELSEWHERE = {
    "a folder of one machine": r"(?<![\w.}])/" + r"(work|root|opt/pypi|tmp/scratch)/",
    "a neighbour of the checkout": r"\.\./" + r"shared",
    "a registry's host": r"pypi\." + r"org|files\.python" + r"hosted",
    "a brief or an issue": r"BRIEF" + r"\.md|issues " + r"show",
}


def _files(root: Path) -> list[Path]:
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return [root / name for name in listing.stdout.splitlines() if (root / name).is_file()]


@pytest.mark.parametrize("pattern", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_that_no_file_names(pattern: str, project_root: Path) -> None:
    found = [
        f"{path.relative_to(project_root)}:{number}"
        for path in _files(project_root)
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if re.search(pattern, line)
    ]
    assert found == []


def test_that_the_search_sees_a_folder_of_one_machine() -> None:
    pattern = ELSEWHERE["a folder of one machine"]
    assert re.search(pattern, "cd /" + "work/main")
    assert not re.search(pattern, "net/" + "work/cable")
