"""Entry point: `streamlit run dashboard/app.py`, or `make run`.

Streamlit imports this file once as a server (`app`, with our middleware) and runs it for every page that is drawn.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from streamlit.runtime.scriptrunner import get_script_run_ctx  # noqa: E402

from dashboard import navigation, text  # noqa: E402
from genmodels.refusal import Refusal  # noqa: E402

if get_script_run_ctx(suppress_warning=True) is None:
    from starlette.middleware import Middleware

    from dashboard.guarding import Guard

    app = st.App(__file__, middleware=[Middleware(Guard, pages=navigation.paths())])
else:
    st.set_page_config(page_title="GenModels", page_icon=str(ROOT / "dashboard" / "icon.png"), layout="wide")
    page = st.navigation(navigation.sections())
    try:
        page.run()
    except Refusal as refusal:
        text.refuse(refusal)
