"""The tables of the README and of docs/, made from the registries and the gallery: `make readme` writes them, a test compares them."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

from genmodels import catalogue
from genmodels.data.emoji_names import GENDERS
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names
from tests import house_picture

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
BLOCK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def models() -> str:
    rows = [{"model": row["name"], "what it is": row["summary"], "knobs": ", ".join(row["knobs"])} for row in catalogue.models()]
    return catalogue.table(rows)


def data() -> str:
    """Pictures, documents of texts, and pieces of music. What is read from the running Python differs by its version."""
    elsewhere = {"folder": "yours", "text": "yours", "python-docs": "your Python's", "python-code": "your Python's"}
    rows = []
    for row in catalogue.data():
        counts = row.get("music", {}).get("pieces") or row.get("text", {}).get("documents") or [row["n_train"], row["n_test"]]
        train, test = [elsewhere.get(row["name"], "online")] * 2 if row["name"] in elsewhere or counts[0] is None else counts
        rows.append({"data": row["name"], "kind": row["kind"], "train": train, "held out": test, "licence": row["licence"], "what it is": row["summary"]})
    return catalogue.table(rows)


def gallery(part: str = "pictures", heading: str = "held-out, n = 1,000, 95 % interval", left_out: str = "") -> str:
    """Every measure of the runs of a part of the gallery with its interval, but those that `left_out` matches."""
    runs = [run for run in (RunStore.default()[name] for name in gallery_names()) if part_of(run) == part]
    measured = {run.id: {row["metric"]: row for row in run.findings().get("measures", [])} for run in runs}
    metrics = list(dict.fromkeys(name for rows in measured.values() for name in rows if not left_out or not re.search(left_out, name)))
    rows = []
    for name in metrics:
        found = {run.id: measured[run.id].get(name) for run in runs}
        arrow = "↓" if next(row["better"] for row in found.values() if row) == "lower" else "↑"
        rows.append({heading: f"{name} ({arrow})"} | {run: _number(row) for run, row in found.items()})
    facts = [
        ("training time on 2 busy cores", lambda run: f"{run.status['seconds'] / 60:.1f} min"),
        ("processor time", lambda run: f"{run.status['cpu_seconds'] / 60:.1f} min"),
        ("epochs, seed", lambda run: f"{run.status['epoch']}, {run.experiment.seed}"),
    ]
    rows += [{heading: title} | {run.id: fact(run) for run in runs} for title, fact in facts]
    return catalogue.table(rows)


def part_of(run: Run) -> str:
    """What stands in one table: models of texts, of music, of molecules, of prompted pictures, of pictures, or what reads and refines them."""
    recipe = run.experiment.make_recipe()
    if run.spec.kind != "image":
        return {"music": "music", "molecule": "molecules"}.get(run.spec.kind, "texts")
    return "instruments" if not recipe.draws else "prompts" if recipe.captioned else "pictures"


def texts() -> str:
    return gallery("texts", "held-out, 95 % interval")


def music() -> str:
    return gallery("music", "held-out, 95 % interval")


def molecules() -> str:
    return gallery("molecules", "2,000 texts, 95 % interval")


def prompts() -> str:
    return gallery("prompts", "captions of held-out pictures, 95 % interval", r": (real held-out pictures|samples), |: noise")


def instruments() -> str:
    return gallery("instruments", "held-out, 95 % interval")


def coinciding() -> str:
    """Roles whose woman, man and person are the same drawing in some skin tone: which of them, and in how many tones."""
    from genmodels.data.dataset import DATA

    data = DATA["openmoji"].from_dict({"subset": "people", "split": "combination"}).load()
    drawn: dict[tuple[str, str, bytes], set[str]] = {}
    for part in (data.train, data.test):
        for role, tone, gender, image in zip(part.groups["role"], part.groups["skin tone"], part.groups["gender"], part.images, strict=True):
            drawn.setdefault((role, tone, image.tobytes()), set()).add(gender)
    alike: dict[str, dict[str, int]] = {}
    for (role, _, _), genders in drawn.items():
        if len(genders) > 1:
            of = alike.setdefault(" = ".join(g for g in GENDERS if g in genders), {})
            of[role] = of.get(role, 0) + 1
    return catalogue.table([
        {"the same drawing": genders, "roles (skin tones, of 5)": ", ".join(f"{role} ({tones})" for role, tones in sorted(roles.items()))}
        for genders, roles in sorted(alike.items())
    ])  # fmt: skip


def metrics() -> str:
    return catalogue.table([{"metric": row["name"], "what it says": row["summary"], "better": row["better"], "paper": row["paper"]} for row in catalogue.metrics()])


def audits() -> str:
    """Each audit, its question, and the limits that a policy may set."""
    from genmodels.audits.audit import AUDITS

    return catalogue.table([
        {"audit": name, "question": audit.question, "reads": ", ".join(audit.kinds), "limits of a policy": ", ".join(f"{limit} {value:g}" for limit, value in audit.limits().items())}
        for name, audit in AUDITS.items()
    ])  # fmt: skip


def calibration() -> str:
    """Every planted case, and how often it was flagged."""
    from genmodels.calibration.calibrate import kept

    return catalogue.table([
        {
            "audit": f"{row['audit']}: {row['part']}", "planted": row["case"], "": "guilty" if row["culprit"] else "innocent", "n": f"{row['n']:,}",
            "flagged": f"{row['rate']:.1%} [{row['low']:.1%}, {row['high']:.1%}]", "repetitions": f"{row['repetitions']:,}" + (f" in {row['clusters']} splits" if "clusters" in row else ""),
        }
        for row in kept()
        if not (row["audit"] == "provenance" and row["culprit"] and row["part"].endswith((" of a picture", " of a clip", " of a text")))
    ])  # fmt: skip


def survival() -> str:
    """In what share of planted files each mark is found after each change."""
    from dashboard.review.marks import survival_table

    parts = ("manifest", "watermark at 1 %", "watermark", "ledger", "together", "ours")
    rows = []
    for kind in ("picture", "clip", "text"):
        table = survival_table(kind)
        for change in dict.fromkeys(table["change"]) if len(table) else ():
            own = {row["part"]: row for row in table[table["change"] == change].to_dict("records")}
            shown = {part: f"{own[part]['rate']:.0%} [{own[part]['low']:.0%}, {own[part]['high']:.0%}]" if part in own else "" for part in parts}
            rows.append({"": kind, "change": change, **shown, "n": f"{next(iter(own.values()))['n']:,}"})
    return catalogue.table(rows)


def found() -> str:
    """What the audits say of the runs of the gallery."""
    from genmodels.audits.audit import AUDITS
    from genmodels.subjects.subject import Subject

    rows = []
    for run in (RunStore.default()[name] for name in gallery_names()):
        if run.experiment.make_recipe().draws and part_of(run) != "instruments":
            verdicts: dict[str, list[str]] = {}
            for row in run.findings().get("findings", []):
                verdicts.setdefault(row["audit"], []).append(f"{row.get('part') or 'all'} {row['verdict']}")
            rows.append({"run": run.id} | {name: "; ".join(verdicts.get(name, [])) for name, audit in AUDITS.items() if audit.of is Subject})
    return catalogue.table(rows)


def rates() -> str:
    """How often each verdict on the runs of the gallery is wrong, as it was measured in place."""
    rows = []
    for run in (RunStore.default()[name] for name in gallery_names()):
        for finding in run.findings().get("findings", []) if run.experiment.make_recipe().draws and part_of(run) != "instruments" else []:
            found = finding.get("error_rates") or {}
            if finding["verdict"] in ("reported", "not measured"):
                continue
            row = {"run": run.id, "verdict": f"{finding['audit']} {finding['part']}: {finding['verdict']}"}
            if "false_alarm" not in found:
                rows.append(row | {"innocents fail": "not measured", "natural innocents warned or failed": "", "finds": found.get("not_measured", ""), "and half the effect": ""})
                continue
            small = f"{found['small_power']:.0%} that {found['small_case']}" if found.get("small_case") else ""
            rows.append(row | {"innocents fail": f"{found['false_alarm']:.1%} (at most {found['false_alarm_high']:.1%})", "natural innocents warned or failed": f"{found['warned']:.1%} (at most {found['warned_high']:.1%})",
                               "finds": f"{found['power']:.0%} (at least {found['power_low']:.0%}) that {found['case']}", "and half the effect": small})  # fmt: skip
    return catalogue.table(rows)


def speed() -> str:
    """What the last run of the benches of speed found."""
    from genmodels.bench.speed import kept, table

    return table(kept())


def _number(row: dict[str, Any] | None) -> str:
    return "" if row is None else "not measured" if row["value"] is None else f"{row['value']:.3g} [{row['low']:.3g}, {row['high']:.3g}]"


def pages() -> str:
    """How long each page takes to open, as it was measured last."""
    from genmodels.bench.every_page import table

    return table()


def player() -> str:
    """How the lesson on GANs plays, as it was measured last."""
    from genmodels.bench.gan_player import table

    return table()


TABLES = {"models": models, "data": data, "metrics": metrics, "gallery": gallery, "texts": texts, "music": music, "molecules": molecules, "prompts": prompts, "instruments": instruments, "coinciding": coinciding, "audits": audits, "calibration": calibration, "survival": survival, "found": found, "rates": rates, "speed": speed, "pages": pages, "player": player, "rooms": house_picture.rooms}


def filled(text: str) -> str:
    """A page with every table made anew."""
    return BLOCK.sub(lambda match: match[1] + TABLES[match[2]]() + "\n" + match[3], text)


def main() -> None:
    """Every page is written anew, from what ships: findings in the user's own home would stand before those of the gallery."""
    with tempfile.TemporaryDirectory() as empty:
        os.environ["GENMODELS_HOME"] = empty
        for page in PAGES:
            page.write_text(filled(page.read_text()))
    house_picture.PICTURE.write_text(house_picture.svg())


if __name__ == "__main__":
    main()
