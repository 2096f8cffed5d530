"""The one exception that a user sees: a sentence saying what was wrong, the value, and what to do."""


class Refusal(ValueError):
    """Bad input, answered with one sentence. Nothing was written when it is raised."""


class UnknownName(Refusal, KeyError):
    """A name that a registry does not hold."""

    __str__ = Exception.__str__  # KeyError would put the sentence in quotes
