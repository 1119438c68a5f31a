"""Run every benchmark (`benchmarks/bench_*.py`), each in its own process, and print what it prints."""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Exit code 0 when every benchmark ran."""
    wanted = sys.argv[1:]
    modules = [path.stem for path in sorted(Path(__file__).parent.glob("bench_*.py"))]
    chosen = [name for name in modules if not wanted or any(word in name for word in wanted)]
    codes = []
    for name in chosen:
        print(f"== {name}", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode)
    return max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main())
