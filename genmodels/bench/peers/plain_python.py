"""Running programs the usual way, without any wall: a new Python for each, which prints what it is asked."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from genmodels.bench.ours_programs import PROGRAM, QUESTIONS
from genmodels.bench.turns import THREADS, serve

ASKED = f"{PROGRAM}\nfor question in {QUESTIONS!r}:\n    print(running_total(*question))\n"


def once(number: int) -> None:
    """One program."""
    ran = subprocess.run([sys.executable, "-I", "-c", ASKED], capture_output=True, text=True, timeout=10, check=True)
    if len(ran.stdout.splitlines()) != len(QUESTIONS):
        raise RuntimeError("a program of the bench ended otherwise")


def main() -> None:
    """Serve so many programs, two at once."""

    def work(steps: int) -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(once, range(steps)))

    serve(work, warm_up=5)


if __name__ == "__main__":
    main()
