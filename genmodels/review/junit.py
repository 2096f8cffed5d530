"""An audit as JUnit XML, which CI systems show: a case for each finding; what failed or was required and not measured fails."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from genmodels.review.two_audits import NOT_MEASURED, sentence_of, word_of
from genmodels.verdicts.error_rates import sentence

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 has no letter for


def junit(document: Mapping[str, Any]) -> str:
    """The document of an audit as JUnit XML: "fail" is a failure, "not measured" is skipped, or a failure where it is required."""
    policy = document.get("policy") or {}
    required = set(policy.get("required") or ())
    suite = ElementTree.Element("testsuite", name=_text(f"genmodels audit of {document['subject']}"))
    failures = skipped = 0
    cases = [dict(finding) for finding in document["findings"]]
    told = {finding["audit"] for finding in cases}
    cases += [
        row | {"verdict": "not measured", "part": "all"} for row in document["not_measured"] if row["audit"] not in told
    ]
    for finding in cases:
        case = ElementTree.SubElement(
            suite, "testcase", classname=_text(finding["audit"]), name=_text(finding.get("part") or "all")
        )
        verdict, said = finding["verdict"], _text(finding.get("claim") or finding.get("reason") or "")
        if verdict == "fail" or (verdict == "not measured" and finding["audit"] in required):
            failures += 1
            why = said if verdict == "fail" else f"required and not measured: {_text(finding.get('reason') or '')}"
            more = f"{finding.get('remedy') or ''}\n{sentence(finding.get('error_rates'), verdict)}"
            ElementTree.SubElement(case, "failure", message=why).text = _text(more)
        elif verdict == "not measured":
            skipped += 1
            ElementTree.SubElement(case, "skipped", message=_text(finding.get("reason") or ""))
        else:
            ElementTree.SubElement(case, "system-out").text = f"{verdict}: {said}"
    if document["verdict"] == "not measured" and not failures:  # the command ends with 1, and so must what CI shows
        failures, case = 1, ElementTree.SubElement(suite, "testcase", classname="audit", name="verdict")
        ElementTree.SubElement(case, "failure", message="nothing was measured, so nothing can pass")
    return _written(suite, failures, skipped)


def junit_of_comparison(document: Mapping[str, Any]) -> str:
    """The document of two audits compared as JUnit XML: what is worse fails, what could not be compared is skipped; the last case is the verdict."""
    names = (document["first"]["subject"], document["second"]["subject"])
    suite = ElementTree.Element("testsuite", name=_text(f"genmodels compare {names[0]} {names[1]}"))
    failures = skipped = 0
    for row in document["findings"]:
        name = ", ".join(filter(None, (row["part"], row["series"])))
        case = ElementTree.SubElement(suite, "testcase", classname=_text(row["audit"]), name=_text(name))
        said = _text(sentence_of(row))
        if row["worse"]:
            failures += 1
            ElementTree.SubElement(case, "failure", message=said)
        elif row["p"] is None:
            skipped += 1
            ElementTree.SubElement(case, "skipped", message=said)
        else:
            ElementTree.SubElement(case, "system-out").text = f"{word_of(row)}: {said}"
    for row in document["not_comparable"]:
        skipped += 1
        case = ElementTree.SubElement(suite, "testcase", classname=_text(row["audit"]), name=_text(row["part"]))
        ElementTree.SubElement(case, "skipped", message=_text(row["reason"]))
    case = ElementTree.SubElement(suite, "testcase", classname="compare", name="verdict")
    if document["verdict"] == NOT_MEASURED:
        failures += 1
        ElementTree.SubElement(case, "failure", message=_text(document["said"]))
    else:
        ElementTree.SubElement(case, "system-out").text = _text(f"{document['verdict']}: {document['said']}")
    return _written(suite, failures, skipped)


def _written(suite: ElementTree.Element, failures: int, skipped: int) -> str:
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(failures))
    suite.set("skipped", str(skipped))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suite, encoding="unicode") + "\n"


def _text(text: object) -> str:
    return CONTROL.sub(" ", str(text))
