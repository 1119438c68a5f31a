"""Importing ml is cheap: DAG files import it."""

import subprocess
import sys


def test_importing_ml_loads_no_heavy_library() -> None:
    code = "import sys, ml; print([name for name in ('numpy', 'pandas', 'sklearn', 'scipy', 'duckdb') if name in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
