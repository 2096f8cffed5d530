"""What every model family promises. A new one is held to this by being registered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from genmodels.commands.sample_clips import filmed_files
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.decoding import Decoding
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.trained.opening import open_model
from genmodels.trained.roles import to_sample
from tests.conftest import TINY

FALLING = {"vae": "loss", "gan": "kernel_distance", "transformer": "held_out_loss", "clip": "loss", "diffusion": "held_out_loss", "upscaler": "held_out_loss", "reader": "held_out_loss", "sequence-vae": "held_out_loss", "video-diffusion": "held_out_loss", "latent-video": "held_out_reconstruction"}  # what must fall while each model learns
PICTURES = sorted(name for name, recipe in MODELS.items() if "image" in recipe.kinds and recipe.decodes)
PROMPTED = sorted(name for name, recipe in MODELS.items() if recipe.captioned and recipe.draws and "image" in recipe.kinds)
READERS = sorted(name for name, recipe in MODELS.items() if not recipe.draws)
LATENT_MOLECULES = sorted(name for name, recipe in MODELS.items() if recipe.role == "latent molecules")
CLIPS = sorted(name for name, recipe in MODELS.items() if recipe.role == "clips")
TEXTS = sorted(name for name, recipe in MODELS.items() if "text" in recipe.kinds)

each_model = pytest.mark.parametrize("name", sorted(MODELS))
each_of_pictures = pytest.mark.parametrize("name", PICTURES)
each_prompted = pytest.mark.parametrize("name", PROMPTED)
each_reader = pytest.mark.parametrize("name", READERS)
each_of_latent_molecules = pytest.mark.parametrize("name", LATENT_MOLECULES)
each_of_clips = pytest.mark.parametrize("name", CLIPS)
each_of_texts = pytest.mark.parametrize("name", TEXTS)


def test_every_model_learns_some_kind_and_what_it_can_not_learn_is_refused() -> None:
    from genmodels.training.loading import load_for

    assert {*PICTURES, *PROMPTED, *READERS, *TEXTS, *LATENT_MOLECULES, *CLIPS} == set(MODELS)
    for name, data in ((PICTURES[0], "occupations"), (TEXTS[0], "digits")):
        with pytest.raises(Refusal, match=f"{data} is .*; for this data choose: "):
            load_for(Experiment.from_dict({"model": name, "data": data}))


@each_model
def test_every_knob_has_help_and_a_default_that_it_accepts(name: str) -> None:
    for knob in MODELS[name].knobs():
        assert len(knob.help) > 10, knob.name
        assert knob.check(knob.default) == knob.default


@each_model
def test_an_experiment_survives_json(name: str) -> None:
    experiment = Experiment.from_dict({"model": name, "recipe": TINY[name], "seed": 5})
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert json.loads(experiment.to_json())["recipe"]["width"] == TINY[name]["width"]


@each_model
def test_it_learns(name: str, trained) -> None:
    column = Run(trained(name)).history[FALLING[name]].dropna()
    quarter = max(1, len(column) // 4)
    assert column[-quarter:].mean() < column[:quarter].mean()


@each_of_texts
def test_the_same_seed_gives_the_same_text_whatever_the_number(name: str, trained) -> None:
    generator = open_model(Run(trained(name)))
    texts = generator.sample(6, seed=3)
    assert all(isinstance(text, str) for text in texts) and len(set(texts)) > 1
    assert texts.tolist() == generator.sample(6, seed=3).tolist()
    assert texts[:2].tolist() == generator.sample(2, seed=3).tolist() != generator.sample(2, seed=4).tolist()
    assert all(text.startswith("the ") for text in generator.sample(2, seed=1, given=["the "]))


@each_of_texts
def test_a_text_has_a_likelihood_that_is_better_than_chance_on_held_out_text(name: str, trained) -> None:
    run = Run(trained(name))
    text = run.experiment.make_source().load().test.documents[0]
    nats, tokens, _ = open_model(run).log_likelihood(text)
    assert -nats / tokens < 0.8 * np.log(len(run.spec.vocabulary))


@each_of_texts
def test_what_it_wrote_after_each_epoch_is_kept_with_seed_and_settings(name: str, trained) -> None:
    run = Run(trained(name))
    assert sorted(run.samples) == [1, 2, 3, 4]
    last = json.loads(run.samples[4].read_text())
    assert len(last) == 4 and last != json.loads(run.samples[1].read_text())
    for each in last:
        assert each["made_by"] and each["decoding"]["temperature"] > 0 and isinstance(each["seed"], int)
        assert open_model(run).sample(1, seed=each["seed"], given=[each["prompt"]])[0].startswith(each["prompt"] + each["text"][:20])


@each_of_pictures
def test_the_same_seed_gives_the_same_sample_whatever_the_number(name: str, trained) -> None:
    generator = open_model(Run(trained(name)))
    samples = generator.sample(70, seed=3)
    assert samples.dtype == np.uint8 and samples.shape == (70, 8, 8, 1)
    assert np.array_equal(samples, generator.sample(70, seed=3))
    assert np.array_equal(samples[:5], generator.sample(5, seed=3))
    assert not np.array_equal(samples, generator.sample(70, seed=4))


@each_of_pictures
def test_saved_and_loaded_it_draws_the_same(name: str, trained) -> None:
    run = Run(trained(name))
    assert np.array_equal(open_model(run).sample(9, seed=1), open_model(run).sample(9, seed=1))


@each_prompted
def test_a_prompt_and_a_seed_give_one_picture_whatever_is_drawn_beside_it(name: str, trained) -> None:
    generator, prompts = open_model(Run(trained(name))), ["arrow left", "circle", "user", "house", "circle", "arrow up"]
    pictures = generator.sample(6, seed=5, given=prompts)
    assert pictures.dtype == np.uint8 and pictures.shape == (6, *generator.spec.shape)
    assert np.array_equal(pictures, generator.sample(6, seed=5, given=prompts))
    assert np.array_equal(pictures[4:5], generator.sample(1, seed=9, given=["circle"]))
    assert not np.array_equal(pictures[4:5], generator.sample(1, seed=10, given=["circle"]))
    assert not np.array_equal(pictures[4:5], generator.sample(1, seed=9, given=["user"]))


@each_prompted
def test_its_text_encoder_is_taken_over_and_stays_as_it_was(name: str, trained) -> None:
    from genmodels.trained.opening import newest_weights
    from genmodels.training.loading import encoder_run

    run = Run(trained(name))
    before = {key: array for key, array in newest_weights(encoder_run("clip")).items() if key.startswith("text.")}
    after = newest_weights(run)
    assert before and all(np.array_equal(array, after[key]) for key, array in before.items())
    assert run.facts["words"]["arrow"] > 1


@each_reader
def test_what_reads_pictures_draws_none_and_says_so(name: str, trained) -> None:
    with pytest.raises(Refusal, match="draws none"):
        to_sample(open_model(Run(trained(name))))


@each_of_pictures
def test_it_takes_every_size_that_the_data_sets_have(name: str) -> None:
    from genmodels.networks.learner import Learner

    recipe = MODELS[name].from_dict(TINY[name])
    for shape in ((8, 8, 1), (28, 28, 1), (32, 32, 3), (64, 64, 3)):
        learner = Learner(recipe, Spec("image", shape), seed=1)
        images = np.random.default_rng(0).integers(0, 256, (4, *shape), dtype="uint8")
        assert all(np.isfinite(value) for value in learner.step(images).values())


@each_of_pictures
def test_told_a_label_it_draws_that_label(name: str, trained) -> None:
    run = Run(trained(name, recipe=TINY[name] | {"conditional": True}))
    generator = open_model(run)
    zeros, ones = generator.sample(8, seed=1, given=["0"]), generator.sample(8, seed=1, given=[1])
    assert zeros.shape == ones.shape and not np.array_equal(zeros, ones)
    with pytest.raises(Refusal, match="No label is called 'seventeen'"):
        generator.sample(1, seed=1, given=["seventeen"])


@each_model
def test_weights_of_another_architecture_are_refused(name: str, trained, tmp_path: Path) -> None:
    run = Run(Path(shutil.copytree(trained(name), tmp_path / "copy")))
    document = json.loads((run.path / "experiment.json").read_text())
    document["experiment"]["recipe"]["width"] *= 2
    (run.path / "experiment.json").write_text(json.dumps(document))
    with pytest.raises(Refusal, match="weights of another architecture"):
        open_model(run)


@each_of_pictures
def test_two_latents_that_are_equal_decode_equal_and_encoding_brings_back_the_picture(name: str, trained) -> None:
    generator = open_model(Run(trained(name)))
    latents = generator.latents(3, seed=8)
    pictures = generator.decode(latents)
    again = generator.decode(generator.encode(pictures))
    difference = np.abs(pictures.astype(float) - again).mean()
    other = np.abs(pictures.astype(float) - np.roll(pictures, 1, axis=0)).mean()
    assert difference < other


@each_of_latent_molecules
def test_a_place_and_a_seed_give_one_molecule_and_encoding_finds_places_of_its_own(name: str, trained) -> None:
    run = Run(trained(name))
    model = open_model(run)
    made = model.sample(6, seed=3, decoding=(drawn := Decoding(length=48, temperature=1.0, watermark="none")))
    assert made.tolist() == model.sample(300, seed=3, decoding=drawn)[:6].tolist() != model.sample(6, seed=4, decoding=drawn).tolist()
    assert all(each.startswith("CC") for each in model.sample(2, seed=3, given=["CC"]))
    with pytest.raises(Refusal, match="beams is 3"):
        model.sample(1, seed=3, decoding=Decoding(beams=3))
    assert model.decode(model.latents(6, seed=3), seed=3, temperature=1.0).tolist() == made.tolist()
    places = model.encode(["CCO", "OCC", "c1ccccc1"])
    assert places.shape == (3, 4) and np.array_equal(places[0], places[1]) and not np.array_equal(places[0], places[2])
    with pytest.raises(Refusal, match="'nonsense' is no molecule"):
        model.encode(["nonsense"])
    with pytest.raises(Refusal, match="60 tokens long; this model reads at most 47"):
        model.encode(["C" * 60])
    held_out = run.experiment.make_source().load().test
    losses = model.losses(held_out, np.arange(20))
    assert losses.shape == (20,) and 0 < losses.mean() < 48 * np.log(len(run.spec.vocabulary))


@each_of_clips
def test_a_prompt_and_a_seed_give_one_clip_and_given_frames_stay(name: str, trained) -> None:
    run = Run(trained(name))
    filmer, prompts = open_model(run), ["a red car moving left slowly", "a green frog moving up quickly"]
    clips = filmer.sample(2, seed=5, given=prompts)
    assert clips.dtype == np.uint8 and clips.shape == (2, *run.spec.shape)
    assert np.array_equal(clips[1], filmer.sample(1, seed=6, given=prompts[1:])[0])
    assert not np.array_equal(clips[1], filmer.sample(1, seed=7, given=prompts[1:])[0])
    given, known = run.experiment.make_source().load().test.images[0], np.arange(run.spec.shape[0]) < 3
    made = filmer.filmed(prompts[0], seed=5, clip=given, known=known)
    assert np.array_equal(made[known], given[known]) and not np.array_equal(made[~known], clips[0][~known])
    for clip, some, said in ((given, ~known & known, "known"), (given, None, "give both"), (given[:3], known, "this model films")):
        with pytest.raises(Refusal, match=said):
            filmer.filmed("", seed=1, clip=clip, known=some)
    files, said = filmed_files(run, ["a red car zzz"], seed=1, epoch=None, settings={"steps": "2"})
    assert set(files[0]) == {".mp4", ".gif", "-strip.png"} and len(said) == 1 and said[0].endswith("trained on: zzz.")
    for prompt, negative in (("zzz qqq", ""), (prompts[0], "zzz qqq")):
        with pytest.raises(Refusal, match="knows none of the words"):
            filmer.filmed(prompt, seed=1, drawing=Drawing(negative=negative))
