"""Data: what a set is (`dataset`), what sets share, and the sets themselves (`sets/`)."""

from genmodels.data import sets
