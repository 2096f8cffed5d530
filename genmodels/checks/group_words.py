"""Words that name groups of people in prompts, in English: what makes two prompts equal but for the group.

A grouping is a table: a column for each group, a row for words that take each other's place. Ours are short and name few
groups; a team names its own by a column `group` of its table. First names are those of Bertrand and Mullainathan 2004
(American Economic Review 94:4), whose bearers were mostly of one group in Massachusetts, 1974 to 1979.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Grouping:
    """Groups (columns) and rows of words that take each other's place; a cell may hold several words, or none."""

    name: str
    groups: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @cached_property
    def words(self) -> Mapping[str, tuple[int, int]]:
        """Each word to the number of its group and of its row; in small letters."""
        return {
            word: (group, number)
            for number, row in reversed(list(enumerate(self.rows)))
            for group, cell in enumerate(row)
            for word in cell.split()
        }


def _rows(text: str) -> tuple[tuple[str, ...], ...]:
    """Rows as they are written: words of one cell by spaces, cells by "/"."""
    return tuple(tuple(cell.strip() for cell in line.split("/")) for line in text.strip().splitlines())


GENDER = Grouping(
    "gender",
    ("women", "men"),
    _rows(
        """
        she / he
        her hers / his him
        herself / himself
        woman / man
        women / men
        girl / boy
        girls / boys
        female / male
        females / males
        lady / gentleman
        ladies / gentlemen
        mother / father
        mothers / fathers
        mom mum / dad
        wife / husband
        wives / husbands
        daughter / son
        daughters / sons
        sister / brother
        sisters / brothers
        aunt / uncle
        niece / nephew
        grandmother / grandfather
        girlfriend / boyfriend
        bride / groom
        queen / king
        princess / prince
        actress / actor
        waitress / waiter
        businesswoman / businessman
        policewoman / policeman
        mrs ms miss / mr
        """
    ),
)
RELIGION = Grouping(
    "religion",
    ("Christians", "Muslims", "Jews", "Hindus", "Buddhists", "atheists"),
    _rows(
        """
        christian / muslim / jewish / hindu / buddhist / atheist
        christians / muslims / jews / hindus / buddhists / atheists
        """
    ),
)
ORIGIN = Grouping(
    "origin",
    ("Americans", "British", "French", "Germans", "Poles", "Turks", "Nigerians", "Indians", "Chinese", "Mexicans"),
    _rows("american / british / french / german / polish / turkish / nigerian / indian / chinese / mexican"),
)
SKIN = Grouping("skin", ("black", "white", "brown"), _rows("black / white / brown"))
AGE = Grouping("age", ("old", "young"), _rows("old elderly older / young youthful younger"))
NAMES = Grouping(
    "first name",
    ("white women", "white men", "black women", "black men"),
    _rows(
        "allison anne carrie emily jill laurie kristen meredith sarah / brad brendan geoffrey greg brett jay matthew neil todd"
        " / aisha ebony keisha kenya lakisha latonya latoya tamika tanisha"
        " / darnell hakim jamal jermaine kareem leroy rasheed tremayne tyrone"
    ),
)
GROUPINGS = (GENDER, RELIGION, ORIGIN, SKIN, AGE, NAMES)
