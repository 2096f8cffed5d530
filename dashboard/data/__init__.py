"""Data sets: pictures and texts."""
