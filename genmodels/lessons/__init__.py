"""Tiny runs that the lessons of Learn look at: trained by `python -m genmodels.commands.make_faulty_models`."""

from pathlib import Path

LESSONS = Path(__file__).parent
