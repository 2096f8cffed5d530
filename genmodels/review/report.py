"""Findings and measures as something to hand on: a model card, one HTML file, JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from genmodels.estimates.rounding import told
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.review.brought_document import again, brought, decided, evidence, not_asked
from genmodels.review.document import Block, Heading, Items, Paragraph, Picture, Row, Rows, Table, as_html, as_markdown
from genmodels.review.document_values import finite, value_text
from genmodels.review.how_it_came import cost, sealed
from genmodels.review.model_document import data, texts, training, what_it_is
from genmodels.review.obligations import warned
from genmodels.verdicts.error_rates import sentence
from genmodels.verdicts.imported import NOTE, imported
from genmodels.verdicts.scale import measured, words

FORMATS = ("html", "json", "md")
SIGNS = {"pass": "✓", "warn": "!", "fail": "✗", "not measured": "?", "reported": "·"}
ORDER = ("fail", "warn", "pass", "reported")  # of findings; what was not measured comes last
MORE = (  # of a finding, by what the report calls it
    ("Check", ("check",)),
    ("Question", ("question",)),
    ("Why", ("reason",)),
    ("What to do", ("remedy",)),
)
INTENDED = (
    "Made for learning, teaching and research on generative models. Not for pictures that could be taken for real"
    " people or events, and not for decisions about people."
)
NOT_LEGAL_ADVICE = "What follows is evidence for a reviewer and not legal advice."


def report(document: Mapping[str, Any], format: str = "html") -> str:
    """The report of a run or an audit as `html` (one file that loads nothing), `json` or `md` (a model card).

    `document` holds what is known: run, experiment, facts, status, measures, findings, not_measured, verdict; for
    HTML also `pictures`, dictionaries of title and png (base64); of a run that writes `texts`, its newest samples:
    dictionaries of prompt, text and seed; of outputs that were brought, `review`: what people decided about the findings
    (`Review.to_dict` of genmodels.review.sign_off). What is missing is said to be missing.
    """
    if format not in FORMATS:
        raise Refusal(unknown("format of a report", format, FORMATS))
    if format == "json":
        return json.dumps(finite(document), indent=1, ensure_ascii=False, default=str)
    parts = blocks(document, document.get("findings") or [], document.get("measures") or [])
    kind = "Audit of outputs" if document.get("outputs") else "Model card"
    title = f"{kind}: {document.get('run') or document.get('subject') or 'unnamed'}"
    return as_html(title, parts) if format == "html" else as_markdown(title, parts)


def model_card(run_facts: Mapping[str, Any], findings: Sequence[Any] = (), metrics: Sequence[Any] = ()) -> str:
    """The model card of a run in Markdown. `findings` and `metrics` are dictionaries as in `report`, or dataclasses."""
    found, measured = (
        [asdict(x) if is_dataclass(x) and not isinstance(x, type) else x for x in xs] for xs in (findings, metrics)
    )
    return as_markdown(f"Model card: {run_facts.get('run', 'unnamed')}", blocks(run_facts, found, measured))


def blocks(
    document: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], measures: Sequence[Mapping[str, Any]]
) -> list[Block]:
    """What the report says, in order."""
    experiment, facts, status = (dict(document.get(name) or {}) for name in ("experiment", "facts", "status"))
    judged = [*_findings(document, findings), *again(findings), *_imported(document)]
    obligations = _obligations(document.get("obligations") or [], warned(str(document.get("read") or "")))
    ending = [*obligations, *cost(document), *sealed(document)]
    if document.get("outputs"):
        return [
            *brought(document),
            *judged,
            *evidence(findings),
            *decided(document.get("review")),
            *not_asked(document),
            *_limits(findings, measures, of_model=False),
            *ending,
        ]
    return [
        *what_it_is(experiment, facts),
        *(Picture(str(p.get("title", "")), str(p.get("png", ""))) for p in document.get("pictures") or []),
        *texts(document.get("texts") or []),
        *data(experiment, facts),
        *training(experiment, facts, status),
        *_measures(measures),
        *again(measures),
        *judged,
        *evidence(findings),
        *_limits(findings, measures),
        Heading("Intended use"),
        Paragraph(INTENDED),
        *ending,
    ]


def _measures(measures: Sequence[Mapping[str, Any]]) -> list[Block]:
    if not measures:
        return [Heading("Held-out numbers"), Paragraph("Not measured.")]
    text = "Against examples that no training saw. A 95 % interval is for another sample: of held-out examples (drawings, modules), and of what the model makes where that is measured. Numbers of different protocols or different n can't be compared."
    return [Heading("Held-out numbers"), Paragraph(text), _measured(measures)]


def _measured(measures: Sequence[Mapping[str, Any]]) -> Table:
    rows = tuple(
        (
            str(m.get("metric", "")),
            *_number(m),
            str(m.get("better", "")),
            str(m.get("unit", "")),
            str(m.get("protocol", "")),
            str(m.get("seed", "not stated")),
        )
        for m in measures
    )
    return Table(("measure", "value", "95 % interval", "n", "better", "unit", "protocol", "seed"), rows)


def _number(measure: Mapping[str, Any]) -> tuple[str, str, str]:
    """Value, interval and n; what was not measured has none of them, and its protocol says why."""
    if measure.get("value") is None:
        return "not measured", "", ""
    value, low, high = told(measure["value"], measure.get("low"), measure.get("high"))
    return value, f"{low} to {high}{_of(measure)}", value_text(measure.get("n"))


def _of(measure: Mapping[str, Any]) -> str:
    """What an interval is of, where it is not for another sample."""
    of = str(measure.get("interval") or "another sample")
    return "" if of.startswith("another sample") else f" (for {of})"


def _findings(document: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> list[Block]:
    left = [f"{row.get('audit')}, {row.get('part')}: {row.get('why')}" for row in document.get("left_out") or []]
    told: list[Block] = (
        [Paragraph("Left out, since they were not made under the same conditions:"), Items(tuple(left))] if left else []
    )
    if not findings:
        return [Heading("Findings"), Paragraph("Not audited."), *told]
    counts = {sign: sum(str(f.get("verdict")) == sign for f in findings) for sign in SIGNS}
    whole = Paragraph(
        f"Verdict on all: {document.get('verdict', 'not given')} ({', '.join(f'{count} {name}' for name, count in counts.items() if count)}).{_conditions(document, findings)}"
    )
    return [Heading("Findings"), whole, _found(findings), *told]


def _conditions(document: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    """Under which conditions all these findings were made; "" where the document does not say."""
    policy, made = document.get("policy") or {}, findings[0].get("made") or {}
    if not policy or not made.get("weights"):
        return ""
    return f" Made here under the policy {policy.get('name')} (digest {policy.get('digest')}), with n = {made.get('n')} and seed {made.get('seed')}, of the weights {made['weights']}."


def _found(findings: Sequence[Mapping[str, Any]]) -> Rows:
    """A row a finding, the worst first, and the same as a table."""
    rows = sorted(map(_row, findings), key=lambda row: ORDER.index(row.verdict) if row.verdict in ORDER else len(ORDER))
    names = ("verdict", "what was found", "how often such a verdict is wrong", "numbers", *(name for name, _ in MORE))
    cells = (
        (
            f"{row.sign} {row.verdict}",
            row.claim,
            row.note,
            words(row.drawn) if row.drawn else "",
            *(dict(row.more).get(name, "") for name, _ in MORE),
        )
        for row in rows
    )
    return Rows(tuple(rows), Table(names, tuple(cells)))


def _row(finding: Mapping[str, Any]) -> Row:
    verdict = str(finding.get("verdict", "not measured"))
    judged = verdict not in ("reported", "not measured")
    check = ", ".join(str(finding[name]) for name in ("audit", "part") if finding.get(name))
    told_of = {
        **finding,
        "check": check,
        "question": "" if finding.get("question") == finding.get("claim") else finding.get("question"),
    }
    return Row(
        verdict,
        SIGNS.get(verdict, "?"),
        str(finding.get("claim", "")),
        sentence(finding.get("error_rates"), verdict) if judged else "",
        measured(finding),
        tuple((name, " ".join(str(told_of[key]) for key in keys if told_of.get(key))) for name, keys in MORE),
    )


def _came(findings: Sequence[Mapping[str, Any]]) -> Table:
    """What came with a run: without a sign and without error rates, since nobody counted them here."""
    rows = tuple(
        (
            f"{NOTE}: {finding.get('verdict', 'not measured')}",
            ", ".join(str(finding[name]) for name in ("audit", "part") if finding.get(name)),
            str(finding.get("question") or ""),
            str(finding.get("claim", "")),
            words(drawn) if (drawn := measured(finding)) else "",
            " ".join(str(finding[name]) for name in ("reason", "remedy") if finding.get(name)),
        )
        for finding in findings
    )
    return Table(("verdict", "audit", "question", "what was found", "numbers", "what to do"), rows)


def _imported(document: Mapping[str, Any]) -> list[Block]:
    """What came with an imported run: apart from what was measured here, and without a verdict on all."""
    findings, measures = imported(document, "findings"), imported(document, "measures")
    parts: list[Block] = []
    if findings or measures:
        parts = [
            Heading(NOTE.capitalize()),
            Paragraph(
                "This came in the zip of the run, which anybody can have written. It counts for no verdict and in no comparison."
            ),
        ]
    if findings:
        parts.append(_came(findings))
    return parts + ([_measured(measures)] if measures else [])


def _limits(
    findings: Sequence[Mapping[str, Any]], measures: Sequence[Mapping[str, Any]], of_model: bool = True
) -> list[Block]:
    items = [
        "A pass says that an audit found nothing at the given n, not that there is nothing to find.",
    ]
    if of_model:
        items.insert(0, "It draws what its data hold, with their gaps and their bias.")
    if measures:
        items.append(
            "Distances are in features of this project and must not be read as FID or compared with published numbers."
        )
    items += [
        f"{f.get('audit')}: {str(f.get('verdict')).capitalize()}. {f.get('claim')}"
        for f in findings
        if f.get("verdict") in ("fail", "warn")
    ]
    unmeasured = [str(f.get("audit")) for f in findings if f.get("verdict") == "not measured"]
    items += [f"Not measured: {name}." for name in dict.fromkeys(unmeasured)]
    return [Heading("Known limits"), Items(tuple(items))]


def _obligations(obligations: Sequence[Mapping[str, Any]], read: str = "") -> list[Block]:
    """Rules that the document cites, each with its source and the evidence for it."""
    if not obligations:
        return []
    columns = ("source", "text", "status", "evidence")
    rows = tuple(tuple(str(each.get(name, "")) for name in columns) for each in obligations)
    return [
        Heading("Obligations"),
        Paragraph(f"{read} {NOT_LEGAL_ADVICE}".strip()),
        Table(("source", "what it asks", "status", "evidence here"), rows),
    ]
