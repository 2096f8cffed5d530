"""Data sets, one file each; importing this enters them all in `DATA`, and reads no data."""

from genmodels.data.sets import (
    chorales,
    digits,
    emblems,
    fakes,
    hands,
    icons,
    jsb,
    keras_downloads,
    molecules,
    moses,
    occupations,
    openmoji,
    own_molecules,
    own_pictures,
    own_text,
    people,
    python_code,
    python_docs,
    shakespeare,
)
