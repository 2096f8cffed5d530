"""What trained models draw for data sets: entered by the room that opens them, asked for by name."""

from genmodels.registry import Registry

# "redrawn": uint8 (n, 32, 32, 3) to the same, as an autoencoder has them.
# "generated": (family, n, seed) to uint8 (n, 32, 32, 3).
DRAWERS = Registry("drawer")
