"""How FCD falls while a model of `moses` learns: `python -m genmodels.bench.fcd_by_epoch RUN [N [MOST]]`.

Of each kept epoch N molecules (10,000) are written from nothing at temperature 1 with seed 1; FCD is that of
`genmodels.bench.chemnet`, beside at most MOST (all) molecules of MOSES's test set and of its scaffold test set. Few molecules
make FCD a little larger: how much says the last row, of N training molecules.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from genmodels import checkpoints
from genmodels.bench.chemnet import fcd, molecules_of, moments
from genmodels.catalogue import table
from genmodels.estimates.estimate import clopper_pearson
from genmodels.kinds.molecule.chemistry import canonical
from genmodels.kinds.text.decoding import Decoding
from genmodels.runs.history import read_history
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.trained.opening import open_model

N, SEED = 10_000, 1
BESIDE = ("test", "scaffold test")


def written(run: Run, epoch: int | None, n: int) -> list[str]:
    """The valid molecules, canonical, among n that a kept epoch writes."""
    model = open_model(run, epoch)
    decoding = Decoding(length=model.context, temperature=1.0, watermark="none")
    texts = model.sample(n, seed=SEED, decoding=decoding)
    return [found for each in texts if (found := canonical(str(each))) is not None]


def rows(run: Run, n: int, most: int) -> Iterator[dict[str, Any]]:
    """A row a kept epoch: after how many minutes of training and how many molecules, valid ones, FCD; and one of training molecules."""
    known = {name: moments(molecules_of(name, most)) for name in BESIDE}
    history = read_history(run.path / "history.jsonl")[0].dropna(subset=["held_out_loss"]).set_index("epoch")
    seen = run.facts["steps_per_epoch"] * run.experiment.batch_size
    for epoch in sorted(int(folder.name) for folder in checkpoints.steps(run.path / "epochs")):
        valid = written(run, epoch, n)
        share, ours = clopper_pearson(len(valid), n), moments(valid)
        yield {
            "epoch": epoch,
            "minutes": f"{history.seconds[epoch - 1] / 60:.0f}",
            "windows seen": f"{epoch * seen:,}",
            "valid": f"{share.value:.3f} [{share.low:.3f}, {share.high:.3f}]",
            **{f"FCD, {name}": f"{fcd(ours, theirs):.3f}" for name, theirs in known.items()},
        }
    real = moments(molecules_of("train", n))
    fcds = {f"FCD, {name}": f"{fcd(real, theirs):.3f}" for name, theirs in known.items()}
    yield {"epoch": "training molecules", "minutes": "", "windows seen": "", "valid": "1", **fcds}


def main(name: str, n: str = str(N), most: str = "0") -> None:
    """Print the table."""
    print(table(list(rows(RunStore.default()[name], int(n), int(most)))))


if __name__ == "__main__":
    main(*sys.argv[1:4])
