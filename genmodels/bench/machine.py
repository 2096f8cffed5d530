"""What a bench ran on: processor, instruction sets, cores, switches, packages and how busy the machine was."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
from pathlib import Path
from typing import Any

# Of the instruction sets of a processor, those that decide which kernels TensorFlow and PyTorch choose.
INSTRUCTION_SETS = (
    "avx",
    "fma",
    "avx2",
    "avx_vnni",
    "avx512f",
    "avx512_vnni",
    "avx512_bf16",
    "amx_bf16",
    "amx_int8",
    "asimd",
    "sve",
)
SWITCHES = ("TF_ENABLE_ONEDNN_OPTS",)  # set for every process of ours and for every peer that is TensorFlow
PACKAGES = ("tensorflow-cpu", "keras", "numpy")


def switches() -> dict[str, str]:
    """The switches as this process has them, which every side of a bench is given too."""
    return {name: os.environ.get(name, "") for name in SWITCHES}


def about(threads: int) -> dict[str, Any]:
    """Facts of this machine, now: `load` is the number of processes that wanted to run in the last minute."""
    described = _described()
    return {
        "processor": described or platform.processor() or platform.machine(),
        "instruction_sets": [name for name in INSTRUCTION_SETS if name in _flags()],
        "cores": os.cpu_count(),
        "threads_a_side": threads,
        "load": round(os.getloadavg()[0], 2),
        "switches": switches(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def told(facts: dict[str, Any]) -> str:
    """The same in one line."""
    named = ", ".join(f"{name}={value}" for name, value in facts["switches"].items())
    return (
        f"{facts['processor']} ({' '.join(facts['instruction_sets'])}), {facts['cores']} cores, {facts['threads_a_side']} threads a side, "
        f"load {facts['load']}; {named} for ours and for every TensorFlow peer"
    )


def _read(file: str) -> str:
    try:
        return Path(file).read_text(errors="replace")
    except OSError:  # not Linux
        return ""


def _described() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", _read("/proc/cpuinfo"), re.MULTILINE)
    return found[1].strip() if found else ""


def _flags() -> set[str]:
    found = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", _read("/proc/cpuinfo"), re.MULTILINE)
    return set(found[1].split()) if found else set()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
