"""A DAG file is wiring: short, cheap to import, and it touches nothing."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from guestbook.airflow_environment import DAGS_FOLDER, airflow_environment
from guestbook.settings import Settings

OUR_PACKAGES = ("guestbook", "ingest", "identity", "ml", "expectations", "bi", "simulator")
HEAVY = ("duckdb", "pandas", "pyarrow", "sklearn", "dbt", "great_expectations", *OUR_PACKAGES)
ALL_MODULES = sorted(DAGS_FOLDER.glob("*.py"))
DAG_FILES = [path for path in ALL_MODULES if not path.name.startswith("night_")]
# Names whose use at the top of a module would be input, output or a look at the environment.
FORBIDDEN_AT_TOP = {
    "open",
    "environ",
    "getenv",
    "Variable",
    "Connection",
    "Path",
    "connect",
    "requests",
    "now",
    "today",
}
IMPORT_ALL = """
import sys, importlib
sys.path.insert(0, {folder!r})
for name in {names!r}:
    importlib.import_module(name)
print(sorted(set({heavy!r}) & set(sys.modules)))
"""


def test_there_are_dag_files() -> None:
    assert len(DAG_FILES) >= 6


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.name)
def test_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 80


@pytest.mark.parametrize("path", ALL_MODULES, ids=lambda path: path.name)
def test_name_is_neither_a_dbt_plugin_nor_a_package(path: Path) -> None:
    assert not path.stem.startswith("dbt_"), "dbt imports such names as plugins"
    assert path.stem not in OUR_PACKAGES


@pytest.mark.parametrize("path", ALL_MODULES, ids=lambda path: path.name)
def test_nothing_is_read_at_import(path: Path) -> None:
    tree = ast.parse(path.read_text())
    used = {name for statement in tree.body for name in names_run_at_import(statement)}
    assert used & FORBIDDEN_AT_TOP == set()


@pytest.mark.parametrize("path", ALL_MODULES, ids=lambda path: path.name)
def test_no_relative_import(path: Path) -> None:
    imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    assert [node.module for node in imports if node.level] == []


def test_stage_packages_are_imported_inside_tasks_only(tmp_path: Path) -> None:
    names = [path.stem for path in ALL_MODULES]
    assert len(names) > 5
    environment = os.environ | airflow_environment(Settings.load({}, home=tmp_path))
    script = IMPORT_ALL.format(folder=str(DAGS_FOLDER), names=names, heavy=HEAVY)
    answer = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    assert answer.stdout.strip().splitlines()[-1] == "[]", answer.stdout


def test_shared_modules_are_not_taken_for_dag_files() -> None:
    assert "night_*.py" in (DAGS_FOLDER / ".airflowignore").read_text().splitlines()


def names_run_at_import(statement: ast.stmt) -> set[str]:
    """Names and attributes that a top-level statement evaluates; bodies of functions and methods run later."""
    if isinstance(statement, ast.ClassDef):
        return {name for part in statement.body for name in names_run_at_import(part)}
    if isinstance(statement, ast.FunctionDef):
        return {name for part in (*statement.decorator_list, statement.args) for name in names_in(part)}
    return names_in(statement)


def names_in(node: ast.AST) -> set[str]:
    return {
        part.id if isinstance(part, ast.Name) else part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Name | ast.Attribute)
    }
