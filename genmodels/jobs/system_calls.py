"""The system calls that a cage is made of, by their numbers on x86_64 and aarch64. Only the standard library is used."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from functools import cache
from typing import Any

# name: (number on x86_64, on aarch64); the network, other processes, the machine, ways around a filter, and
# rights, times and marks of files, which other layers do not watch over.
CALLS = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "setrlimit": (160, 164),
    "unshare": (272, 97),
    "setns": (308, 268),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "mount": (165, 40),
    "umount2": (166, 39),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "open_by_handle_at": (304, 265),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "reboot": (169, 142),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "truncate": (76, 45),
}
# Besides, of a program that somebody else wrote: what stays in the kernel when a process has gone, how fast others are
# served, and a file system as a whole.
OF_PROGRAMS = {
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "socketpair": (53, 199),
    "syslog": (103, 116),
    "personality": (135, 92),
    "prctl": (157, 167),
    "kcmp": (312, 272),
    "name_to_handle_at": (303, 264),
    "sync": (162, 81),
    "syncfs": (306, 267),
    "clone": (56, 220),
}
ASKED = {
    "clone": (56, 220),
    "clone3": (435, 435),
    "tgkill": (234, 131),
    "prlimit64": (302, 261),
    "capset": (126, 91),
    "fcntl": (72, 25),
    "mount": (165, 40),
    "unshare": (272, 97),
    "open": (2, None),
    "openat": (257, 56),
    "openat2": (437, 437),
    "ioctl": (16, 29),
}  # allowed for some arguments, or needed here
NEWEST = 469  # the highest number that is known here, the same on both; later calls are as if there were none
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


class Unavailable(Exception):
    """A layer that this machine does not have; the text says why."""


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def machine() -> tuple[int, int]:
    """The number of this processor's architecture and the place of its calls in `ASKED`; raises `Unavailable` for others."""
    if sys.platform != "linux" or platform.machine() not in ARCHITECTURES:
        raise Unavailable(
            f"only Linux on x86_64 or aarch64 has it, and this is {platform.system()} on {platform.machine()}"
        )
    return ARCHITECTURES[platform.machine()]


def number_of(call: str) -> int:
    """The number of a system call on this machine; raises `Unavailable` where it has none."""
    number = ASKED[call][machine()[0]]
    if number is None:
        raise Unavailable(f"there is no {call} on {platform.machine()}")
    return number


def call(number: int, *arguments: Any) -> int:
    """A system call by its number; raises `Unavailable` with the system's reason."""
    machine()
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = int(_library().syscall(ctypes.c_long(number), *given))
    if result < 0:
        raise Unavailable(f"the system says: {os.strerror(ctypes.get_errno())}")
    return result


def control(option: int, *arguments: Any) -> None:
    """`prctl` of the C library; raises `Unavailable` where the kernel refuses."""
    machine()
    given = [ctypes.c_ulong(int(each)) if isinstance(each, int) else each for each in arguments]
    given += [ctypes.c_ulong(0)] * (4 - len(given))
    if _library().prctl(ctypes.c_int(option), *given) != 0:
        raise Unavailable(f"the system says: {os.strerror(ctypes.get_errno())}")
