"""How code is shown."""

from __future__ import annotations

from dashboard.data import texts
from dashboard.kinds.renderer import RENDERERS, Renderer

RENDERERS.add("code")(Renderer(texts.counts, texts.examples))
