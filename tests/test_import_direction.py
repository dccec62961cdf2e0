"""The house stands as docs/architecture.md says: one-way imports, names of our own, packages, short modules."""

import importlib.util
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "content", "scheduler", "storage")
LONGEST_MODULE = 400  # lines; a longer one becomes a folder
_WRITTEN_BY_ALEMBIC = ROOT / "storage" / "migrations" / "versions"
MODULES = [
    path
    for room in (*ROOMS, "tests")
    for path in sorted((ROOT / room).rglob("*.py"))
    if _WRITTEN_BY_ALEMBIC not in path.parents
]


def test_every_import_contract_is_kept():
    # in a process of its own: the linter sets up logging and the module path for itself
    lint = "from importlinter.cli import lint_imports_command as lint; lint()"
    command = [sys.executable, "-c", lint, "--no-cache", "--no-logo", "pyproject.toml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  words of our own
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_owns_the_name_of_a_room(room):
    assert set(packages_distributions().get(room, ())) <= {"apel"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_imported_from_this_checkout(room):
    spec = importlib.util.find_spec(room)
    assert spec is not None
    assert spec.origin == str(ROOT / room / "__init__.py")


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for path in MODULES}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_no_module_is_longer_than_can_be_read_at_once():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_module_is_named_like_one_of_the_standard_library():
    names = {path.stem for path in MODULES if path.stem not in {"__init__", "__main__"}}
    names |= {path.parent.name for path in MODULES}
    assert names & sys.stdlib_module_names == set()
