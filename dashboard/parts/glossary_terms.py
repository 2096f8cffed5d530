"""The terms of the dashboard, by group: what each means in one sentence, and where it can be seen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A term, its meaning in one sentence, the page where it is seen (`query` as in its address), and other spellings of it."""

    name: str
    meaning: str
    page: str
    query: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()


def _term(name: str, meaning: str, page: str, *also: str, **query: str) -> Term:
    return Term(name, meaning, page, tuple(query.items()), also)


TRAINING = (
    _term("Epoch", "One pass over all training examples.", "train", "epochs"),
    _term(
        "Batch",
        "The examples that a model learns from together in one step.",
        "train",
        "batch size",
        "batches",
    ),
    _term(
        "Loss", "The number that a training lowers: how wrong the model is on the examples it sees.", "runs", "losses"
    ),
    _term(
        "Gradient",
        "How the loss changes with each weight; training takes a step against it.",
        "learn",
        "gradients",
        "gradient norm",
        lesson="gan",
    ),
    _term(
        "Learning rate",
        "How large a step the weights take along the gradient.",
        "train",
    ),
    _term(
        "Held out",
        "Examples that no training sees, kept to tell learning from memorising.",
        "data",
        "held-out",
        "held-out loss",
    ),
    _term(
        "Overfitting",
        "The model gets better on training examples and worse on held-out ones.",
        "learn",
        "overfitted",
        lesson="risks",
    ),
    _term(
        "Checkpoint",
        "The weights of a model as they were at one moment, saved so that training can go on from there.",
        "train",
        "checkpoints",
    ),
    _term("Run", "One training with its settings, curves, samples and weights: a folder.", "runs", "runs"),
    _term(
        "Seed",
        "The number that decides all chance: the same seed and settings give the same result.",
        "prompt",
        "seeds",
    ),
    _term("Weights", "The numbers inside a model that training changes.", "train", "parameters"),
    _term("Nat", "A unit of surprise: about 1.44 bits.", "runs", "nats"),
    _term(
        "KL divergence",
        "How far one distribution is from another, in nats; a VAE pays it for each place that it uses.",
        "learn",
        "KL",
        lesson="vae",
    ),
    _term(
        "Warm-up",
        "The first steps of a training, in which the learning rate or a penalty grows slowly.",
        "train",
        "warmup",
    ),
)
MODELS = (
    _term(
        "GAN",
        "Generative adversarial network: one network draws, another tells its pictures from real ones, and both learn from that.",
        "learn",
        "generative adversarial network",
        lesson="gan",
    ),
    _term("Generator", "The network that makes samples out of noise.", "learn", lesson="gan"),
    _term("Discriminator", "The network of a GAN that tells real examples from made ones.", "learn", lesson="gan"),
    _term(
        "Mode collapse",
        "A generator makes a few kinds of samples and leaves the others out.",
        "learn",
        lesson="gan",
    ),
    _term(
        "VAE",
        "Variational autoencoder: it packs an example into a place in a latent space, with a spread, and draws it again from there.",
        "learn",
        "variational autoencoder",
        lesson="vae",
    ),
    _term(
        "Encoder",
        "The network that turns an example into numbers, such as its place in a latent space.",
        "learn",
        lesson="vae",
    ),
    _term("Decoder", "The network that turns a place in a latent space back into an example.", "learn", lesson="vae"),
    _term(
        "Latent space",
        "The space of the numbers that a model draws from: places close together give similar examples.",
        "latent",
        "latent",
    ),
    _term(
        "Posterior collapse",
        "A VAE ignores a part of its latent space, because its penalty costs more than it helps.",
        "latent",
        "active latent dimensions",
        "active units",
    ),
    _term(
        "Diffusion",
        "A model that draws by taking noise away step by step.",
        "learn",
        "diffusion model",
        "denoising",
        lesson="text-to-image",
    ),
    _term(
        "Guidance",
        "How strongly a diffusion model is pushed towards the prompt, away from what it would draw without one.",
        "prompt",
    ),
    _term(
        "Upscaler",
        "A network that enlarges a picture and adds plausible detail.",
        "learn",
        "upscaling",
        lesson="text-to-image",
    ),
    _term("CLIP", "A pair of networks that give a picture and its caption nearby vectors.", "data", "text encoder"),
    _term(
        "Transformer",
        "A model that writes token by token and looks back at all earlier tokens by attention.",
        "learn",
        lesson="transformer",
    ),
    _term(
        "Token",
        "A piece of text that a model reads at once: a word, a part of one, or a character.",
        "prompt",
        "tokens",
    ),
    _term("Vocabulary", "All tokens that a model knows.", "data"),
    _term(
        "Attention",
        "How much each earlier token counts when a Transformer computes the next one.",
        "learn",
        lesson="transformer",
    ),
    _term(
        "Temperature",
        "Divides the scores before a choice: below 1 plays safe, above 1 surprises more.",
        "learn",
        lesson="transformer",
    ),
    _term("Prompt", "What a model is asked for, in words, or the beginning that it goes on from.", "prompt", "prompts"),
    _term("Logit lens", "What a Transformer would write if it stopped after a layer.", "prompt", "lens"),
)
MEASURES = (
    _term(
        "Interval",
        "The range in which the true value lies in 95 of 100 such measurements.",
        "learn",
        "95 % interval",
        lesson="risks",
    ),
    _term("n", "How many examples an estimate is of.", "audit", "sample size"),
    _term(
        "Perplexity",
        "Among how many equally likely tokens a model hesitates; lower is better.",
        "runs",
        "held-out perplexity",
    ),
    _term(
        "Kernel distance",
        "How far samples are from held-out pictures, by features of both; 0 is as far as real pictures are from one another.",
        "runs",
        "KID",
    ),
    _term("Diversity", "How much samples differ, as a share of how much held-out pictures do.", "runs"),
    _term("Coverage", "How many held-out examples have a sample close by.", "runs"),
    _term("QED", "How like oral drugs a molecule is, 0 to 1.", "molecules"),
    _term("SMILES", "A molecule written as a line of text.", "molecules"),
    _term(
        "logP", "How much better a molecule dissolves in fat than in water, on a scale of powers of ten.", "molecules"
    ),
    _term("Tanimoto", "How alike two molecules are by the parts that they share, 0 to 1.", "molecules"),
)
AUDITS = (
    _term(
        "Audit",
        "A set of checks of a model or of what it made, each with a verdict and how often that is wrong.",
        "audit",
        "audits",
    ),
    _term(
        "Verdict",
        "Pass, warn, fail or not measured: an estimate with its interval beside a limit.",
        "audit",
        "verdicts",
        "not measured",
    ),
    _term("Limit", "What a policy accepts; beyond it a check fails.", "audit", "limits"),
    _term("Policy", "The limits and required checks that an audit is judged by.", "audit"),
    _term(
        "Error rates",
        "How often a check alarms where nothing is wrong, and how often it misses what is.",
        "learn",
        "error rate",
        lesson="risks",
    ),
    _term(
        "False alarm", "A check says that something is wrong where nothing is.", "learn", "false alarms", lesson="risks"
    ),
    _term("Bias", "A model makes one group more often, or worse, than the reference says.", "bias", "skew"),
    _term("Memorisation", "A model gives training examples back instead of new ones.", "memorisation", "near-copies"),
    _term(
        "Membership",
        "Whether one can tell from a model's loss that an example was in its training.",
        "memorisation",
        "membership inference",
    ),
    _term(
        "Detector",
        "A network that tells pictures of generators from others; it is wrong sometimes.",
        "learn",
        lesson="risks",
    ),
    _term("Watermark", "A faint pattern in what a model made, which a program finds again.", "verify"),
    _term(
        "Manifest",
        "A signed note inside a file that says what made it and whether it was changed.",
        "verify",
        "signed statement",
    ),
    _term("Ledger", "The list, on this machine, of what left it, by which a file is found again.", "verify"),
    _term("Deepfake", "A made picture, sound or film that is taken for a record of something real.", "deepfake"),
)
GROUPS: dict[str, tuple[Term, ...]] = {
    "Training": TRAINING,
    "Models": MODELS,
    "Measures": MEASURES,
    "Audits and marks": AUDITS,
}
