"""What an example is: one folder a kind; importing this enters them all in `KINDS`."""

from genmodels.kinds.code import kind as code
from genmodels.kinds.image import kind as image
from genmodels.kinds.text import kind as text
