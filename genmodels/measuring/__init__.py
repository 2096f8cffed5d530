"""Measures of a run, by what it is."""
