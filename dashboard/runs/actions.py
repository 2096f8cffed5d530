"""What can be done with a run: name it, take it along, bring one in, delete it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import navigation, state
from dashboard.model import places
from dashboard.parts import commands, handing_out, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import counted, safe_text
from dashboard.training import buttons
from genmodels.intake import archives
from genmodels.jobs import sandbox
from genmodels.refusal import Refusal
from genmodels.runs.exchange import export_run, import_run
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

MAX_MB = archives.MOST_MB


def one(run: Run, *, gallery_run: bool, store: RunStore) -> None:
    """Everything that is done with a single run; one that is damaged can only be deleted."""
    try:
        run.experiment  # noqa: B018  (a damaged run is refused here, in one sentence)
    except Refusal as refusal:
        refuse(refusal)
        if not gallery_run:
            _delete(run, store)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        navigation.link("model", "Open", run=run.id)
        for place in places.play(run):
            navigation.link(place.page, place.label, run=run.id)
        buttons.audit(run)
    take_along(run)
    own(run, gallery_run=gallery_run, store=store)


def take_along(run: Run) -> None:
    """The run as a zip, and its network as a file."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if run.size <= archives.MAX_TOTAL:
            handing_out.record(
                "Run as zip",
                lambda: export_run(run),
                f"{run.id}.zip",
                "application/zip",
                key=f"zip.{run.id}",
                icon=":material/folder_zip:",
            )
        else:
            st.caption(f"Larger than {MAX_MB} MB: copy its folder to take it along.")
        _keras(run)


def own(run: Run, *, gallery_run: bool, store: RunStore) -> None:
    """What is done with a run of one's own: name it, delete it."""
    if gallery_run:
        st.caption("A run of the gallery: part of the project, so it can't be renamed or deleted here.")
        return
    labels(run)
    _delete(run, store)


def _delete(run: Run, store: RunStore) -> None:
    if st.button("Delete", icon=":material/delete:", key=f"delete.{run.id}"):
        delete([run], store)


def _keras(run: Run) -> None:
    """The network as a file: made by a process of its own, then offered."""
    made = state.get(state.KERAS)
    if made and made[0] == run.id:
        handing_out.record(
            "Save the .keras file", made[1], f"{run.id}.keras", "application/octet-stream", key=f"keras.save.{run.id}"
        )
    elif st.button(
        "Make .keras file",
        icon=":material/deployed_code:",
        key=f"keras.{run.id}",
        help="The network that draws: latent and label in, picture out",
    ):
        try:
            with stating.waiting("Writing the network in a process of its own"):
                state.put(state.KERAS, (run.id, commands.keras_file(run)))
        except (Refusal, OSError) as error:
            refuse(error)
            return
        st.rerun()


def labels(run: Run) -> None:
    """Name, tags and notes: the user's own words."""
    known = run.labels
    with st.form(f"labels.{run.id}", border=False):
        name, tags = st.columns(2)
        new_name = name.text_input("Name", str(known["name"]), max_chars=100, placeholder=run.id)
        written = ", ".join(map(str, known["tags"])) if isinstance(known["tags"], list) else ""
        new_tags = tags.text_input("Tags", written, max_chars=200, placeholder="separated by commas")
        notes = st.text_area("Notes", str(known["notes"]), max_chars=20_000, height=80)
        if st.form_submit_button("Save", icon=":material/save:"):
            each = dict.fromkeys(tag.strip() for tag in new_tags.split(",") if tag.strip())
            try:
                run.label(name=new_name.strip(), tags=list(each), notes=notes)
            except Refusal as refusal:
                refuse(refusal)
                return
            st.rerun()


@st.dialog("Delete?", icon=":material/delete:")
def delete(runs: Sequence[Run], store: RunStore) -> None:
    """Ask once, naming what will be gone."""
    st.markdown(counted(len(runs), "run") if len(runs) > 1 else safe_text(runs[0].labels["name"] or runs[0].id))
    size = sum(run.size for run in runs)
    st.caption(f"{size / 1e6:,.1f} MB with all weights, samples and curves. This can't be undone.")
    if st.button("Delete for good", type="primary", icon=":material/delete_forever:"):
        gone = 0
        for run in runs:
            try:
                if run.state in buttons.WORKING:
                    raise Refusal(f"Run {run.id} is {run.state}; stop it first.")
                store.delete(run)
                gone += 1
            except (Refusal, OSError) as error:
                refuse(error)
        if gone == len(runs):
            state.notice(f"{gone} deleted.", ":material/delete:")
            if state.in_url(state.RUN) in {run.id for run in runs}:  # a page about it, which is gone too
                navigation.go("runs")
            st.rerun()


def bring_in(store: RunStore) -> None:
    """A run that was exported here or elsewhere."""
    with st.expander("Import a run", icon=":material/upload:"):
        st.caption(
            f"A zip that this dashboard made, of at most {MAX_MB} MB. It is checked before anything of it is kept."
        )
        uploaded = st.file_uploader(
            "Zip of a run", type=["zip"], max_upload_size=MAX_MB, key=state.upload_key(state.UPLOAD_RUN)
        )
        if uploaded is None:
            return
        st.caption(safe_text(sandbox.told(sandbox.active_layers())))
        if not st.button("Check and keep", type="primary", icon=":material/fact_check:"):
            return
        try:
            with stating.waiting("Checking every file"):
                run = import_run(uploaded, store)
        except (Refusal, OSError) as error:
            refuse(error)
            return
        state.uploaded(state.UPLOAD_RUN)
        state.notice(safe_text(f"Kept as {run.id}."))
        navigation.go("model", run=run.id)
