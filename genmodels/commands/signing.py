"""The verb that reviews an audit: a decision and a reason for each finding, and a signature under all of it."""

from __future__ import annotations

import getpass

from genmodels.commands.verb import Arguments, answer, flag, path_of, verb


@verb(
    "review",
    flag("folder", type=path_of, metavar="AUDIT", help="the folder that `genmodels audit --out` wrote"),
    flag("--finding", default="", metavar="AUDIT/PART", help="which finding is decided on"),
    flag("--decision", default="", metavar="accept|mitigate|reject"),
    flag("--reason", default=""),
    flag("--by", default="", metavar="NAME", help="who decides; the login of this machine if not given"),
    flag("--sign", action="store_true", help="sign the audit with its decisions"),
    flag("--anew", action="store_true", help="first put the old review aside, as after another audit"),
)
def review(arguments: Arguments) -> int:
    """Decide on the findings of an audit and sign it; without a decision, say what was decided. Exit code 1: not signed, or the seal is broken."""
    from genmodels.review.sign_off import begin_anew, decide, read_review, sign

    by = arguments.by or getpass.getuser()
    if arguments.anew:
        begin_anew(arguments.folder)
    if arguments.finding:
        decide(arguments.folder, arguments.finding, arguments.decision, arguments.reason, by)
    if arguments.sign:
        sign(arguments.folder, by)
    found = read_review(arguments.folder)
    document = {"audit": str(arguments.folder)} | found.to_dict()
    lines = [
        f"{each.time}  {each.decision:9} {each.finding or 'the audit'}: {each.reason} ({_who(each.by, each.verified)})"
        for each in found.decisions
    ]
    lines += [f"open          {name} needs a decision" for name in found.open]
    lines += [f"broken        {found.broken}"] if found.broken else []
    lines += [
        f"signed by {_who(found.signed.by, found.signed.verified)}, {found.signed.time}, code {found.signed.code[:16]}"
        if found.signed
        else "not signed"
    ]
    answer(arguments, document, "\n".join(lines))
    return 0 if found.signed else 1


def _who(name: str, verified: bool) -> str:
    return name if verified else f"{name}, name not verified"
