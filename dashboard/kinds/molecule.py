"""How molecules are shown."""

from __future__ import annotations

from dashboard.data import molecules
from dashboard.kinds.renderer import RENDERERS, Renderer

RENDERERS.add("molecule")(Renderer(molecules.counts, molecules.examples))
