"""A program that a model wrote can do nothing but answer: each attempt to get out is stopped, told, and leaves nothing behind."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from genmodels.jobs import library, program_child, programs
from genmodels.jobs.program_child import plain, unpacked
from genmodels.jobs.programs import MB, Program, ProgramLimits, Programs, Ran
from genmodels.jobs.sandbox import ROOT
from genmodels.jobs.system_calls import Unavailable
from genmodels.refusal import Refusal

QUICK = ProgramLimits(seconds=5, cpu_seconds=1)
if not all(layer.active for layer in programs.walls()):
    pytest.skip(programs.told(programs.walls()), allow_module_level=True)


@pytest.fixture(scope="module")
def cage() -> Iterator[Programs]:
    """One for all tests, of which each sees whether the programs before it left anything."""
    with Programs(QUICK, workers=1) as found:
        found.one(Program(""))
        yield found


@pytest.fixture(autouse=True)
def nothing_is_left(cage: Programs) -> Iterator[None]:
    yield
    root = cage.roots[0].process
    assert root is not None and root.poll() is None, "the process that splits off children is as it was"
    assert psutil.Process(root.pid).children(recursive=True) == []
    assert not [each for each in psutil.process_iter(["cmdline"]) if "genmodels.jobs.program_child" in str(each.info["cmdline"]) and each.pid != root.pid and each.ppid() == root.pid]
    folder = Path(str(cage.roots[0].process.args[-1]).split('"folder": "')[1].split('"')[0])  # type: ignore[union-attr,index]
    assert list(folder.iterdir()) == []
    assert cage.one(Program("def f(n): return n + 1", "f", [(1,)])).answers == (2,)


def tried(cage: Programs, text: str) -> Ran:
    return cage.one(Program(text))


def test_a_program_answers(cage: Programs) -> None:
    ran = cage.one(Program("import math\ndef f(n, m=1):\n    print('hello', n)\n    return [n * m, (math.pi, {n: {'a'}}), None, True]", "f", [(1,), (2, 3)]))
    assert ran.ended == "ok" and ran.said == "" and ran.printed == "hello 1\nhello 2\n"
    assert [each[0] for each in ran.answers] == [1, 6] and ran.answers[1][1][1] == {2: {"a"}} and ran.answers[0][2:] == [None, True]
    assert 0 < ran.cpu_seconds < 1 and ran.seconds > 0


def test_values_come_back_as_they_were() -> None:
    for value in (1, -(2**100), 1.5, "ä\n\ud800", None, True, [], (), {1: "a", (2, 3): [4]}, {1, 2}, frozenset("ab"), [[(1,)], {"d": {"l": ["t"]}}]):
        assert unpacked(plain(value)) == value and type(unpacked(plain(value))) is type(value)
    assert plain(object()) == ["o", "object"]
    deep: list = ["l"]
    for _ in range(500):
        deep = ["l", deep]
    for wrong in (["x"], [], ["o", "object"], [1], ["s", *range(10_001)], deep, {"a": 1}, ["l", {}]):
        with pytest.raises((ValueError, TypeError)):
            unpacked(wrong)


@pytest.mark.parametrize(
    ("text", "said"),
    [("1 / 0", "ZeroDivisionError: division by zero"), ("def f(:", "SyntaxError: invalid syntax"), ("raise SystemExit(0)", "SystemExit: 0"), ("f()", "NameError: name 'f' is not defined"), ("raise ValueError('a\\x1b[31m\\u202eb')", "ValueError: a [31m b"), ("class E(Exception):\n    def __str__(self): raise self\nraise E()", "<exception str() failed>"), ("x = '\\0", "SyntaxError")],
)  # fmt: skip
def test_what_it_raises_is_told_in_one_line(cage: Programs, text: str, said: str) -> None:
    ran = tried(cage, text)
    assert ran.ended == "exception" and said in ran.said and "\n" not in ran.said and ran.said.isprintable()


ESCAPES = {
    "loop": ("while True: pass", "time", ""),
    "loop that hears no signal": ("import signal\nfor each in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU, signal.SIGHUP): signal.signal(each, signal.SIG_IGN)\nwhile True: pass", "time", ""),
    "fork": ("import os\nwhile True: os.fork()", "exception", "PermissionError"),
    "fork by a thread": ("import threading\nwhile True: threading.Thread(target=print).start()", "exception", "can't start new thread"),
    "fork by multiprocessing": ("import multiprocessing\np = multiprocessing.get_context('fork').Process(target=print)\np.start()", "exception", "Error"),
    "fork by ctypes": ("import ctypes\nl = ctypes.CDLL(None, use_errno=True)\nassert l.fork() == -1 and l.vfork() == -1 and l.syscall(435, 0, 0) == -1, 'forked'\nraise OSError(ctypes.get_errno(), 'held')", "exception", "held"),
    "program": ("import subprocess\nsubprocess.run(['/bin/echo', 'out'])", "exception", "PermissionError"),
    "shell": ("import os\nprint(os.system('echo out'))\nos.execv('/bin/sh', ['sh'])", "exception", "PermissionError"),
    "daemon": ("import os\nif os.fork() == 0:\n    os.setsid()", "exception", "PermissionError"),
    "session": ("import os\nos.setsid()", "exception", "PermissionError"),
    "10 GB of memory": ("x = bytearray(10 * 10**9)", "memory", "MemoryError"),
    "10 GB of memory by and by": ("x = []\nwhile True: x.append(bytes(10**6))", "memory", "MemoryError"),
    "shared memory": ("import mmap\nx = [mmap.mmap(-1, 10**8) for _ in range(100)]", "exception", "Cannot allocate memory"),
    "memory that stays": ("import ctypes\nl = ctypes.CDLL(None, use_errno=True)\nassert l.shmget(0, 10**6, 0o1600) == -1\nraise OSError(ctypes.get_errno(), 'held')", "exception", "held"),
    "memory as a file": ("import os\nos.memfd_create('x')", "exception", "PermissionError"),
    "10 GB of a file": ("with open('x', 'wb') as file:\n    while True: file.write(bytes(10**6))", "files", "File too large"),
    "10 GB of files": ("n = 0\nwhile True:\n    n += 1\n    with open(str(n), 'wb') as file: file.write(bytes(10**6))", "files", "No space left"),
    "many files": ("n = 0\nwhile True:\n    n += 1\n    open(str(n), 'wb').close()", "files", "No space left"),
    "many folders": ("import os\nwhile True:\n    os.mkdir('a')\n    os.chdir('a')", "files", "No space left"),
    "many files open": ("x = [open('x', 'ab') for _ in range(10**4)]", "exception", "Too many open files"),
    "socket": ("import socket\nsocket.socket().connect(('127.0.0.1', 80))", "exception", "PermissionError"),
    "pair of sockets": ("import socket\nsocket.socketpair()", "exception", "PermissionError"),
    "web": ("import urllib.request\nurllib.request.urlopen('http://127.0.0.1/')", "exception", "Error"),
    "processes": ("import os\nprint(os.listdir('/proc'))", "exception", "PermissionError"),
    "its own process": ("print(open('/proc/self/maps').read())", "exception", "PermissionError"),
    "environment of the parent": ("import os\nprint(open(f'/proc/{os.getppid()}/environ').read())", "exception", "PermissionError"),
    "passwords": ("print(open('/etc/passwd').read())", "exception", "PermissionError"),
    "parent": ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)", "exception", "PermissionError"),
    "group of the parent": ("import os, signal\nos.killpg(os.getpgid(os.getppid()), signal.SIGKILL)", "exception", "PermissionError"),
    "everybody": ("import os, signal\nos.kill(-1, signal.SIGKILL)", "exception", "PermissionError"),
    "signal by a pipe": ("import fcntl, os\nr, w = os.pipe()\nfcntl.fcntl(r, fcntl.F_SETOWN, os.getppid())\nfcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC)\nos.write(w, b'x')", "exception", "PermissionError"),
    "trace": ("import ctypes, os\nl = ctypes.CDLL(None, use_errno=True)\nassert l.ptrace(16, os.getppid(), 0, 0) == -1\nraise OSError(ctypes.get_errno(), 'held')", "exception", "held"),
    "served before others": ("import os\nos.setpriority(os.PRIO_PROCESS, os.getppid(), 19)", "exception", "PermissionError"),
    "higher limit": ("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1000, 1000))", "exception", "Error"),
    "mount": ("import ctypes\nl = ctypes.CDLL(None, use_errno=True)\nassert l.umount2(b'.', 2) == -1 and l.unshare(0x20000) == -1\nraise OSError(ctypes.get_errno(), 'held')", "exception", "held"),
    "outlive the parent": ("import ctypes\nl = ctypes.CDLL(None, use_errno=True)\nassert l.prctl(1, 0) == -1\nraise OSError(ctypes.get_errno(), 'held')", "exception", "held"),
    "cut by reading": ("import os\nopen('x', 'w').write('y')\nos.open('x', os.O_RDONLY | os.O_TRUNC)", "exception", "Operation not permitted"),
    "cut by neither reading nor writing": ("import os\nopen('x', 'w').write('y')\nos.open('x', 3 | os.O_TRUNC)", "exception", "Operation not permitted"),
    "opened so that flags can't be seen": ("import ctypes\nl = ctypes.CDLL(None, use_errno=True)\nassert l.syscall(437, -100, b'.', bytes(24), 24) == -1\nraise OSError(ctypes.get_errno(), 'held')", "exception", "[Errno 38] held"),
    "marks of what it may read": ("import fcntl, os\nfcntl.ioctl(os.open(os.__file__, os.O_RDONLY), 0x80086601, bytes(8))", "exception", "Inappropriate ioctl"),
    "marks by a new call": ("import ctypes\nl = ctypes.CDLL(None, use_errno=True)\nassert l.syscall(469, -100, b'.', bytes(24), 24, 0) == -1\nraise OSError(ctypes.get_errno(), 'held')", "exception", "[Errno 1] held"),
    "a call that is newer than the list": ("import ctypes\nl = ctypes.CDLL(None, use_errno=True)\nassert l.syscall(470, 0, 0, 0, 0) == l.syscall(10**6) == -1\nraise OSError(ctypes.get_errno(), 'held')", "exception", "[Errno 38] held"),
    "crash": ("import ctypes\nctypes.string_at(0)", "killed", "SIGSEGV"),
    "deep": ("import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return [f(n + 1) for _ in range(1)]\nf(0)", "", ""),
    "deep text": ("x = " + "(" * 150 + "-" * 20_000 + "1" + ")" * 150, "", ""),
    "print": ("while True: print('x' * 10_000)", "printed", ""),
    "answer": ("import os\nwhile True: os.write(3, b'x' * 10_000)", "printed", ""),
    "end": ("import os\nos._exit(0)", "exit", ""),
    "end as if done": ("import os\nos.write(3, b'{\"done\": true}\\n')\nos._exit(0)", "ok", ""),
    "end as something odd": ("import os\nos.write(3, b'{\"raised\": \"x\", \"kind\": [], \"answer\": {\"a\": [1]}}\\n')\nos._exit(1)", "exception", "x"),
    "abort": ("import os\nos.abort()", "killed", "SIGABRT"),
    "stop": ("import os, signal\nsignal.raise_signal(signal.SIGKILL)", "killed", "SIGKILL"),
    "a signal without a name": ("import signal\nsignal.raise_signal(40)", "killed", "signal 40"),
}  # fmt: skip


@pytest.mark.parametrize("name", ESCAPES)
def test_an_escape_is_held(cage: Programs, name: str) -> None:
    text, ended, said = ESCAPES[name]
    ran = tried(cage, text)
    assert ran.ended == ended or (not ended and ran.ended in ("memory", "exception", "killed", "time")), ran
    assert said in ran.said and len(ran.printed) <= 2000
    assert ran.cpu_seconds < QUICK.cpu_seconds + 4


@pytest.mark.parametrize("text", ["import os\nos.closerange(0, 100)\nwhile True: pass", "import time\ntime.sleep(1000)", "import signal, sys\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nsignal.pause()"])
def test_what_waits_or_hides_is_ended_by_the_clock(cage: Programs, text: str) -> None:
    with Programs(ProgramLimits(seconds=2, cpu_seconds=20), workers=1) as short:
        started = time.monotonic()
        ran = short.one(Program(text))
        assert ran.ended == "time" and ran.seconds >= 2 and time.monotonic() - started < 60


def test_nothing_of_the_user_can_be_read_changed_or_deleted(cage: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "value")
    secret = tmp_path / "secret"
    secret.write_text("x")
    before = secret.stat()
    home = Path.home()
    attempts = [
        f"print(open({str(secret)!r}).read())",
        f"open({str(secret)!r}, 'a').write('y')",
        f"open({str(tmp_path / 'new')!r}, 'w')",
        f"import os\nos.remove({str(secret)!r})",
        f"import shutil\nshutil.rmtree({str(tmp_path)!r})",
        f"import os\nos.rename({str(secret)!r}, 'mine')",
        f"import os\nos.link({str(secret)!r}, 'mine')",
        f"import os\nos.symlink({str(secret)!r}, 'mine')\nprint(open('mine').read())",
        f"import os\nos.chmod({str(secret)!r}, 0)",
        f"import os\nos.truncate({str(secret)!r}, 0)",
        f"import os\nos.utime({str(secret)!r}, (0, 0))",
        f"import os\nos.setxattr({str(secret)!r}, 'user.x', b'y')",
        f"import os\nprint(os.listdir({str(home)!r}))",
        f"print(open({str(ROOT / 'genmodels' / '__init__.py')!r}).read())",
        f"import os\nprint(os.listdir({str(ROOT)!r}))",
        "open('/tmp/genmodels-left-behind', 'w')",
        "open('/dev/shm/genmodels-left-behind', 'w')",
    ]
    for text in attempts:
        ran = tried(cage, text)
        assert ran.ended == "exception" and ran.said.startswith(("PermissionError", "OSError")), (text, ran)
    assert secret.read_text() == "x" and secret.stat().st_mtime == before.st_mtime and secret.stat().st_mode == before.st_mode
    assert list(tmp_path.iterdir()) == [secret] and os.listxattr(secret) == []
    environment = tried(cage, "import os\nprint(sorted(os.environ))").printed
    assert environment.strip() == "['HOME', 'LANG', 'MALLOC_ARENA_MAX', 'TMPDIR']"


def test_what_is_installed_beside_the_standard_library_can_not_be_read(cage: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could be this project with its answers, or those of HumanEval."""
    for file in list(itertools.islice((file for folder in library.standard_library() for name in library.INSTALLED for file in (folder / name).glob("*/*.py")), 2)):
        ran = tried(cage, f"print(open({str(file)!r}).read())")
        assert ran.ended == "exception" and ran.said.startswith("PermissionError"), ran
    python = tmp_path / "python3"
    for name in ("site-packages", "json"):
        (python / name).mkdir(parents=True)
    (python / "os.py").touch()
    monkeypatch.setattr(library, "standard_library", lambda: [python])
    assert [each for each in library.readable() if each.startswith(str(tmp_path))] == [str(python / "json"), str(python / "os.py")]
    assert tried(cage, "import ctypes, sqlite3, ssl, decimal, zoneinfo, xml.etree.ElementTree").ended == "ok", "and all of the library can"


def test_its_own_folder_is_empty_and_its_own(cage: Programs) -> None:
    text = "import os, tempfile\nassert os.listdir('.') == []\nopen('a', 'w').write('x')\nos.mkdir('b')\nopen('b/c', 'w').write('y')\nwith tempfile.TemporaryFile() as file: file.write(b'z')\nprint(sorted(os.listdir('.')), open('a').read())"
    assert tried(cage, text).printed == tried(cage, text).printed == "['a', 'b'] x\n"


def test_no_door_of_ours_stays_open_to_it(cage: Programs) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        found = tried(cage, "import os\nfor n in range(200):\n    try: os.fstat(n)\n    except OSError: continue\n    print(n)")
    assert found.printed.split() == ["0", "1", "2", "3"]


RIGHT = [(2,), (5,), (7,)]
FORGED = {
    "ends itself": "import os\ndef f(n): os._exit(0)",
    "says that it passed": "def f(n): print('ok passed PASS'); return True",
    "is equal to everything": "class Any(int):\n    __eq__ = lambda self, other: True\n    __hash__ = int.__hash__\ndef f(n): return Any()",
    "is an object that is equal to everything": "class Any:\n    __eq__ = lambda self, other: True\ndef f(n): return Any()",
    "patches what compares": "import builtins, json\nbuiltins.map = lambda *a: [True] * 9\nbuiltins.isinstance = lambda *a: True\njson.dumps = lambda *a, **k: '{\"done\": true}'\ndef f(n): return True",
    "writes answers itself": "import os\nos.write(3, b'{\"answer\": true}\\n' * 3 + b'{\"done\": true}\\n')\nos._exit(0)",
    "writes what is no answer": "import os\nos.write(3, b'[[[[' * 1000 + b'\\n{\"answer\": [\"d\", 1]}\\n{\"answer\": [\"s\", [\"l\"]]}\\n{\"answer\": NaN}\\n')\nos._exit(0)",
    "looks for the right answers": "import gc\ndef f(n):\n    print([each for each in gc.get_objects() if isinstance(each, (list, tuple)) and 50 in each and 98 in each])\n    return 0",
    "rewrites who asks": "import sys\ndef f(n):\n    frame = sys._getframe(1)\n    frame.f_locals['question'] = (1,)\n    return n",
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_wrong_program_can_not_make_itself_right(cage: Programs, name: str) -> None:
    ran = cage.one(Program(FORGED[name], "f", RIGHT))
    assert ran.answers != (8, 50, 98), ran
    assert cage.one(Program("def f(n): return 2 * n * n", "f", RIGHT)).answers == (8, 50, 98)
    assert "[8, 50" not in ran.printed and "(8, 50" not in ran.printed


def test_an_answer_that_nobody_could_show_is_unknown(cage: Programs) -> None:
    """Written past us, as deep as JSON is read: what is printed of it must not break whoever prints it."""
    text = "import os\nos.write(3, b'{\"answer\": ' + b'[\"l\",' * 900 + b'1' + b']' * 900 + b'}\\n')\ndef f(): return object()"
    ran = cage.one(Program(text, "f", [()]))
    assert [type(each) for each in ran.answers] == [programs.Unknown] * 2 and ran.answers[1].name == "object" and "too deep" in ran.answers[0].name


def test_a_program_that_is_too_long_is_refused(cage: Programs) -> None:
    with pytest.raises(Refusal, match="at most 200,000 are run"):
        tried(cage, "x" * 300_000)


def test_without_walls_nothing_is_run(cage: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    reply = {"answered": '{"layers": {"files": "no Landlock", "privileges": "", "network, processes": "", "room": ""}}\n', "printed": "", "code": 0, "why": "", "seconds": 0, "cpu_seconds": 0}
    with Programs(QUICK, workers=1) as other:
        monkeypatch.setattr(other.roots[0], "_asked", lambda task: reply)
        with pytest.raises(Refusal, match=r"not run on this machine, for want of walls: files \(no Landlock\)"):
            other.one(Program(""))
        monkeypatch.setattr(other.roots[0], "_asked", lambda task: reply | {"answered": ""})
        with pytest.raises(Refusal, match="could not be shut"):
            other.one(Program(""))


def test_walls_are_told() -> None:
    assert programs.why_not(programs.walls()) == ""
    some = (programs.Layer("process of its own", False, "it could not be started"), programs.Layer("room", False, "no"), programs.Layer("files", False, "no Landlock"))
    assert programs.why_not(some).endswith("for want of walls: process of its own (it could not be started); files (no Landlock).")
    assert [layer.name for layer in programs.walls()] == ["process of its own", "time", "limits", "privileges", "files", "network, processes", "room"]
    assert "walls that are up: process of its own" in programs.told(programs.walls())


def test_many_at_once_come_in_order_and_one_that_is_lost_is_told(cage: Programs) -> None:
    with Programs(QUICK, workers=2) as two:
        assert [each.answers for each in two.run([Program(f"def f(): return {n}", "f", [()]) for n in range(20)])] == [(n,) for n in range(20)]
        assert two.roots[0].process is not None
        os.killpg(two.roots[0].process.pid, signal.SIGKILL)
        ended = [each.ended for each in two.run([Program("")] * 4)]
        assert sorted(ended) == ["killed", "ok", "ok", "ok"]
        pids = [root.process.pid for root in two.roots if root.process]
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_nothing_outlives_who_asked(tmp_path: Path) -> None:
    code = "from genmodels.jobs.programs import Program, ProgramLimits, Programs\nimport sys, threading\np = Programs(ProgramLimits(seconds=600, cpu_seconds=600), workers=1)\nthreading.Thread(target=p.one, args=(Program('import time\\ntime.sleep(500)'),), daemon=True).start()\nimport time\nwhile not p.roots[0].process: time.sleep(.01)\nprint(p.roots[0].process.pid, flush=True)\ntime.sleep(500)"
    asked = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)})
    assert asked.stdout is not None
    root = psutil.Process(int(asked.stdout.readline()))
    until = time.monotonic() + 60
    while not (children := root.children()) and time.monotonic() < until:
        time.sleep(0.05)
    asked.kill()
    asked.wait()
    _, alive = psutil.wait_procs([root, *children], timeout=60)
    assert children and not alive


def test_memory_of_programs_is_their_own() -> None:
    with Programs(ProgramLimits(memory=64 * MB), workers=1) as small:
        assert [each.ended for each in small.run([Program("x = bytearray(30 * 10**6)"), Program("x = bytearray(90 * 10**6)")])] == ["ok", "memory"]


def test_where_no_room_of_a_fixed_size_can_be_made_a_program_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*asked: object) -> None:
        raise Unavailable("the system says: no")

    monkeypatch.setattr(program_child, "own_room", denied)
    how = {"folder": str(tmp_path), "room_bytes": MB, "room_files": 8, "limits": asdict(QUICK), "readable": library.readable(), "listed": []}
    said, told = os.pipe()
    if (child := os.fork()) == 0:
        layers = program_child.walls(how)
        try:
            open("x", "w").close()
            made = "a file was made"
        except OSError as error:
            made = type(error).__name__
        os.write(told, json.dumps([layers, made]).encode())
        os._exit(0)
    os.close(told)
    with os.fdopen(said) as pipe:
        layers, made = json.loads(pipe.read())
    os.waitpid(child, 0)
    assert "can make no file here" in layers["room"] and not any(why for name, why in layers.items() if name != "room")
    assert made == "PermissionError" and list(tmp_path.iterdir()) == []
