"""Pictures: uint8 (n, height, width, channels), whatever is done with them without a model."""
