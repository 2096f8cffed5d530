"""Audits of a run, policies, reports, and files that are asked where they come from."""
