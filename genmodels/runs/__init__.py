"""Runs: folders with one writer, where they are, and what their files may hold."""
