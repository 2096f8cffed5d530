"""The verb that plans an audit: what somebody's model is to be asked, before any answer is seen."""

from __future__ import annotations

from genmodels.commands.verb import OUT, SEED, Arguments, answer, flag, path_of, several, verb
from genmodels.files import Unreadable, read_bytes
from genmodels.printable import printable
from genmodels.refusal import Refusal

MOST_BYTES = 1_000_000  # of a table of prompts


@verb(
    "plan",
    flag(
        "--prompts",
        type=path_of,
        required=True,
        metavar="FILE",
        help="a table with a column prompt, or a .txt with one in each line; {group} in it stands for each group",
    ),
    flag("--kind", default="image", metavar="image|text", help="what the model makes"),
    several("--audit"),
    flag("--policy", metavar="NAME|FILE", help="demo, internal, public, or a file of your own"),
    flag("--groups", default="", metavar="A,B", help="whom {group} stands for, such as woman,man"),
    SEED,
    OUT,
)
def plan(arguments: Arguments) -> int:
    """Write what to ask somebody's model, as often as the limits of a policy need; sealed before any answer is seen."""
    from genmodels.intake.prompts_table import read_prompts
    from genmodels.review.how_to_ask import WAYS
    from genmodels.review.planning import planned, write_plan
    from genmodels.review.policy import Policy

    if arguments.kind not in WAYS:
        raise Refusal(f"--kind is {printable(arguments.kind, 40)!r}; it must be {' or '.join(WAYS)}.")
    try:
        content = read_bytes(arguments.prompts, MOST_BYTES)
    except (Unreadable, FileNotFoundError) as reason:
        said = reason if isinstance(reason, Unreadable) else "is not there"
        raise Refusal(f"{printable(arguments.prompts.name)} {said}; name a table of prompts.") from None
    prompts = read_prompts(content, arguments.prompts.name).prompts
    groups = tuple(dict.fromkeys(part.strip() for part in arguments.groups.split(",") if part.strip()))
    policy = Policy.of(arguments.policy) if arguments.policy else None
    made = planned(arguments.kind, arguments.audit, prompts, policy=policy, groups=groups, seed=arguments.seed)
    files = write_plan(made, arguments.out)
    document = {
        "plan": str(arguments.out),
        "seal": made.seal,
        "questions": len(made.questions),
        "needs": dict(made.needs),
        "files": [str(file) for file in files],
    }
    needs = ", ".join(f"{name} {n:,}" for name, n in made.needs.items())
    said = f"{len(made.questions):,} questions in {arguments.out} (needed: {needs}); HOW.md says how to ask them. Seal {made.seal[:16]}."
    answer(arguments, document, said)
    return 0
