"""Options of audits: declared by the audit, given by one table, recorded by findings."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import genmodels.commands.reviewing  # noqa: F401  (enters the verbs)
from genmodels.audits.audit import AUDITS, options_of
from genmodels.commands.verb import VERBS
from genmodels.refusal import Refusal
from genmodels.review import audit_job
from genmodels.review.kept_findings import conditions, kept
from genmodels.review.policy import Policy

LEFT = "sent_more,sent_less,bias_type\none,other,gender\n"


def test_no_two_audits_call_an_option_the_same_and_each_has_a_flag_and_a_name() -> None:
    names = Counter(each.name for audit in AUDITS.values() for each in audit.options.knobs())
    assert names and set(names.values()) == {1}
    flags = {name for flag in VERBS["audit"].flags for name in flag.names}
    assert flags >= {f"--{name}" for name in names}
    for audit in AUDITS.values():
        assert set(audit.options.called) == {each.name for each in audit.options.knobs()}
        assert set(audit.options().recorded()) == set(audit.options.called)


def test_one_table_gives_each_audit_its_own() -> None:
    given = options_of({"full": True, "pairs": "some.csv"})
    assert given["bias"].to_dict() == {"full": True} and given["bias-of-text"].to_dict() == {"pairs": "some.csv"}
    assert given["membership"].to_dict() == {}
    with pytest.raises(Refusal, match="No option of an audit is called 'ful'. Did you mean 'full'"):
        options_of({"ful": True})
    with pytest.raises(Refusal, match="full is 'perhaps'"):
        options_of({"full": "perhaps"})


def test_findings_record_them_as_before(tmp_path: Path) -> None:
    made = conditions(Policy(), {}, n=40, seed=0)
    assert list(made) == ["policy", "weights", "n", "seed", "version", "full", "pairs", "where"]
    assert made["full"] is False and made["pairs"] == ""
    (tmp_path / "pairs.csv").write_text(LEFT)
    table = {"full": True, "pairs": str(tmp_path / "pairs.csv")}
    made = conditions(Policy(), {}, n=40, seed=0, options=options_of(table).values())
    assert made["full"] is True and made["pairs"] == hashlib.sha256(LEFT.encode()).hexdigest()[:16]


@pytest.mark.parametrize(("option", "why"), [({"full": True}, "400 pictures of each occupation (False, now True)"), ({"pairs": "0123"}, "table of pairs (, now 0123)")])
def test_findings_that_were_asked_with_other_options_are_left_out(option: dict[str, Any], why: str) -> None:
    now = conditions(Policy(), {}, n=40, seed=0)
    row = {"audit": "bias", "claim": "x", "verdict": "not measured", "made": now}
    assert kept({"findings": [row]}, [], now)[0]
    assert why in kept({"findings": [row]}, [], now | option)[1][0]["why"]
    before = row | {"made": {name: value for name, value in now.items() if name not in ("full", "pairs")}}
    assert kept({"findings": [before]}, [], now)[0], "what was made before there was an option was made without it"
    assert kept({"findings": [before]}, [], now | option)[1]


def test_a_process_is_asked_with_the_same_flags() -> None:
    assert audit_job._flags({}) == [] == audit_job._flags({"full": False, "pairs": ""})
    assert audit_job._flags({"full": True, "pairs": "a table.csv"}) == ["--full", "--pairs", "a table.csv"]


def test_a_table_that_cannot_be_read_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("a,b\n")
    with pytest.raises(Refusal):
        options_of({"pairs": str(tmp_path / "none.csv")})["bias-of-text"].check()
    options_of({"full": True})["bias-of-text"].check()
