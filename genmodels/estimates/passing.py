"""How often one of k attempts passes, from n attempts of which c did: pass@k of Chen et al. 2021, arXiv 2107.03374, equation 1.

    pass@k = mean over problems of 1 - C(n - c, k) / C(n, k)

which is the probability that of k attempts, drawn from the n without putting back, at least one passes; so its mean is
right, while 1 - (1 - c / n)^k is too low. Problems are what is independent: the interval is of other problems like these.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np

from genmodels.estimates.estimate import Estimate
from genmodels.estimates.prediction_powered import share
from genmodels.refusal import Refusal


def pass_at(k: int, n: int, passed: int) -> float:
    """For one problem, where `passed` of n attempts pass; raises `Refusal` where there are fewer than k attempts."""
    if not 1 <= k <= n or not 0 <= passed <= n:
        raise Refusal(f"pass@{k} of {passed} passes among {n} attempts can't be said; make at least {k} attempts.")
    return 1.0 - comb(n - passed, k) / comb(n, k)


def pass_rate(k: int, n: int, passed: Sequence[int]) -> Estimate:
    """The mean over problems (m,), of each of which so many of n attempts passed, with the interval of Wilson over problems.

    As means of numbers from 0 to 1 vary no more than shares do, it is never too narrow for other problems like these; for
    one problem's own rate it says nothing.
    """
    return share(np.array([pass_at(k, n, each) for each in passed]))
