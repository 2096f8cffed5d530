"""Our side of running programs, the cage with every wall: `python -m genmodels.bench.ours_programs`."""

from __future__ import annotations

from genmodels.bench.turns import THREADS, serve
from genmodels.jobs.programs import Program, Programs

PROGRAM = """from typing import List

def running_total(numbers: List[int]) -> List[int]:
    found, total = [], 0
    for number in numbers:
        total += number
        found.append(total)
    return found
"""  # as small as those that are asked of a model
QUESTIONS = [(list(range(length)),) for length in (0, 1, 10, 100)]


def main() -> None:
    """Serve so many programs, each asked four times, two at once."""
    with Programs(workers=THREADS) as programs:

        def work(steps: int) -> None:
            for ran in programs.run([Program(PROGRAM, "running_total", QUESTIONS)] * steps):
                if ran.ended != "ok" or len(ran.answers) != len(QUESTIONS):
                    raise RuntimeError(f"a program of the bench ended otherwise: {ran}")

        serve(work, warm_up=20)


if __name__ == "__main__":
    main()
