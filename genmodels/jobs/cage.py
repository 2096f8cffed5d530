"""What a process takes from itself before it looks at anything foreign: limits, files, network, other processes.

Only the standard library is used, so that nothing else has run before. Each layer works or says in one sentence why it
does not (Linux has them all; other systems have limits only). Landlock: kernel documentation, "Landlock: unprivileged
access control", versions 1 to 7. Filter of system calls: seccomp(2), one list each for x86_64 and aarch64.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib
import json
import os
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from genmodels.jobs.system_calls import (
    ASKED,
    CALLS,
    NEWEST,
    OF_PROGRAMS,
    Unavailable,
    call,
    control,
    machine,
    number_of,
)
from genmodels.refusal import Refusal

ANSWER, SAID, LAYERS = "answer.npz", "said.json", "layers.json"  # what a child leaves
ALLOWED, ERRNO = 0x7FFF0000, 0x00050000  # answers of a filter of system calls
NOT_PERMITTED, NO_SUCH_CALL = errno.EPERM, errno.ENOSYS
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
THREAD = 0x10000  # the flag of clone that makes a thread, not a process
SLACK = 2 << 30  # bytes of address space beyond the memory: libraries and stacks that are mapped and hardly used
SIGNALLING = (8, 10, 15, 1024, 1026)  # of fcntl: who is sent which signal when a file changes

# Rights of Landlock, by bit. What a file may be asked for, and what a folder may be asked for besides.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
TO_READ = READ_FILE | READ_DIR
TO_WRITE = (
    TO_READ | WRITE_FILE | TRUNCATE | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8
)  # remove and make folders and plain files
RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}  # that a version knows; 5 knows one more

SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
)


def main(job: str) -> None:
    """Be the child: shut everything, then do the one task of the job (a JSON file) and leave arrays or a sentence."""
    asked = json.loads(Path(job).read_text())
    layers = shut(asked["limits"], readable=asked["readable"], writable=asked["writable"])
    out = Path(asked["writable"])
    (out / LAYERS).write_text(json.dumps(layers))
    for folder in asked["code"]:
        sys.path.insert(0, folder)

    try:
        module, _, name = asked["task"].partition(":")
        task = getattr(importlib.import_module(module), name)
        _leave(out, task(Path(asked["given"]), out, **asked["arguments"]))
    except MemoryError:
        (out / SAID).write_text(json.dumps({"memory": True}))
    except Refusal as refusal:
        (out / SAID).write_text(json.dumps({"refused": str(refusal)[:1000]}))
    except OSError as error:
        if error.errno not in FULL:
            raise
        (out / SAID).write_text(json.dumps({"full": True}))


def nothing(given: Path, out: Path) -> dict[str, Any]:
    """A task that does nothing: what is asked is which layers hold."""
    return {}


def _leave(out: Path, answer: Mapping[str, Any]) -> None:
    import numpy as np

    with open(out / ANSWER, "wb") as file:
        np.savez(file, **{name: np.asarray(array) for name, array in answer.items()})  # type: ignore[arg-type]


def shut(
    limits: Mapping[str, int],
    *,
    readable: Iterable[str],
    writable: str,
    listed: Iterable[str] = (),
    program: bool = False,
) -> dict[str, str]:
    """Apply every layer to this process, for good: its name to "" where it holds, else to why it does not.

    `listed`: folders of which the names can be read. `program`: it will do what somebody else wrote, not a task of ours: no
    threads, and `OF_PROGRAMS` is refused besides.
    """
    layers: dict[str, Callable[[], None]] = {
        "limits": lambda: limit(limits),
        "privileges": drop_privileges,
        "files": lambda: confine(readable, writable, listed),
        "network, processes": lambda: filter_calls(program),
    }
    with contextlib.suppress(Unavailable):
        control(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: it does not outlive who started it
    reasons = {name: _reason(layer) for name, layer in layers.items()}
    proofs: dict[str, Callable[[], Any]] = {
        "files": lambda: os.close(os.open("/etc/passwd", os.O_RDONLY)),
        "network, processes": lambda: socket.socket().close(),
    }
    return {name: why or _unproven(proofs.get(name)) for name, why in reasons.items()}


def _unproven(attempt: Callable[[], Any] | None) -> str:
    """What a layer forbids is tried: "" where the system refuses it."""
    if attempt is None:
        return ""
    try:
        attempt()
    except OSError:
        return ""
    return "it was set and does not hold"


def _reason(layer: Callable[[], None]) -> str:
    try:
        layer()
    except Unavailable as why:
        return str(why)
    except (OSError, ValueError, AttributeError) as error:
        return f"this system does not allow it ({error})"
    return ""


def limit(limits: Mapping[str, int]) -> None:
    """Memory, seconds of processor time, bytes of one file, open files and processes, beyond which nothing is given.

    "slack" is how many bytes may be mapped beyond the memory; with no "threads" they are not counted, since none is made.
    """
    memory, threads = limits["memory"], limits["threads"]
    for name, most in (
        ("RLIMIT_AS", memory + limits.get("slack", SLACK)),
        ("RLIMIT_DATA", memory),
        ("RLIMIT_CPU", limits["cpu_seconds"]),
        ("RLIMIT_FSIZE", limits["file_bytes"]),
        ("RLIMIT_NOFILE", limits["open_files"]),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", _threads_of_user() + threads if threads else None),
    ):
        number = getattr(resource, name, None)
        if number is None or most is None:
            continue
        hard = resource.getrlimit(number)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        later = (
            2 if name == "RLIMIT_CPU" and hard == resource.RLIM_INFINITY else 0
        )  # so that the first signal is the one that says why
        resource.setrlimit(number, (most, most + later))


def _threads_of_user() -> int:
    """How many threads the user of this process has: the limit of processes counts them all."""
    count, user = 0, os.getuid()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == user:
                count += len(os.listdir(folder / "task"))
    return count


def drop_privileges() -> None:
    """No right of an administrator is left, and none can be won by starting another program."""
    control(38, 1)  # PR_SET_NO_NEW_PRIVS
    header, none = struct.pack("<Ii", 0x20080522, 0), bytes(24)
    call(number_of("capset"), header, none)


def confine(readable: Iterable[str], writable: str, listed: Iterable[str] = ()) -> None:
    """Only what is named can be read, only one folder can be written; no outgoing TCP where Landlock knows it."""
    version = call(444, None, 0, 1)
    known = RIGHTS.get(version, RIGHTS[3])
    ports = 3 if version >= 4 else 0  # bind and connect
    ruleset = struct.pack("<QQQ", known, ports, 3 if version >= 6 else 0)[
        : 8 if version < 4 else 16 if version < 6 else 24
    ]
    descriptor = call(444, ruleset, len(ruleset), 0)
    try:
        for path in readable:
            _allow(descriptor, path, TO_READ & known)
        for path in listed:
            _allow(descriptor, path, READ_DIR & known)
        _allow(descriptor, "/dev/null", (READ_FILE | WRITE_FILE) & known)
        _allow(descriptor, writable, TO_WRITE & known)
        call(446, descriptor, 0)
    finally:
        os.close(descriptor)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this machine
    try:
        call(445, ruleset, 1, struct.pack("<Qi", rights if os.path.isdir(path) else rights & OF_FILES, descriptor), 0)
    finally:
        os.close(descriptor)


def filter_calls(program: bool = False) -> None:
    """No socket, no other process, no program, no signal to others, no higher limit, no rights, times or marks of files, and no
    file that is cut by reading it: the kernel refuses the calls.

    For what somebody else wrote (`program`) also `OF_PROGRAMS`, threads among them, signals by way of a file, and `ioctl`.
    """
    index, architecture = machine()
    steps = [_step(0x20, 4), _jump(0x15, architecture, 1, 0), REFUSED, NUMBER]
    if not index:
        steps += [_jump(0x35, 0x40000000, 0, 1), REFUSED]  # x32, the other way to number them
    steps += [_jump(0x25, NEWEST, 0, 1), UNKNOWN]
    for numbers in (*CALLS.values(), *(OF_PROGRAMS.values() if program else ())):
        if (number := numbers[index]) is not None:
            steps += [_jump(0x15, number, 0, 1), REFUSED]
    steps += _asked("clone3", UNKNOWN)  # its flags can't be seen; clone is used instead
    steps += _asked("openat2", UNKNOWN)  # the same; openat is used
    steps += _asked("clone", _step(0x20, 16), _jump(0x45, THREAD, 1, 0), REFUSED)
    steps += _asked("tgkill", _step(0x20, 16), _jump(0x15, os.getpid(), 1, 0), REFUSED)
    of_another = (_step(0x20, 32), _jump(0x15, 0, 0, 2), _step(0x20, 36), _jump(0x15, 0, 1, 0), REFUSED)
    steps += _asked("prlimit64", *of_another)
    for name, flags in (("open", 24), ("openat", 32)):
        cut = (_step(0x54, os.O_TRUNC | 3), _jump(0x15, os.O_TRUNC, 1, 0), _jump(0x15, os.O_TRUNC | 3, 0, 1), REFUSED)
        steps += _asked(name, _step(0x20, flags), *cut)  # opened for anything but writing, it would be cut all the same
    if program:
        steps += _asked("ioctl", _step(6, ERRNO | errno.ENOTTY))
        refused = [each for way in SIGNALLING for each in (_jump(0x15, way, 0, 1), REFUSED)]
        steps += _asked("fcntl", _step(0x20, 24), *refused)
    steps += [_step(6, ALLOWED)]
    _filter(steps)


def _asked(name: str, *steps: bytes) -> list[bytes]:
    """Steps for one call alone, where this machine has it, behind which the number of the call is looked at again."""
    number = ASKED[name][machine()[0]]
    return [] if number is None else [_jump(0x15, number, 0, len(steps) + 1), *steps, NUMBER]


def _filter(steps: list[bytes]) -> None:
    code = b"".join(steps)
    buffer = ctypes.create_string_buffer(code, len(code))
    control(38, 1)
    control(22, 2, ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(buffer))))


def _step(code: int, value: int) -> bytes:
    return _jump(code, value, 0, 0)


def _jump(code: int, value: int, if_true: int, if_false: int) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)


REFUSED, UNKNOWN = _step(6, ERRNO | NOT_PERMITTED), _step(6, ERRNO | NO_SUCH_CALL)
NUMBER = _step(0x20, 0)  # look at the number of the call
