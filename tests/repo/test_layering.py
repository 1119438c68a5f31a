"""The house keeps its order: who may import whom, and what has no place where."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("ingest", "identity", "ml", "expectations", "bi")
PACKAGES = ("guestbook", *STAGES, "simulator")
MODELS = ROOT / "dbt_project" / "models"
REFERENCE = re.compile(r"(ref|source)\('(\w+)'")
# What the models of a layer may read: layers, sources, `helper` for the steps of core that are never published.
MAY_READ = {
    "staging": {"lake", "staging"},
    "core": {"staging", "versions", "core", "helper", "identity", "ml"},
    "features": {"core", "features", "identity", "versions"},
    "marts": {"core", "marts", "ml"},
}


def modules(package: str) -> list[Path]:
    found = sorted((ROOT / package).rglob("*.py"))
    assert found, f"no modules in {package}"
    return found


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("package", STAGES)
def test_a_stage_imports_the_kernel_and_no_other_stage_and_no_airflow(package: str) -> None:
    forbidden = {*STAGES, "simulator", "airflow", "dags"} - {package}
    offenders = {str(path.relative_to(ROOT)): bad for path in modules(package) if (bad := imported(path) & forbidden)}
    assert offenders == {}


def test_the_simulator_knows_nothing_of_the_pipeline() -> None:
    pipeline = {*STAGES, "guestbook", "airflow"}
    offenders = {str(path): bad for path in modules("simulator") if (bad := imported(path) & pipeline)}
    assert offenders == {}


def test_the_kernel_imports_nothing_of_ours_but_in_the_command_line() -> None:
    kernel = [path for path in modules("guestbook") if "cli" not in path.parts]
    offenders = {str(path): bad for path in kernel if (bad := imported(path) & {*STAGES, "simulator"})}
    assert offenders == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_assert_outside_tests(package: str) -> None:
    offenders = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules(package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert offenders == []


@pytest.mark.parametrize("package", [*STAGES, "simulator"])
def test_no_wall_clock_in_business_logic(package: str) -> None:
    """`now()` only stamps loaded_at and logs; those places say so with the marker `# stamp`."""
    clocks = ("datetime.now(", "date.today(", "utcnow(", "time.time(")
    offenders = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules(package)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(clock in line for clock in clocks) and "# stamp" not in line
    ]
    assert offenders == []


def test_no_wall_clock_in_models() -> None:
    models = sorted((ROOT / "dbt_project" / "models").rglob("*.sql"))
    assert models
    words = ("now()", "current_date", "current_timestamp", "get_current_timestamp")
    assert [path.name for path in models if any(word in path.read_text().lower() for word in words)] == []


def test_every_model_has_its_own_yaml() -> None:
    models = sorted((ROOT / "dbt_project" / "models").rglob("*.sql"))
    assert [path.name for path in models if not path.with_suffix(".yml").exists()] == []


def test_every_table_is_tested_for_its_grain() -> None:
    """Views are computed anew by every reader: those that one table reads whole are judged by that table's grain."""
    tables = [path for path in sorted(MODELS.rglob("*.sql")) if "materialized='view'" not in path.read_text()]
    assert len(tables) > 50
    assert [path.stem for path in tables if "- grain:" not in path.with_suffix(".yml").read_text()] == []


def what_is_read(path: Path) -> set[str]:
    """Layers and sources that a model's SQL names; `versions` are staging's `*_version` models."""
    place = {}
    for model in MODELS.rglob("*.sql"):
        layer = "helper" if "schema='helper'" in model.read_text() else model.relative_to(MODELS).parts[0]
        place[model.stem] = "versions" if model.stem.endswith("_version") and path.parent.name != "staging" else layer
    place |= dict.fromkeys((seed.stem for seed in (ROOT / "dbt_project" / "seeds").glob("*.csv")), "helper")
    found = REFERENCE.findall(path.read_text())
    return {name if kind == "source" else place[name] for kind, name in found}


@pytest.mark.parametrize("layer", MAY_READ)
def test_a_layer_reads_the_layers_below_it(layer: str) -> None:
    """`customer_360` alone is core to its readers and is built with the marts: it shows a customer's stage."""
    models = sorted((MODELS / layer).rglob("*.sql"))
    assert models
    extra = {"customer_360": {"marts"}}
    offenders = {path.stem: what_is_read(path) - MAY_READ[layer] - extra.get(path.stem, set()) for path in models}
    assert {name: read for name, read in offenders.items() if read} == {}
