"""Taking molecules away: SMILES, SDF and CSV, each with its signed statement; those with alerts only where that is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from dashboard.parts import handing_out
from dashboard.safe_text import counted
from genmodels.explore.molecules import marked_file
from genmodels.kinds.molecule.files import Found
from genmodels.provenance import way_out

FORMS = (
    ("SMILES", ".smi", "chemical/x-daylight-smiles"),
    ("SDF", ".sdf", "chemical/x-mdl-sdfile"),
    ("CSV", ".csv", "text/csv"),
)


def downloads(molecules: Sequence[Found], name: str, facts: Callable[[], dict[str, str]], key: str) -> None:
    """Buttons for what is shown above."""
    alerted = sum(bool(each.alerts) for each in molecules)
    confirmed = alerted > 0 and st.checkbox(
        f"Take the {counted(alerted, 'molecule')} with alerts along: a chemist will look at them",
        key=f"{key}.confirmed",
    )
    taken = [each for each in molecules if confirmed or not each.alerts]
    if not taken:
        return
    st.caption(
        f"{counted(len(taken), 'molecule')}. A table of molecules can carry no mark: keep the signed statement beside it, which says that a model made it. The ledger of this machine knows it too."
    )
    with st.container(horizontal=True):
        for label, suffix, mime in FORMS:
            handing_out.made(
                label,
                partial(_file, taken, suffix, name, facts),
                f"{name}{suffix}",
                mime,
                key=f"{key}{suffix}",
            )
        handing_out.made(
            "Signed statements",
            lambda: _statements(taken, name, facts()),
            f"{name}-statements.zip",
            "application/zip",
            key=f"{key}.signed",
            icon=":material/verified:",
            help="One for each of the three files; the page Check files reads them.",
        )


def _file(molecules: Sequence[Found], suffix: str, name: str, facts: Callable[[], dict[str, str]]) -> way_out.Marked:
    return marked_file(molecules, suffix, name, facts())[0]


def _statements(molecules: Sequence[Found], name: str, facts: dict[str, str]) -> way_out.Marked:
    return way_out.archive(
        {f"{name}{suffix}{way_out.SIDECAR}": marked_file(molecules, suffix, name, facts)[1] for _, suffix, _ in FORMS}
    )
