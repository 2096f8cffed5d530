"""The terms of the dashboard, by group: what each means in one sentence, and where it can be seen."""

from __future__ import annotations

from dashboard.parts.glossary_measures import MEASURES
from dashboard.parts.glossary_term import Term, term

PAINTER, WRITER = (
    "diffusion-openmoji",
    "transformer-docs",
)  # the models of the gallery on which terms of Prompt are seen

TRAINING = (
    term("Epoch", "One pass over all training examples.", "train", "epochs"),
    term("Batch", "The examples that a model learns from together in one step.", "train", "batch size", "batches"),
    term(
        "Loss", "The number that a training lowers: how wrong the model is on the examples it sees.", "runs", "losses"
    ),
    term(
        "Gradient",
        "How the loss changes with each weight; training takes a step against it.",
        "learn",
        "gradients",
        "gradient norm",
        lesson="gan",
    ),
    term("Learning rate", "How large a step the weights take along the gradient.", "train"),
    term(
        "Held out",
        "Examples that no training sees, kept to tell learning from memorising.",
        "data",
        "held-out",
        "held-out loss",
    ),
    term(
        "Split",
        "The part of the data to train on, or the part held out; an example is in one of them only.",
        "data",
        "splits",
        "training split",
    ),
    term(
        "Digest",
        "A number that changes when any byte of a file does, by which one tells that data are the same.",
        "data",
        "SHA-256",
        "hash",
    ),
    term(
        "Overfitting",
        "The model gets better on training examples and worse on held-out ones.",
        "learn",
        "overfitted",
        lesson="risks",
    ),
    term(
        "Checkpoint",
        "The weights of a model as they were at one moment, saved so that training can go on from there.",
        "train",
        "checkpoints",
    ),
    term("Run", "One training with its settings, curves, samples and weights: a folder.", "runs", "runs"),
    term(
        "Seed",
        "The number that decides all chance: the same seed and settings give the same result.",
        "prompt",
        "seeds",
    ),
    term("Weights", "The numbers inside a model that training changes.", "train", "parameters"),
    term("Nat", "A unit of surprise: about 1.44 bits.", "runs", "nats"),
    term(
        "KL divergence",
        "How far one distribution is from another, in nats; a VAE pays it for each place that it uses.",
        "learn",
        "KL",
        lesson="vae",
    ),
    term(
        "Warm-up",
        "The first steps of a training, in which the learning rate or a penalty grows slowly.",
        "train",
        "warmup",
    ),
)
MODELS = (
    term(
        "GAN",
        "Generative adversarial network: one network draws, another tells its pictures from real ones, and both learn from that.",
        "learn",
        "generative adversarial network",
        lesson="gan",
    ),
    term("Generator", "The network that makes samples out of noise.", "learn", lesson="gan"),
    term("Discriminator", "The network of a GAN that tells real examples from made ones.", "learn", lesson="gan"),
    term("Mode collapse", "A generator makes a few kinds of samples and leaves the others out.", "learn", lesson="gan"),
    term(
        "VAE",
        "Variational autoencoder: it packs an example into a place in a latent space, with a spread, and draws it again from there.",
        "learn",
        "variational autoencoder",
        lesson="vae",
    ),
    term(
        "Encoder",
        "The network that turns an example into numbers, such as its place in a latent space.",
        "learn",
        lesson="vae",
    ),
    term("Decoder", "The network that turns a place in a latent space back into an example.", "learn", lesson="vae"),
    term(
        "Latent space",
        "The space of the numbers that a model draws from: places close together give similar examples.",
        "latent",
        "latent",
    ),
    term(
        "Prior",
        "The distribution that the codes of a latent space should have, and that new examples are drawn from.",
        "latent",
    ),
    term(
        "Posterior collapse",
        "A VAE ignores a part of its latent space, because its penalty costs more than it helps.",
        "latent",
        "active latent dimensions",
        "active units",
    ),
    term(
        "Diffusion",
        "A model that draws by taking noise away step by step.",
        "learn",
        "diffusion model",
        "denoising",
        lesson="text-to-image",
    ),
    term(
        "Guidance",
        "How strongly a diffusion model is pushed towards the prompt, away from what it would draw without one.",
        "prompt",
        run=PAINTER,
    ),
    term(
        "Upscaler",
        "A network that enlarges a picture and adds plausible detail.",
        "learn",
        "upscaling",
        lesson="text-to-image",
    ),
    term("CLIP", "A pair of networks that give a picture and its caption nearby vectors.", "data", "text encoder"),
    term(
        "Transformer",
        "A model that writes token by token and looks back at all earlier tokens by attention.",
        "learn",
        lesson="transformer",
    ),
    term(
        "Token",
        "A piece of text that a model reads at once: a word, a part of one, or a character.",
        "prompt",
        "tokens",
        run=WRITER,
    ),
    term("Vocabulary", "All tokens that a model knows.", "data"),
    term(
        "Attention",
        "How much each earlier token counts when a Transformer computes the next one.",
        "learn",
        lesson="transformer",
    ),
    term(
        "Temperature",
        "Divides the scores before a choice: below 1 plays safe, above 1 surprises more.",
        "learn",
        lesson="transformer",
    ),
    term("Prompt", "What a model is asked for, in words, or the beginning that it goes on from.", "prompt", "prompts"),
    term("Logit lens", "What a Transformer would write if it stopped after a layer.", "prompt", "lens", run=WRITER),
    term(
        "Top-p",
        "Only the most probable tokens are drawn from: as few as have this probability together.",
        "prompt",
        "nucleus",
        run=WRITER,
    ),
)
AUDITS = (
    term(
        "Audit",
        "A set of checks of a model or of what it made, each with a verdict and how often that is wrong.",
        "audit",
        "audits",
    ),
    term(
        "Verdict",
        "Pass, warn, fail or not measured: an estimate with its interval beside a limit.",
        "audit",
        "verdicts",
        "not measured",
    ),
    term("Limit", "What a policy accepts; beyond it a check fails.", "audit", "limits"),
    term("Policy", "The limits and required checks that an audit is judged by.", "audit"),
    term(
        "Error rates",
        "How often a check alarms where nothing is wrong, and how often it misses what is.",
        "learn",
        "error rate",
        lesson="risks",
    ),
    term(
        "False alarm", "A check says that something is wrong where nothing is.", "learn", "false alarms", lesson="risks"
    ),
    term("Bias", "A model makes one group more often, or worse, than the reference says.", "bias", "skew"),
    term("Memorisation", "A model gives training examples back instead of new ones.", "memorisation", "near-copies"),
    term(
        "Membership",
        "Whether one can tell from a model's loss that an example was in its training.",
        "memorisation",
        "membership inference",
    ),
    term(
        "Detector",
        "A network that tells pictures of generators from others; it is wrong sometimes.",
        "learn",
        lesson="risks",
    ),
    term("Watermark", "A faint pattern in what a model made, which a program finds again.", "verify"),
    term(
        "Manifest",
        "A signed note inside a file that says what made it and whether it was changed.",
        "verify",
        "signed statement",
    ),
    term("Ledger", "The list, on this machine, of what left it, by which a file is found again.", "verify"),
    term("Deepfake", "A made picture, sound or film that is taken for a record of something real.", "deepfake"),
)
GROUPS: dict[str, tuple[Term, ...]] = {
    "Training": TRAINING,
    "Models": MODELS,
    "Measures": MEASURES,
    "Audits and marks": AUDITS,
}
