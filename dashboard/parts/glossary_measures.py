"""The terms of the glossary that name measures."""

from __future__ import annotations

from dashboard.parts.glossary_term import term

MEASURES = (
    term(
        "Interval",
        "The range in which the true value lies in 95 of 100 such measurements.",
        "learn",
        "95 % interval",
        lesson="risks",
    ),
    term("n", "How many examples an estimate is of.", "audit", "sample size"),
    term(
        "Perplexity",
        "Among how many equally likely tokens a model hesitates; lower is better.",
        "runs",
        "held-out perplexity",
    ),
    term(
        "Kernel distance",
        "How far samples are from held-out pictures, by features of both; 0 is as far as real pictures are from one another.",
        "runs",
        "KID",
    ),
    term("Diversity", "How much samples differ, as a share of how much held-out pictures do.", "runs"),
    term("Coverage", "How many held-out examples have a sample close by.", "runs"),
    term(
        "Fréchet distance",
        "How far features of samples and of held-out examples are apart, by mean and spread; lower is better.",
        "runs",
        "FID",
        "FCD",
    ),
    term(
        "Evidence lower bound",
        "What a VAE raises: the log probability of an example is not below it.",
        "runs",
        "ELBO",
        "held-out bound",
    ),
    term("PSNR", "How near an enlarged picture is to the real one, in decibels; higher is better.", "runs"),
    term("R-precision", "How often a picture is nearer to its own caption than to others.", "runs"),
    term(
        "AUC",
        "How often the right one of two examples gets the higher score: 0.5 is chance, 1 is always.",
        "memorisation",
    ),
    term(
        "Sliced Wasserstein distance",
        "How far points must move, on average over directions, to lie as other points do.",
        "learn",
        lesson="gan",
    ),
    term(
        "Jensen-Shannon divergence",
        "How unlike two distributions are: 0 for equal ones, 0.69 nats for nothing in common.",
        "learn",
        lesson="gan",
    ),
    term("SA score", "How hard a molecule is to make, from 1 (easy) to 10 (hard).", "molecules", "SA"),
    term("Scaffold", "The rings of a molecule and what joins them.", "molecules", "scaffolds"),
    term("QED", "How like oral drugs a molecule is, 0 to 1.", "molecules"),
    term("SMILES", "A molecule written as a line of text.", "molecules"),
    term("SELFIES", "A molecule written in symbols of which every row is a molecule.", "molecules"),
    term(
        "logP", "How much better a molecule dissolves in fat than in water, on a scale of powers of ten.", "molecules"
    ),
    term("Tanimoto", "How alike two molecules are by the parts that they share, 0 to 1.", "molecules"),
)
