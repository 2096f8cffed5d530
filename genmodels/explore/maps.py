"""A map of a latent space: latents laid out in two dimensions, and the way back from a place on it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.refusal import Refusal
from genmodels.registry import unknown


@dataclass(frozen=True)
class Map:
    """`points` (n, 2) of latents (n, latent). `explained`: the share of variance that the two axes hold (PCA only).

    `method` is PCA, UMAP, or "axes" where the two axes were given.
    """

    method: str
    points: np.ndarray
    latents: np.ndarray
    explained: float | None
    _layout: Any = None

    def place(self, latents: np.ndarray) -> np.ndarray:
        """Where other latents (n, latent) lie on it (n, 2)."""
        if self.method == "axes":
            return latents @ np.linalg.pinv(self._layout)
        return np.asarray(self._layout.transform(latents))

    def back(self, x: float, y: float) -> np.ndarray:
        """The latent (1, latent) at a place: the one in the plane of the map, for UMAP that of the nearest point."""
        place = np.array([[x, y]])
        if self.method == "axes":
            return (place @ self._layout).astype("float32")
        if self.method == "PCA":
            return self._layout.inverse_transform(place).astype("float32")
        return self.latents[[np.linalg.norm(self.points - place, axis=1).argmin()]]


def methods() -> tuple[str, ...]:
    """PCA, and UMAP where `umap-learn` is installed."""
    return ("PCA", "UMAP") if importlib.util.find_spec("umap") else ("PCA",)


def lay_out(latents: np.ndarray, method: str = "PCA", seed: int = 0) -> Map:
    """A map of latents (n, latent), n at least 3. UMAP: McInnes et al. 2018, arXiv 1802.03426."""
    if method not in methods():
        raise Refusal(unknown("map that can be drawn here", method, methods()))
    if len(latents) < 3:
        raise Refusal(f"A map of {len(latents)} points shows nothing; take at least 3.")
    if method == "UMAP":
        import umap

        layout = umap.UMAP(random_state=seed)
        return Map(method, layout.fit_transform(latents), latents, None, layout)
    from sklearn.decomposition import PCA

    layout = PCA(2, random_state=seed)
    points = layout.fit_transform(latents)
    return Map(method, points, latents, float(layout.explained_variance_ratio_.sum()), layout)


def on_axes(latents: np.ndarray, axes: np.ndarray) -> Map:
    """Latents (n, latent) by their coordinates along two `axes` (2, latent), for a plane through the origin."""
    return Map("axes", latents @ np.linalg.pinv(axes), latents, None, axes)
