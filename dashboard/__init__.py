"""The dashboard: knows Streamlit, draws what `genmodels` says. Pages import from here."""
