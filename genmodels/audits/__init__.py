"""Audits, one file each; importing this enters them all in `AUDITS`."""

from genmodels.audits import (
    bias,
    bias_of_text,
    copies,
    deepfake,
    extraction,
    likeness,
    marks,
    membership,
    memorisation,
    personal_data,
    provenance,
    rediscovery,
    refusals,
    repeats,
    shares,
    verbatim,
    wording,
)
