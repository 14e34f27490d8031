"""Plugins are found by entry points alone, and read without running a line of them."""

import importlib
import sys
from pathlib import Path

import pytest

from relconsole.adapters.plugin_host import Installed, installed_plugins
from relconsole.domain.kernel.errors import PersonMustAct

MANIFEST = 'id = "harbour"\ntitle = "Harbour"\nkinds = ["ci"]\n'
RUINOUS = "raise SystemExit('it was imported')\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))  # pyright: ignore[reportUnknownMemberType]
    return site


def _distribution(site: Path, name: str, entry: str, plugin: str = "harbour") -> None:
    folder = site / f"{name}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(f"[relconsole.plugins]\n{plugin} = {entry}\n")
    importlib.invalidate_caches()


def _package(site: Path, *parts: str, manifest: str = MANIFEST) -> Path:
    folder = site.joinpath(*parts)
    folder.mkdir(parents=True)
    for parent in [folder, *folder.parents]:
        if parent == site:
            break
        (parent / "__init__.py").write_text(RUINOUS)
    (folder / "plugin.py").write_text(RUINOUS)
    (folder / "manifest.toml").write_text(manifest)
    return folder


def _refused() -> str:
    found = installed_plugins()["harbour"]
    assert isinstance(found, PersonMustAct)
    return str(found)


def test_that_the_bundled_plugins_are_found_like_any_other() -> None:
    found = installed_plugins()
    assert found.keys() >= {"command", "files", "prometheus", "request_tracker"}
    bundled = ("command", "files", "prometheus", "request_tracker")
    assert all(isinstance(found[name], Installed) for name in bundled)


def test_that_a_plugin_is_read_without_being_imported(site: Path) -> None:
    _package(site, "harbour_pkg", "deep", "harbour")
    _distribution(site, "harbour_dist", "harbour_pkg.deep.harbour.plugin:Plugin")
    found = installed_plugins()["harbour"]
    assert isinstance(found, Installed)
    assert (found.manifest.title, found.root) == ("Harbour", site)
    assert "harbour_pkg" not in sys.modules


def test_that_a_package_without_an_init_is_plain_files_too(site: Path) -> None:
    folder = _package(site, "harbour_spread", "harbour")
    (site / "harbour_spread/__init__.py").unlink()
    _distribution(site, "harbour_dist", "harbour_spread.harbour.plugin:Plugin")
    assert folder.is_dir()
    assert isinstance(installed_plugins()["harbour"], Installed)


def test_that_two_distributions_with_one_plugin_are_both_refused(site: Path) -> None:
    _package(site, "harbour_two")
    for name in ("one", "two"):
        _distribution(site, f"harbour_{name}", "harbour_two.plugin:Plugin")
    assert "Two distributions" in _refused()


def test_that_another_plugin_is_found_beside_a_broken_one(site: Path) -> None:
    _distribution(site, "harbour_dist", "no_such_package.plugin:Plugin")
    assert "not plain files" in _refused()
    assert isinstance(installed_plugins()["files"], Installed)


@pytest.mark.parametrize(
    "entry", ["harbour_entry:Plugin", "harbour_entry.plugin", "harbour_entry.no-name.plugin:P"]
)
def test_that_an_entry_that_names_no_class_in_a_package_is_refused(entry: str, site: Path) -> None:
    _package(site, "harbour_entry")
    _distribution(site, "harbour_dist", entry)
    assert "no entry in a package" in _refused()


@pytest.mark.parametrize("missing", ["plugin.py", "manifest.toml"])
def test_that_a_plugin_that_lacks_a_file_is_refused(missing: str, site: Path) -> None:
    (_package(site, "harbour_lacks") / missing).unlink()
    _distribution(site, "harbour_dist", "harbour_lacks.plugin:Plugin")
    assert "manifest.toml beside it" in _refused()


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        (MANIFEST.replace("harbour", "other"), "calls itself other"),
        ("id = ", "manifest.toml"),
        ("#" * (1 << 19), "longer than"),
    ],
)
def test_that_a_plugin_with_a_wrong_manifest_is_refused(
    manifest: str, says: str, site: Path
) -> None:
    _package(site, "harbour_wrong", manifest=manifest)
    _distribution(site, "harbour_dist", "harbour_wrong.plugin:Plugin")
    assert says in _refused()


def test_that_a_manifest_that_is_no_text_is_refused(site: Path) -> None:
    (_package(site, "harbour_bytes") / "manifest.toml").write_bytes(b"\xff\xfe")
    _distribution(site, "harbour_dist", "harbour_bytes.plugin:Plugin")
    assert "cannot be read" in _refused()


def test_that_a_single_module_is_no_package(site: Path) -> None:
    (site / "harbour_module.py").write_text(RUINOUS)
    _distribution(site, "harbour_dist", "harbour_module.plugin:Plugin")
    assert "not plain files" in _refused()
