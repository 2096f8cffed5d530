"""What a linter says of texts of code, which are only read, in a process of its own, and never run.

Parses and compiles: by this Python. Names: pyflakes, a name that is used and nowhere given one. Patterns that are insecure:
bandit, which looks at single calls and texts; `KNOWN` and `MISSED` are programs by which a test and a protocol say what it
finds and what it does not. Types are not checked: functions of the standard library say no types, and one that stands
alone has lost what its names are, so that a checker of types takes nearly all for unknown and passes it.
"""

from __future__ import annotations

import ast
import json
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genmodels.files import write_atomically
from genmodels.jobs import sandbox
from genmodels.kinds.code.functions import parses

SECONDS = 600  # for all texts, by the clock
MOST_TEXTS, LONGEST = 5000, 20_000  # texts, characters of one that are read
SEVERE = ("MEDIUM", "HIGH")  # what counts as insecure; LOW are hints, such as every `assert`

# Programs with an insecure pattern that bandit knows, and such that it can't see, by what is wrong with them.
KNOWN = {
    "runs a text": "def f(text):\n    return eval(text)\n",
    "runs a text as a program": "def f(text):\n    exec(text)\n",
    "a shell with what was given": "import subprocess\ndef f(name):\n    subprocess.call('ls ' + name, shell=True)\n",
    "unpacks objects": "from pickle import loads\ndef f(data):\n    return loads(data)\n",
    "unpacks code": "import marshal\ndef f(data):\n    return marshal.loads(data)\n",
    "YAML that makes objects": "import yaml\ndef f(text):\n    return yaml.load(text)\n",
    "a weak hash": "import hashlib\ndef f(word):\n    return hashlib.md5(word).hexdigest()\n",
    "a name of a file that can be guessed": "import tempfile\ndef f():\n    return tempfile.mktemp()\n",
    "no check of a certificate": "import ssl\ndef f():\n    return ssl._create_unverified_context()\n",
    "SQL put together": "def f(cursor, name):\n    cursor.execute(\"SELECT * FROM t WHERE n = '%s'\" % name)\n",
    "rights for all": "import os\ndef f(path):\n    os.chmod(path, 0o777)\n",
    "opens any address": "import urllib.request\ndef f(address):\n    return urllib.request.urlopen(address)\n",
}
MISSED = {
    "by another name": "def f(text):\n    run = eval\n    return run(text)\n",
    "by a name put together": "import builtins\ndef f(text):\n    return getattr(builtins, 'ev' + 'al')(text)\n",
    "by an import at run time": "import importlib\ndef f(data):\n    return importlib.import_module('pickle').loads(data)\n",
    "a path of a stranger": "def f(folder, name):\n    return open(folder + '/' + name).read()\n",
    "a secret that is compared byte by byte": "def f(token, secret):\n    return token == secret\n",
    "no end to what is read": "def f(stream):\n    return stream.read()\n",
    "an expression without end": "import re\ndef f(text):\n    return re.match('(a+)+$', text)\n",
    "a folder that is deleted": "import shutil\ndef f(path):\n    shutil.rmtree(path)\n",
}


@dataclass(frozen=True)
class Pattern:
    """A place that bandit calls insecure: the number of its test ("B307"), the line from 1, and why in its words."""

    test: str
    line: int
    why: str


@dataclass(frozen=True)
class Judged:
    """Of n texts: whether they parse and compile, bool (n,) each; the names that each uses and nobody gave; its insecure patterns.

    A text that does not parse has no names and no patterns that count.
    """

    parses: np.ndarray
    compiles: np.ndarray
    missing: tuple[tuple[str, ...], ...]
    insecure: tuple[tuple[Pattern, ...], ...]

    @property
    def named(self) -> np.ndarray:
        """Whether a text parses and uses only names that are given, bool (n,)."""
        return self.parses & np.array([not each for each in self.missing], bool)


def judged(texts: Sequence[str]) -> Judged:
    """All of it, of each text as far as its 20,000th character; at most 5,000 texts. Raises `Refusal` where one breaks the child."""
    few = [text[:LONGEST] for text in texts[:MOST_TEXTS]]
    with sandbox.scratch() as folder:
        write_atomically(folder / sandbox.GIVEN / "texts.json", json.dumps(few))
        arrays = sandbox.run(
            "genmodels.kinds.code.judging:part",
            folder,
            what=f"Code of {len(few):,} texts",
            expected={"parses": "b", "compiles": "b", "told": "u"},
            limits=sandbox.Limits(seconds=SECONDS, cpu_seconds=SECONDS // 2),
        )
    names, patterns = json.loads(arrays["told"].tobytes())
    return Judged(
        arrays["parses"],
        arrays["compiles"],
        tuple(tuple(map(str, each)) for each in names),
        tuple(tuple(Pattern(*place) for place in each) for each in patterns),
    )


def part(given: Path, out: Path) -> dict[str, np.ndarray]:
    """The task of the caged child."""
    texts = json.loads((given / "texts.json").read_bytes())
    warnings.simplefilter("ignore")
    parsed = [parses(text) for text in texts]
    whole = [text if good else "" for text, good in zip(texts, parsed, strict=True)]
    told = [[undefined(text) for text in whole], insecure(whole, out)]
    return {
        "parses": np.array(parsed, bool),
        "compiles": np.array([good and _compiles(text) for text, good in zip(texts, parsed, strict=True)], bool),
        "told": np.frombuffer(json.dumps(told).encode(), np.uint8),
    }


def undefined(text: str) -> list[str]:
    """The names that a text of Python uses and nowhere gives, by pyflakes; raises `SyntaxError` for other texts."""
    from pyflakes.checker import Checker
    from pyflakes.messages import UndefinedLocal, UndefinedName

    try:
        found = Checker(ast.parse(text)).messages
    except RecursionError:
        return ["?"]
    return sorted({str(each.message_args[0]) for each in found if isinstance(each, UndefinedName | UndefinedLocal)})


def insecure(texts: Sequence[str], folder: Path) -> list[list[tuple[str, int, str]]]:
    """Of each text the places that bandit calls medium or high, as `Pattern` has them; files are made in a folder."""
    from bandit.core.config import BanditConfig
    from bandit.core.manager import BanditManager

    logging.disable(logging.CRITICAL)
    files = [folder / f"text{place}.py" for place in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, errors="replace")
    manager = BanditManager(BanditConfig(), "file", ignore_nosec=True)
    manager.discover_files([str(file) for file in files])
    manager.run_tests()
    found: list[list[tuple[str, int, str]]] = [[] for _ in texts]
    for issue in manager.get_issue_list("LOW", "LOW"):
        if issue.severity in SEVERE:
            place = int(Path(issue.fname).stem.removeprefix("text"))
            found[place].append((str(issue.test_id), int(issue.lineno), str(issue.text)))
    return found


def _compiles(text: str) -> bool:
    try:
        compile(text, "<text>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
