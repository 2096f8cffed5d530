"""How texts are shown."""

from __future__ import annotations

from dashboard.data import texts
from dashboard.kinds.renderer import RENDERERS, Renderer

RENDERERS.add("text")(Renderer(texts.counts, texts.examples))
