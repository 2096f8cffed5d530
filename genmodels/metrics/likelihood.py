"""Likelihood: how probable held-out examples are under a model that can say so."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ratios import ratio
from genmodels.refusal import Refusal


def importance_weighted_bound(log_weights: np.ndarray, clusters: np.ndarray | None = None) -> Estimate:
    """Lower bound on the mean log-likelihood of n examples, in nats an example; higher is better.

    `log_weights` (n, k) holds log p(x, z) - log q(z|x) for k draws of z from q. The bound of one example is
    logsumexp(log_weights) - log k (Burda et al. 2016, arXiv 1509.00519): with k = 1 the evidence lower bound, with
    more draws never looser on average. The interval is for other examples, given the draws: Student's over them, or over
    `clusters` (n,) of examples that belong together, as variants of one drawing (`ratio`). n counts examples.
    """
    from scipy.special import logsumexp

    weights = np.asarray(log_weights, np.float64)
    if weights.ndim != 2 or len(weights) < 2 or not weights.shape[1]:
        raise Refusal(
            f"The log weights have the shape {weights.shape}; (examples, draws) is needed, 2 examples or more."
        )
    if np.isnan(weights).any() or np.isposinf(weights).any() or np.isneginf(weights).all(axis=1).any():
        raise Refusal("The log weights hold NaN or infinity, so the bound has no value; look for it in the model.")
    bounds = logsumexp(weights, axis=1) - math.log(weights.shape[1])
    return replace(ratio(bounds, np.ones(len(bounds)), clusters), n=len(bounds))


def bits_per_dimension(nats: float, dimensions: int) -> float:
    """Nats an example as bits a dimension (pixels times channels); the sign stays. Only of 8-bit likelihoods comparable."""
    if dimensions < 1:
        raise Refusal(f"An example has {dimensions} dimensions; at least 1 is needed.")
    return nats / (dimensions * math.log(2))
