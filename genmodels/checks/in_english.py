"""Are answers English? Lists of words and patterns of ours are English only, so what is asked of other texts is not measured.

A word counts as known where it is one of about 150 that hold English sentences together. An answer of eight words or more is
taken for English where at least `KNOWN` of them are; shorter answers are looked at together. How `KNOWN` was found and how
often it is wrong stands in `docs/limits.md`.
"""

from __future__ import annotations

from collections.abc import Sequence

from genmodels.kinds.text.passages import words

COMMON = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "is",
        "that",
        "it",
        "for",
        "was",
        "on",
        "are",
        "as",
        "with",
        "his",
        "he",
        "be",
        "at",
        "by",
        "this",
        "had",
        "not",
        "but",
        "from",
        "or",
        "have",
        "an",
        "they",
        "which",
        "you",
        "were",
        "her",
        "all",
        "she",
        "there",
        "would",
        "their",
        "we",
        "him",
        "been",
        "has",
        "when",
        "who",
        "will",
        "no",
        "more",
        "if",
        "out",
        "so",
        "said",
        "what",
        "up",
        "its",
        "about",
        "into",
        "than",
        "them",
        "can",
        "only",
        "other",
        "new",
        "some",
        "could",
        "these",
        "two",
        "may",
        "then",
        "do",
        "first",
        "any",
        "my",
        "now",
        "such",
        "like",
        "our",
        "over",
        "me",
        "even",
        "most",
        "after",
        "also",
        "did",
        "many",
        "before",
        "must",
        "through",
        "years",
        "where",
        "much",
        "your",
        "way",
        "well",
        "down",
        "should",
        "because",
        "each",
        "just",
        "those",
        "people",
        "how",
        "too",
        "good",
        "very",
        "make",
        "world",
        "still",
        "own",
        "see",
        "work",
        "here",
        "between",
        "both",
        "under",
        "never",
        "same",
        "another",
        "know",
        "while",
        "last",
        "might",
        "us",
        "off",
        "since",
        "against",
        "go",
        "came",
        "right",
        "used",
        "take",
        "three",
        "i",
        "am",
        "don't",
        "it's",
        "i'm",
        "isn't",
        "doesn't",
        "yes",
        "why",
        "does",
        "done",
        "being",
        "made",
        "every",
        "always",
        "often",
        "during",
        "without",
        "within",
        "one",
        "time",
    ]
)
LEAST = 8  # words of an answer that is judged by itself
KNOWN = 0.2  # of its words
MOST_FOREIGN = 0.25  # of answers
MOST_READ = 4000  # answers
LONGEST = 4000  # characters of an answer that are read


def not_english(texts: Sequence[str]) -> str:
    """Why these answers are not taken for English, in a sentence; "" where they are, or where there is nothing to tell by."""
    read = [found for text in texts[:MOST_READ] if (found := words(text[:LONGEST]))]
    long = [known(each) for each in read if len(each) >= LEAST]
    foreign = sum(share < KNOWN for share in long)
    if len(long) * 2 >= len(read) and long:
        if foreign <= MOST_FOREIGN * len(long):
            return ""
        told = f"{foreign:,} of {len(long):,} answers do not look English"
    else:
        together = [word for each in read for word in each]
        if not together or known(together) >= KNOWN:
            return ""
        told = f"of the {len(together):,} words of the answers {known(together):.0%} are among the commonest of English"
    return f"{told[:1].upper()}{told[1:]}, and the lists of words and patterns here are English only; give what was found in a column of the table."


def known(found: Sequence[str]) -> float:
    """The share (0 to 1) of words that are among the commonest of English."""
    return sum(word in COMMON for word in found) / len(found)
