"""Importing ml is cheap: DAG files import it."""

import subprocess
import sys


def test_importing_ml_loads_no_heavy_library() -> None:
    heavy = ("numpy", "pandas", "sklearn", "scipy", "duckdb")
    code = f"import sys, ml; print([name for name in {heavy} if name in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
