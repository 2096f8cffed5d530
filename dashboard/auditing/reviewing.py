"""What people decide about an audit of outputs: a reason for each finding that fails or warns, and a signature under all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.parts import contents, findings, stating, verdicts
from dashboard.parts.stating import refuse
from dashboard.safe_text import counted, plain_text, safe_text
from genmodels.refusal import Refusal
from genmodels.review import brought, sign_off
from genmodels.review.sign_off import DECISIONS, MOST_NAME, MOST_REASON, Decision, Review, names_of

NOTHING_YET = "No decision yet."


@dataclass(frozen=True)
class Asked:
    """A finding that is decided on: how it is called in a review, what was found in one sentence, its verdict, and where its
    widgets keep what is typed."""

    name: str
    said: str
    verdict: str
    key: str


def for_report(subject: brought.Brought) -> dict[str, Any]:
    """The decisions as a report takes them: {"review": ...}; {} where nobody decided anything."""
    try:
        review = sign_off.read_review(subject.job)
    except Refusal:
        return {}
    return {"review": review.to_dict()} if review.decisions or review.broken else {}


def view(subject: brought.Brought) -> None:
    """The decisions on the last audit, the next ones, and the signature."""
    contents.header("Review")
    st.caption(
        "Somebody decides on each finding that fails or warns and says why; then somebody signs. What was decided is never changed, only added to, and each line carries the code of the one before it."
    )
    try:
        review = sign_off.read_review(subject.job)
    except Refusal as refusal:
        refuse(refusal)
        _anew(subject, "")
        return
    _state(review)
    if review.broken:
        _anew(subject, review.audit)
    else:
        _open(subject, review)
    _decided(review)


def _state(review: Review) -> None:
    """In one line: signed, what is missing for that, or what is wrong."""
    if review.outdated:
        stating.warned(
            "These outputs were audited again, and something else came out. The decisions below were about the earlier audit, so they don't hold for this one, and neither does a signature.",
        )
    elif review.broken:
        stating.failed(safe_text(f"The seal is broken: {review.broken}.", 300))
    elif signed := review.signed:
        stating.done(
            safe_text(f"Signed by {_who(signed)} on {signed.time}, code {signed.code[:16]}.", 300),
        )
    elif review.open:
        stating.noted(f"Not signed: {counted(len(review.open), 'finding')} to decide on.")
    else:
        stating.noted("Not signed. Nothing is left to decide, so it can be signed.")


def _anew(subject: brought.Brought, audit: str) -> None:
    """The offer to put what lies there aside and begin again."""
    if st.button(
        "Begin a new review",
        icon=":material/note_add:",
        key=f"anew.{subject.token}.{audit[:16]}",
        help="The old one stays in the folder under another name.",
    ):
        try:
            aside = sign_off.begin_anew(subject.job)
        except Refusal as refusal:
            refuse(refusal)
            return
        state.notice(safe_text(f"The old review is kept as {aside}." if aside else "There was no review."))
        st.rerun()


def _open(subject: brought.Brought, review: Review) -> None:
    """A form for each finding that needs a decision, and the button that signs."""
    by, verified = _reviewer()
    found = [each for each in subject.result().get("findings") or [] if isinstance(each, Mapping)]
    for number, (finding, name) in enumerate(zip(found, names_of(found), strict=True)):
        if finding.get("verdict") in ("fail", "warn"):
            said = findings.sentence_of(plain_text(finding.get("claim") or "", 900))
            asked = Asked(name, said, str(finding.get("verdict")), f"{subject.token}.{review.audit[:16]}.{number}")
            _finding(subject, review, asked, by, verified)
    why = (
        "It is signed; a later decision opens it again."
        if review.signed
        else "Decide on every finding that fails or warns first."
        if review.open
        else "Write who signs above."
        if not by
        else None
    )
    if st.button(
        "Sign",
        type="primary",
        icon=":material/draw:",
        disabled=why is not None,
        help=why,
        key=f"sign.{subject.token}.{review.audit[:16]}",  # another audit is not signed by a page that shows this one
    ):
        try:
            sign_off.sign(subject.job, by, verified=verified)
        except (Refusal, OSError) as error:
            refuse(error)
            return
        st.rerun()


def _reviewer() -> tuple[str, bool]:
    """Who decides, and whether a login says so."""
    if st.user.get("is_logged_in") is True:
        told = [str(st.user.get(part) or "") for part in ("email", "name")]
        if name := ", ".join(part for part in told if part):
            st.caption(f"You decide and sign as {safe_text(name, MOST_NAME)}, as your login says.")
            return plain_text(name, MOST_NAME), True
    name = st.text_input(
        "Who decides?",
        max_chars=MOST_NAME,
        placeholder="Your name",
        help="Nobody checks the name, and the report says so; where the dashboard asks for a login, that gives the name.",
        **state.kept(state.REVIEWER),
    )
    return name.strip(), False


def _finding(subject: brought.Brought, review: Review, asked: Asked, by: str, verified: bool) -> None:
    """What was found, what was decided last, and a form for a decision."""
    name, key = asked.name, asked.key
    last = review.of(name)
    with verdicts.card():
        decided = f"{_decision_of(last)}: {last.reason} ({_who(last)}, {last.time})" if last else NOTHING_YET
        called = name.replace("/", ", ", 1)
        verdicts.line(verdicts.badge(asked.verdict), f"{called}: {asked.said}" if asked.said else called, decided)
        with (
            st.expander("Decide otherwise" if last else "Decide", expanded=last is None),
            st.form(f"decide.{key}.{len(review.decisions)}", border=False),
        ):
            decision = st.segmented_control(
                "Decision", list(DECISIONS), format_func=str.capitalize, help=_meant(), key=f"decision.{key}"
            )
            reason = st.text_area("Reason", max_chars=MOST_REASON, height=80, key=f"reason.{key}")
            if not st.form_submit_button("Enter the decision", icon=":material/gavel:"):
                return
        try:
            if not decision:
                raise Refusal("No decision was chosen; accept, mitigate or reject the finding.")
            sign_off.decide(subject.job, name, decision, reason, by, verified=verified)
        except (Refusal, OSError) as error:
            refuse(error)
            return
    st.rerun()


def _meant() -> str:
    return " ".join(f"{name.capitalize()}: {meaning}." for name, meaning in DECISIONS.items())


def _decision_of(decision: Decision) -> str:
    return plain_text(decision.decision, 20).capitalize()


def _decided(review: Review) -> None:
    """Every line of the review as it was written, folded."""
    if not review.decisions:
        return
    rows = [
        {
            "When": plain_text(each.time, 30),
            "Finding": plain_text(each.finding or "the whole audit", 120),
            "Decision": plain_text(each.decision, 20),
            "Reason": plain_text(each.reason, MOST_REASON),
            "By": plain_text(_who(each), 140),
            "Holds": "yes" if each.sound else "no",
            "Code": plain_text(each.code[:16], 16),
        }
        for each in review.decisions
    ]
    with st.expander(f"All that was decided ({len(rows)})", icon=":material/list_alt:"):
        st.dataframe(rows, hide_index=True, alt="Every decision and signature, the first first")


def _who(decision: Decision) -> str:
    return decision.by if decision.verified else f"{decision.by} (name not verified)"
