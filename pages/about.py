"""What is installed, how to, limits, credit, licence."""

from pathlib import Path

import streamlit as st

from dashboard import navigation, resources
from dashboard.parts import contents
from dashboard.safe_text import safe_text
from genmodels.data.dataset import DATA

st.title("Help", anchor=False)
contents.place()
navigation.link("glossary", "Glossary: every term in one sentence")
left, right = st.columns(2, gap="medium")
with left, st.container(border=True, height="stretch"):
    contents.header("How to")
    st.markdown(
        """
1. **New training**: choose a model and data, see how long it will take, press *Start*. The run is a process of its own: close the
   browser, it continues.
2. **Watch**: samples, reconstructions and curves grow while it learns; signs of trouble are named in plain words.
3. **Models**: each model has a page with what it makes, its numbers, its audits and its files. Tick several to compare them.
4. **Play** on a model's page: have it draw or write from a prompt and see each step; walk between pictures, find directions.
5. **Data**: see what a set holds before you train on it; bring pictures, texts, molecules or clips of your own.
6. **Audit**: bring what any model made, or audit one that was trained here. Each verdict says how often it is wrong; the report
   can be downloaded. *Label* has people judge what no instrument can.
7. **Check files**: was it made here, or by a model elsewhere? Picture, text, sound or film.
8. **Applications**: music, molecules, code, product design and video, made on a click.
9. **Learn**: six lessons of five minutes. `make demo` shows it all to a team.
"""
    )
    st.caption("The command line does the same:")
    st.code(
        "genmodels train vae --data digits --epochs 9\ngenmodels list runs\ngenmodels sample RUN -n 16 --out pictures",
        language=None,
        wrap_lines=True,
    )
with right, st.container(border=True, height="stretch"):
    contents.header("Limits")
    st.markdown(
        """
- Small pictures (up to 128 × 128) and small networks: this runs on a processor, without a graphics card.
- One run trains at a time; others wait in a queue.
- An estimate carries a 95 % interval and its number of examples; what was not measured is never shown as 0 or as passed.
- A picture that is near a training picture is not proof of copying, nor a far one proof of invention.
- The server answers this machine only. It has no accounts: put a proxy with a login in front for a team.
"""
    )
contents.header("This machine")
rows = resources.doctor()
table = [
    {
        "State": "✓ fine" if row["ok"] else "✗ missing" if row["required"] else "○ optional",
        "Check": safe_text(row["check"]),
        "Value": safe_text(row["value"]) if row["ok"] else f"{safe_text(row['value'])}. {safe_text(row['remedy'])}",
    }
    for row in rows
]
st.table(
    table,
    border="horizontal",
    hide_index=True,
    alt="What is installed, where runs live, and what to do about what is missing",
)
if all(row["ok"] or not row["required"] for row in rows):
    st.caption("Everything that is needed is in place.")
contents.header("Credit and licence")
credits = [
    {"Data": name, "Licence and credit": ". ".join(safe_text(each) for each in (source.licence, source.credit) if each)}
    for name, source in DATA.items()
]
st.table(credits, border="horizontal", hide_index=True, alt="Licence and credit of every data set")
licence = Path(__file__).parent.parent / "LICENSE"
if licence.is_file():
    with st.expander("Licence of this software"):
        st.code(licence.read_text(), language=None, wrap_lines=True)
