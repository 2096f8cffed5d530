"""Entry point: `streamlit run dashboard/app.py`, or `make run`. Imported once as a server (`app`), run for every page."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from streamlit.runtime.scriptrunner import get_script_run_ctx  # noqa: E402

from dashboard import navigation, resources, state  # noqa: E402
from dashboard.demo import bar, place  # noqa: E402
from dashboard.parts import address, contents, failing, glossary, guarding, live_chart, stating  # noqa: E402
from genmodels.refusal import Refusal  # noqa: E402

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(
        __file__,
        middleware=guarding.middleware(navigation.paths()),
        routes=[live_chart.route()],
        on_script_error=failing.answer,
    )
else:
    navigation.dress()
    page = st.navigation(navigation.sections(), position="hidden" if place.wanted() else "sidebar", expanded=True)
    navigation.name_tab(navigation.tab_title(page.title))
    state.take(state.UNDONE)  # of what was stopped before; "Try again" has already taken its own
    try:
        bar.above(address.taken(contents.listed(glossary.below(page))))
    except Refusal as refusal:
        stating.refuse(refusal)
    finally:
        resources.settle()
