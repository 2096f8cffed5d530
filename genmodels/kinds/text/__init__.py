"""Texts: their tokens, and whatever is done with them without a model."""
