"""What was brought to the dashboard: kept under the home folder, audited by a process of its own, found again later.

`brought/<token>/` holds `outputs.zip` (or .csv, .jsonl, .parquet), `training.*` and `held-out.*` where they were given, `policy.json`
where one was, `index.json`, `audit/` with the job and its `audit.json`, and `drawing/` with the job that draws examples to be labelled. Names from outside are shown, never used as paths.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from genmodels.files import Unreadable, cannot_write, home, make_folder, read_document, write_atomically
from genmodels.jobs.folder import JobFolder
from genmodels.labelling.store import LabelFolder, known_folders
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.review import audit_job
from genmodels.review.policy import Policy
from genmodels.subjects.opening import TABLES

FORMAT = 1
TOKEN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ENDINGS = (".zip", ".txt", *TABLES)
MOST_BYTES = 4_000_000_000  # of one file that is brought
CHUNK = 1 << 20
PARTS = ("outputs", "training", "held-out")  # what may be brought; the first must


@dataclass(frozen=True)
class Brought:
    """What was brought: its token, what it is called, its files by part, when."""

    token: str
    title: str
    files: Mapping[str, str]  # part to the name of its file in the folder
    when: float

    @property
    def path(self) -> Path:
        """Its folder."""
        return home() / "brought" / self.token

    @property
    def job(self) -> Path:
        """The folder of its audit."""
        return self.path / "audit"

    @property
    def drawing(self) -> Path:
        """The folder of the job that draws examples of it to be labelled."""
        return self.path / "drawing"

    def file(self, part: str) -> Path | None:
        """The file of a part; None where it was not given."""
        return self.path / self.files[part] if part in self.files else None

    @property
    def policy(self) -> Policy:
        """The policy that its next audit is under; raises `Refusal` where what lies there is none."""
        file = self.path / "policy.json"
        return Policy.read(file) if file.exists() else Policy()

    def result(self) -> dict[str, Any]:
        """The document of its last audit; {} where there is none yet, or it can't be read."""
        return self._document("audit.json")

    def looked(self) -> dict[str, Any]:
        """What was said of it before anything was judged; {} where it was not read yet."""
        return self._document("look.json")

    def _document(self, name: str) -> dict[str, Any]:
        try:
            found = read_document(self.job / name)
        except (Unreadable, FileNotFoundError):
            return {}
        return found if isinstance(found, dict) else {}


def keep(files: Mapping[str, tuple[str, BinaryIO]], title: str = "", policy: str = "") -> Brought:
    """Keep what somebody uploads: part to its name and content; `policy` is the text of one, checked before.

    Raises `Refusal` for an ending that is not read, for what is too large and where nothing can be written; then nothing is
    left behind. The same files under the same title are kept once.
    """
    if PARTS[0] not in files:
        raise Refusal("There are no outputs to audit; bring a zip of pictures or a table of answers.")
    parent = make_folder(home() / "brought")
    aside = parent / f".{secrets.token_hex(8)}.part"
    try:
        make_folder(aside)
        kept, sha = dict[str, str](), hashlib.sha256(policy.encode())
        for part in PARTS:
            if part in files:
                kept[part] = _kept(aside, part, *files[part], sha)
        if policy:
            write_atomically(aside / "policy.json", policy)
        called = printable(title or files[PARTS[0]][0], 80).strip() or "outputs"
        slug = "-".join(re.findall(r"[a-z0-9]+", called.lower()))[:40].strip("-") or "outputs"
        sha.update(called.encode())
        token = f"{slug}-{sha.hexdigest()[:10]}"
        index = {"format": FORMAT, "title": called, "files": kept, "when": time.time()}
        write_atomically(aside / "index.json", json.dumps(index, indent=1))
        if not (parent / token).exists():
            aside.rename(parent / token)
        return found(token)
    except OSError as error:
        if isinstance(error, Refusal):
            raise
        raise cannot_write(parent, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _kept(folder: Path, part: str, name: str, content: BinaryIO, sha: Any) -> str:
    """Copy one file; returns its name in the folder, which is ours but for the ending."""
    ending = PurePosixPath(name).suffix.lower()
    if ending not in ENDINGS or (part == PARTS[0] and ending == ".txt"):
        raise Refusal(f"{printable(name)} is not read as {part}; bring a .zip, or a table ({', '.join(TABLES)}).")
    size = 0
    with open(folder / f"{part}{ending}", "wb") as file:
        while chunk := content.read(CHUNK):
            size += len(chunk)
            if size > MOST_BYTES:
                raise Refusal(
                    f"{printable(name)} is larger than {MOST_BYTES // 1_000_000:,} MB; audit it by `genmodels audit`."
                )
            sha.update(chunk)
            file.write(chunk)
    return f"{part}{ending}"


def everything() -> list[Brought]:
    """What was brought, the newest first; what is damaged is left out."""
    rows = []
    for file in (home() / "brought").glob("*/index.json"):
        try:
            rows.append(found(file.parent.name))
        except Refusal:
            continue
    return sorted(rows, key=lambda each: -each.when)


def found(token: str) -> Brought:
    """What was brought under a token; raises `Refusal` for an unknown one and for a damaged index."""
    folder = home() / "brought"
    known = [file.parent.name for file in folder.glob("*/index.json")]
    if not TOKEN.fullmatch(token) or token not in known:
        raise Refusal(unknown("set of outputs", token, known))
    try:
        index = read_document(folder / token / "index.json")
        files = {part: str(index["files"][part]) for part in PARTS if part in index["files"]}
        sound = index["format"] == FORMAT and all(
            name in {f"{part}{ending}" for ending in ENDINGS} for part, name in files.items()
        )
        if not sound or PARTS[0] not in files:
            raise ValueError
        return Brought(token, printable(str(index["title"]), 80), files, float(index["when"]))
    except (Unreadable, OSError, ValueError, KeyError, TypeError):
        raise Refusal(f"The index of {token} is damaged; bring the outputs again.") from None


def keep_policy(brought: Brought, policy: Policy) -> None:
    """Put its next audit under another policy; raises `Refusal` while one runs, and where nothing can be written."""
    if audit_job.running_in(brought.job):
        raise Refusal(f"{brought.title} is being audited; stop that or wait for it, then choose a policy.")
    write_atomically(brought.path / "policy.json", policy.to_json())


def keep_labels(brought: Brought, token: str) -> None:
    """Note which folder of labels holds examples of it, whoever drew them first."""
    write_atomically(make_folder(brought.drawing) / "labels.json", json.dumps({"labels": token}))


def labels_of(brought: Brought) -> list[LabelFolder]:
    """The labels by people of examples that were drawn from it on the page Label."""
    noted = ""
    with contextlib.suppress(Unreadable, FileNotFoundError, KeyError, TypeError):
        noted = str(read_document(brought.drawing / "labels.json")["labels"])
    return [each for each in known_folders() if each.token == noted or each.about.get("brought") == brought.token]


def forget(brought: Brought) -> None:
    """Delete what was brought, with its audit and the labels of it that nothing else has that was brought.

    Raises `Refusal` while it is audited or drawn from.
    """
    if audit_job.running_in(brought.job):
        raise Refusal(f"{brought.title} is being audited; stop that first.")
    if audit_job.running_in(brought.drawing):
        raise Refusal(f"Examples of {brought.title} are being drawn to be labelled; stop that first.")
    for each in labels_alone(brought):
        shutil.rmtree(each.path, ignore_errors=True)
    shutil.rmtree(brought.path, ignore_errors=True)


def labels_alone(brought: Brought) -> list[LabelFolder]:
    """Its labels, without those of outputs that were brought another time too."""
    others = {label for each in everything() if each.token != brought.token for label in labels_of(each)}
    return [each for each in labels_of(brought) if each not in others]


def draw(brought: Brought) -> None:
    """Draw examples of it to be labelled, in the background."""
    if audit_job.running_in(brought.drawing):
        raise Refusal(f"Examples of {brought.title} are being drawn already; wait for them.")
    words = ["label", str(brought.file(PARTS[0])), "--json", "--brought", brought.token]
    audit_job.begin_verb(brought.drawing, words, "reading")


def stop_drawing(brought: Brought) -> None:
    """Ask the drawing of its examples to stop."""
    JobFolder(brought.drawing).ask_to_stop()


def start(brought: Brought, *, seed: int = 0, look: bool = False) -> None:
    """Audit it in the background; `look`: only read it, and say what can be asked of it."""
    if audit_job.running_in(brought.job):
        raise Refusal(f"{brought.title} is being audited already; stop that or wait for it.")
    beside = [(f"--{part}", brought.file(part)) for part in PARTS[1:]] + [("--policy", brought.path / "policy.json")]
    asked = [str(brought.file(PARTS[0])), "--seed", str(seed), *(["--look"] if look else [])]
    asked += [part for name, file in beside if file is not None and file.is_file() for part in (name, str(file))]
    timed: dict[str, Any] = {} if look else {"names": "", "n": 0}  # how long an audit took; a look says nothing of that
    audit_job.begin(brought.job, asked, "reading", **timed)


def stop(brought: Brought) -> None:
    """Ask its audit to stop."""
    JobFolder(brought.job).ask_to_stop()
