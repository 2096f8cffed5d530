"""The inside of `programs`: a process that has nothing of ours, and of which a child is split off for each program.

The child reads its program itself, shuts every door, and only then looks at it; whoever split it off sees nothing but how it
ended and what came out of two pipes: what it printed, and its answers. What an answer should be is never in here.
Only the standard library is used.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any, NoReturn

from genmodels.jobs.cage import shut
from genmodels.jobs.system_calls import Unavailable, call, number_of

TASK, REPLY = 0, 1  # what programs come from, and where it is told how they ended
ANSWERS = 3  # of a child: where its answers go
CHUNK = 1 << 16
SAID = 2000  # characters of what was raised
MOST_KEYS, MOST_DEEP = 10_000, 100  # of a set or dictionary; values in values
NEW_MOUNTS, NEW_USER = 0x20000, 0x10000000
EVERYTHING_PRIVATE, NO_DEVICES = 0x44000, 0x6  # mount: recursive and private; no devices, no programs with other rights
USUAL = ("re", "typing", "collections", "math", "itertools", "functools", "string", "heapq", "bisect", "dataclasses")
SORTS: dict[str, type[list[Any] | tuple[Any, ...] | set[Any] | frozenset[Any]]] = {
    "l": list,
    "t": tuple,
    "s": set,
    "f": frozenset,
}
NEEDED = ("privileges", "files", "network, processes")  # layers without which no program is begun


def main(asked: str) -> None:
    """Be the process that children are split off from, until nobody asks any more; `asked` is JSON from `programs`."""
    how: dict[str, Any] = json.loads(asked)
    for name in USUAL:
        importlib.import_module(name)
    del sys.path[0]  # of our own files
    for name in set(os.environ) - set(how["environment"]):  # what was set since
        del os.environ[name]
    gc.collect()
    gc.freeze()
    waiting = select.poll()
    waiting.register(TASK, select.POLLIN)
    while waiting.poll()[0][1] & select.POLLIN:
        answered, printed = os.pipe(), os.pipe()
        started = time.monotonic()
        if (child := os.fork()) == 0:
            _child(answered[1], printed[1], how)
        os.close(answered[1])
        os.close(printed[1])
        _tell(_watched(child, answered[0], printed[0], how, started))


def _watched(child: int, answered: int, printed: int, how: Mapping[str, Any], started: float) -> dict[str, Any]:
    """What came out of a child until its end, which comes by itself, at its time, or with more than it may say."""
    heard: dict[int, bytearray] = {answered: bytearray(), printed: bytearray()}
    most = {answered: how["answer_bytes"], printed: how["printed_bytes"]}
    until, why, poll = started + how["limits"]["seconds"], "", select.poll()
    for pipe in heard:
        poll.register(pipe, select.POLLIN)
    poll.register(TASK, 0)  # nothing but that it is hung up
    open_pipes = set(heard)
    while open_pipes and not why:
        for pipe, _ in poll.poll(max(0.0, until - time.monotonic()) * 1000):
            if pipe == TASK:
                why = "left"  # who asked has gone
            elif chunk := os.read(pipe, CHUNK):
                heard[pipe] += chunk
                why = "printed" if len(heard[pipe]) > most[pipe] else why
            else:
                poll.unregister(pipe)
                open_pipes.discard(pipe)
        why = why or ("time" if time.monotonic() >= until else "")
    code, used = _ended(child, 0.0 if why else until)
    for pipe in heard:
        os.close(pipe)
    return {
        "why": why or ("time" if code is None else ""),
        "code": code,
        "answered": heard[answered][: most[answered]].decode("ascii", "replace"),
        "printed": heard[printed][: how["printed_kept"]].decode("utf-8", "replace"),
        "seconds": time.monotonic() - started,
        "cpu_seconds": used.ru_utime + used.ru_stime,
    }


def _ended(child: int, until: float) -> tuple[int | None, resource.struct_rusage]:
    """End a child with its group for good: the code that it left with by itself, or None, and what it used."""
    status, by_itself = 0, False
    closed = time.monotonic() + 0.05  # it closes its pipes and goes; one that only closes them has until its time
    while not by_itself and time.monotonic() < max(closed, until):
        found, status, used = os.wait4(child, os.WNOHANG)
        by_itself = found == child
        if not by_itself:
            time.sleep(0.0005 if time.monotonic() < closed else 0.01)
    if by_itself:
        return os.waitstatus_to_exitcode(status), used
    for end in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(child, signal.SIGKILL)
    return None, os.wait4(child, 0)[2]


def _tell(reply: Mapping[str, Any]) -> None:
    _write(REPLY, json.dumps(reply).encode() + b"\n")


def _write(where: int, said: bytes) -> None:
    while said:
        said = said[os.write(where, said) :]


def _child(answers: int, printed: int, how: Mapping[str, Any]) -> NoReturn:
    """Read the program, shut every door, run it, and never come back."""
    code = 1
    try:
        os.setsid()
        task = _task()
        null = os.open("/dev/null", os.O_RDONLY)
        for kept, place in ((null, TASK), (printed, 1), (printed, 2), (answers, ANSWERS)):  # both pipes lie above
            os.dup2(kept, place)
        os.closerange(ANSWERS + 1, 4096)
        layers = walls(how)
        _say({"layers": layers})
        if not any(layers.get(name, "unknown") for name in NEEDED):
            code = 0 if _run(task) else 1
    finally:
        os._exit(code)


def _task() -> dict[str, Any]:
    """The program that is to be run, which nobody but its own child ever reads: its length in eight digits, and JSON."""
    wanted, read = int(_read(8)), b""
    while len(read) < wanted:
        read += _read(wanted - len(read))
    task: dict[str, Any] = json.loads(read)
    return task


def _read(most: int) -> bytes:
    if not (chunk := os.read(TASK, most)):
        os._exit(1)
    return chunk


def walls(how: Mapping[str, Any]) -> dict[str, str]:
    """Shut this process in: each layer with "" where it holds, or with why it does not.

    Where there is no room of a size of its own, the program may make no file at all.
    """
    why, folder = "", how["folder"]
    try:
        own_room(folder, how["room_bytes"], how["room_files"])
    except (Unavailable, OSError) as reason:
        why = f"a program can make no file here, since there is no room of a fixed size ({reason})"
    os.chdir(folder)
    writable = "" if why else folder
    layers = shut(how["limits"], readable=how["readable"], listed=how["listed"], writable=writable, program=True)
    return layers | {"room": why}


def own_room(folder: str, most: int, files: int) -> None:
    """Lay a file system over an empty folder that only this process sees, of so many bytes and files, gone when it has gone.

    Raises `Unavailable` or `OSError` where the system does not allow it.
    """
    user, group = os.getuid(), os.getgid()
    try:
        call(number_of("unshare"), NEW_MOUNTS)
    except Unavailable:
        call(number_of("unshare"), NEW_MOUNTS | NEW_USER)
        for file, said in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            _map(f"/proc/self/{file}", said)
    call(number_of("mount"), b"none", b"/", None, EVERYTHING_PRIVATE, None)
    size = f"size={most},nr_inodes={files},mode=700".encode()
    call(number_of("mount"), b"none", folder.encode(), b"tmpfs", NO_DEVICES, size)


def _map(file: str, said: str) -> None:
    place = os.open(file, os.O_WRONLY)
    try:
        os.write(place, said.encode())
    finally:
        os.close(place)


def _run(task: Mapping[str, Any]) -> bool:
    """Run a program, ask its function every question, and say so at the end, or what was raised."""
    asked = 0
    try:
        names: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
        exec(compile(task["text"], "<program>", "exec"), names)
        for question in task["questions"]:
            asked += 1
            if task["function"] not in names:
                raise NameError(f"there is no function {task['function']}")
            _say({"answer": plain(names[task["function"]](*map(unpacked, question)))})
        _flush()
        _say({"done": True})
    except BaseException as raised:
        _flush()
        _say({"raised": _last_line(raised), "kind": _sort(raised), "asked": asked})
        return False
    return True


def _flush() -> None:
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
    with contextlib.suppress(BaseException):
        sys.stderr.flush()


def _last_line(raised: BaseException) -> str:
    """The last line of what was raised, as Python prints it."""
    try:
        return traceback.format_exception_only(raised)[-1].strip()[:SAID]
    except BaseException:
        return "an exception that can't be printed"


def _sort(raised: BaseException) -> str:
    if isinstance(raised, MemoryError):
        return "memory"
    return "files" if isinstance(raised, OSError) and raised.errno in (27, 28, 122) else "exception"


def _say(said: Mapping[str, Any]) -> None:
    _write(ANSWERS, json.dumps(said).encode() + b"\n")


def plain(value: object) -> object:
    """A value of Python in JSON: numbers, texts, None and truth as they are, others with a letter for what they are.

    Anything else is only named, so that it is like no other answer.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    for letter, sort in SORTS.items():
        if isinstance(value, sort):
            return [letter, *map(plain, value)]
    if isinstance(value, dict):
        return ["d", *([plain(key), plain(each)] for key, each in value.items())]
    return ["o", type(value).__name__[:100]]


def unpacked(written: object, deep: int = 0) -> Any:
    """The value that `plain` wrote; raises `ValueError` for what it never writes, and `TypeError` for keys that can't be.

    Sets and dictionaries of more than 10,000 keys are not made: keys can be chosen so that each takes as long as all others. Nor are
    values within values more than 100 deep, which whoever shows them could not walk through.
    """
    if isinstance(written, dict) or deep > MOST_DEEP:
        raise ValueError("no value of Python, or too deep")
    if not isinstance(written, list):
        return written
    letter, *inside = written or [None]
    if letter in ("d", "s", "f") and len(inside) > MOST_KEYS:
        raise ValueError("too many keys")
    if letter == "d":
        return {unpacked(key, deep + 1): unpacked(each, deep + 1) for key, each in inside}
    if letter not in SORTS:
        raise ValueError("no value of Python")
    return SORTS[letter](unpacked(each, deep + 1) for each in inside)
