import streamlit as st

st.title("GenModels")
