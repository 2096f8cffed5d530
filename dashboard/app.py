"""Entry point: `streamlit run dashboard/app.py`, or `make run`."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from dashboard import navigation, text  # noqa: E402
from genmodels.refusal import Refusal  # noqa: E402

st.set_page_config(page_title="GenModels", page_icon=str(ROOT / "dashboard" / "icon.png"), layout="wide")
page = st.navigation(navigation.sections())
try:
    page.run()
except Refusal as refusal:
    text.refuse(refusal)
