"""What a program that a model wrote may read: the standard library of Python, and the shared libraries of the system."""

from __future__ import annotations

import json
import sysconfig
from pathlib import Path

INSTALLED = ("site-packages", "dist-packages")
LIBRARIES = (str(sysconfig.get_config_var("MULTIARCH")), "locale")  # folders in folders of shared libraries


def standard_library() -> list[Path]:
    """The folders of Python's standard library; what was installed beside it lies in them too."""
    names = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), str(Path(json.__file__).parent.parent)}
    return sorted(folder for name in names if (folder := Path(name)).is_dir() and (folder / "os.py").exists())


def readable() -> list[str]:
    """What a program may read: the standard library, and the shared libraries of the system. Nothing that was installed
    beside them, which could be this project with its answers."""
    found = {str(each) for folder in standard_library() for each in folder.iterdir() if each.name not in INSTALLED}
    places = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", str(sysconfig.get_config_var("LIBDIR")))
    for folder in {Path(place).resolve() for place in places}:
        if folder.is_dir():
            found |= {str(each) for each in folder.iterdir() if ".so" in each.name or each.name in LIBRARIES}
    return sorted(found | {"/etc/localtime", "/dev/urandom"})
