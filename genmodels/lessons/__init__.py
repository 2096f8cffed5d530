"""Tiny runs that the lessons of Learn look at: trained by `make_faulty_models` and `make_lessons` of `genmodels.commands`; no list shows them."""

from pathlib import Path

LESSONS = Path(__file__).parent
UNTRAINED = LESSONS / "untrained"  # what writers of the gallery wrote before their first step, a JSON file each
