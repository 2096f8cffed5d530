"""What an example is: one folder a kind; importing this enters them all in `KINDS`, in the order in which pages list them."""
# ruff: noqa: I001

from genmodels.kinds.image import kind as image
from genmodels.kinds.text import kind as text
from genmodels.kinds.code import kind as code
from genmodels.kinds.music import kind as music
from genmodels.kinds.molecule import kind as molecule
from genmodels.kinds.video import kind as video
