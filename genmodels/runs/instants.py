"""Moments: kept as seconds since 1970, shown in the zone of who looks, and never without saying which."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone(name: str | None) -> tzinfo | None:
    """The zone of that name (IANA, such as Europe/Berlin); None, that of this machine, where it is not known."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def iso(seconds: float, where: tzinfo | None = None) -> str:
    """ISO 8601 with its offset, such as 2026-11-26T07:59:31+01:00; "" for 0, which is not known."""
    return _local(seconds, where).isoformat(timespec="seconds") if seconds else ""


def shown(seconds: float, where: tzinfo | None = None) -> str:
    """For people: 2026-11-26 07:59 CET, or +05:30 where the zone has no letters; "" for 0."""
    if not seconds:
        return ""
    local = _local(seconds, where)
    name = local.tzname() or ""
    return f"{local:%Y-%m-%d %H:%M} {name if name.isalpha() else local.isoformat()[-6:]}"


def zone_name(where: tzinfo | None) -> str:
    """What a heading calls a zone: Europe/Berlin, or the letters of this machine's own."""
    return str(where) if where else datetime.now().astimezone().tzname() or "local"


def _local(seconds: float, where: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(where)
