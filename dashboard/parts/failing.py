"""What a page says where its program fails: a sentence in our words and "Try again", never a box of the framework.

`st.App(on_script_error=answer)` asks it about every page, part of a page and click; the traceback is in the server's log.
"""

from __future__ import annotations

from dashboard import state
from dashboard.parts import stating
from dashboard.parts.stating import refuse
from genmodels.refusal import Refusal

SORRY = "This failed, and it should not have: a fault of the program, not of what you asked for. Nothing that was kept is lost. Try again; if it fails again, the server's log says why."
FULL = "The machine has too little memory left for this. Close what else runs, or ask for less, and try again."


def answer(error: Exception) -> bool:
    """Say it on the page that failed; True: nobody else need say anything."""
    if isinstance(error, Refusal):
        refuse(error)
    else:
        stating.failed(FULL if isinstance(error, MemoryError) else SORRY)
    stating.retry(again, key=f"try.again.{id(error)}")
    return True


def again() -> None:
    """Ask once more for what failed, where the page said what that is."""
    if undone := state.take(state.UNDONE):
        state.put(*undone)
