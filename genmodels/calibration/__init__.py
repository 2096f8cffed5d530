"""Planted cases of each audit, one file each; importing this enters them all in `PLANTED`."""

from genmodels.calibration import bias, bias_of_text, deepfake, extraction, membership, memorisation, provenance
