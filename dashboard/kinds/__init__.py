"""How examples of each kind are shown; importing this enters one renderer a kind in `RENDERERS`."""

from dashboard.kinds import code, image, molecule, music, text, video
