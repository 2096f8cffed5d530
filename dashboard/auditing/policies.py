"""The policy that outputs are audited under: one that ships, one of the team's own, or its limits as a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.parts import forms, handing_out, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import plain_text, safe_text
from genmodels.audits.audit import AUDITS
from genmodels.refusal import Refusal
from genmodels.review import brought
from genmodels.review.policy import MOST_NAME, Policy, shipped

OWN, FILE = "as it is now", "upload a file"
CHANGED = " (changed)"


def view(subject: brought.Brought, result: Mapping[str, Any]) -> None:
    """The policy of the next audit, folded: choose it, see what it asks, change its limits."""
    try:
        policy = subject.policy
    except Refusal as refusal:
        refuse(refusal)
        policy = Policy()
    before = result.get("policy")
    if isinstance(before, Mapping) and before.get("digest") != policy.digest:
        stating.noted(
            "The policy was changed since the last audit; what is found below is judged by the earlier one.",
        )
    with st.expander(safe_text(f"Policy: {policy.name}", 160), icon=":material/rule:"):
        _choose(subject)
        asked = _askable(subject, result)
        _shown(policy, asked)
        _form(subject, policy, asked)
        handing_out.record(
            "Policy (JSON)", policy.to_json().encode(), "policy.json", "application/json", key=f"policy.{subject.token}"
        )


def _askable(subject: brought.Brought, result: Mapping[str, Any]) -> list[str]:
    """The audits that can be asked of what was brought."""
    checks = (result or subject.looked()).get("checks")
    rows = [each for each in checks if isinstance(each, Mapping)] if isinstance(checks, list) else []
    names = [str(each.get("audit")) for each in rows if not each.get("reason")]
    return [name for name in names if name in AUDITS]


def _choose(subject: brought.Brought) -> None:
    """Another policy: one that ships, or a file."""
    chosen = st.selectbox(
        "Take another policy",
        [OWN, *shipped(), FILE],
        format_func=lambda name: Policy.of(name).name if name in shipped() else name.capitalize(),
        key=f"policy.choice.{subject.token}",
        help="Demo judges by the limits of each check and requires none; internal and public release require checks to have been measured.",
    )
    given = None
    if chosen == FILE:
        given = st.file_uploader("Policy", type=["json"], max_upload_size=1, key=state.upload_key("policy.new"))
    ready = chosen in shipped() or given is not None
    if st.button("Use this policy", disabled=not ready, key=f"policy.use.{subject.token}", icon=":material/check:"):
        text = given.getvalue().decode("utf-8-sig", errors="replace") if given is not None else ""
        take(subject, chosen, text)


def take(subject: brought.Brought, chosen: str, text: str = "") -> None:
    """Keep a policy that ships, or the one in a text, as that of the subject; what is wrong with it is said in one sentence."""
    try:
        brought.keep_policy(subject, Policy.from_json(text) if chosen == FILE else Policy.of(chosen))
    except (Refusal, OSError) as error:
        refuse(error)
        return
    state.uploaded("policy.new")
    st.rerun()


def _shown(policy: Policy, asked: list[str]) -> None:
    """What it requires, and each limit that counts here with its meaning."""
    if policy.required:
        beside = [name for name in policy.required if name not in asked]
        required = (
            ", ".join(name for name in policy.required if name in asked) or "none of those that can be asked here"
        )
        told = f"Must have been measured: {required}."
        told += f" Required too, and not to be asked of this: {', '.join(beside)}." if beside else ""
        st.caption(safe_text(told, 800))
    else:
        st.caption("It requires no check to have been measured.")
    if rated := [name for name in policy.rated if name in asked]:
        st.caption(safe_text(f"Pass only with a measured error rate: {', '.join(rated)}.", 400))
    rows = [
        {
            "Check": name,
            "Limit": forms.label(limit),
            "Value": f"{policy.limits(name).get(limit, AUDITS[name].limits()[limit]):g}",
            "Set by": "the policy" if limit in policy.limits(name) else "the check",
            "Range": said.range,
            "What it means": plain_text(said.help, 300),
        }
        for name in asked
        for limit, said in AUDITS[name].declared.items()
    ]
    if rows:
        st.dataframe(rows, hide_index=True, alt="Each limit of the policy, its value and what it means")


def _form(subject: brought.Brought, policy: Policy, asked: list[str]) -> None:
    """The limits of the checks that can be asked, and which must be measured, to be changed."""
    if not asked:
        return
    key = f"{subject.token}.{policy.digest}"
    with st.form(f"policy.form.{key}"):
        st.caption("Change the limits; a check that can't be asked has none here.")
        name = st.text_input("Name", policy.name[:MOST_NAME], max_chars=MOST_NAME, key=f"policy.name.{key}")
        required = st.multiselect(
            "Must have been measured",
            asked,
            [each for each in policy.required if each in asked],
            key=f"policy.required.{key}",
        )
        rated = st.multiselect(
            "Pass only with a measured error rate",
            asked,
            [each for each in policy.rated if each in asked],
            key=f"policy.rated.{key}",
            help="Where nothing can be planted, how often a verdict is wrong is not known; such a pass then counts as not measured.",
        )
        values = {}
        for each in asked:
            if knobs := AUDITS[each].accepted.knobs():
                st.caption(f"**{safe_text(each)}**")
                values[each] = forms.knob_form(f"policy.{key}.{each}", knobs, values=policy.limits(each))
        if not st.form_submit_button("Keep these limits", icon=":material/save:"):
            return
    try:
        made = replace(policy, rated=(*rated, *(each for each in policy.rated if each not in asked)))
        brought.keep_policy(subject, changed(made, name, required, values, asked))
    except (Refusal, OSError) as error:
        refuse(error)
        return
    st.rerun()


def changed(
    policy: Policy, name: str, required: list[str], values: Mapping[str, Mapping[str, Any]], asked: list[str]
) -> Policy:
    """The policy with these limits of the checks `asked`; what it says of others stays. Raises `Refusal` for a bad value.

    A changed policy that bears the name of one that ships is called changed.
    """
    limits = {audit: dict(each) for audit, each in policy.audits.items()}
    for audit, each in values.items():
        usual, said = AUDITS[audit].limits(), policy.limits(audit)
        limits[audit] = {limit: value for limit, value in each.items() if limit in said or value != usual[limit]}
    others = [each for each in policy.required if each not in asked]
    kept = {audit: each for audit, each in limits.items() if each}
    made = Policy(name.strip() or policy.name, kept, (*required, *others), policy.team, policy.rated)
    told = {Policy.of(each).name: Policy.of(each).digest for each in shipped()}
    if told.get(made.name, made.digest) != made.digest:
        return replace(made, name=made.name + CHANGED)
    return made
