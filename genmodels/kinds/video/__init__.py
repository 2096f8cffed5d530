"""Moving pictures: short clips of a few frames."""
