"""Audits of a run, and files that are checked."""
