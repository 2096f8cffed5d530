"""One model: what it makes, what it learned from, its numbers and verdicts; and, with `part=files`, its files and report."""

from dashboard.model import page
from genmodels.runs.store import RunStore

page.view(RunStore.default())
