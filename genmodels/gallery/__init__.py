"""Small trained runs that ship with the project, made by `make gallery`."""

from pathlib import Path

GALLERY = Path(__file__).parent
