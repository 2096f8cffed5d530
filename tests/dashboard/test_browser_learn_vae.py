"""The lesson on VAEs in a real browser: what its script computes is what the model computes."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Browser

from dashboard.learn import vae
from genmodels.data.sets.digits import Digits
from genmodels.measuring.latent_plane import posterior
from genmodels.trained.opening import open_model
from tests.dashboard.test_browser import browser  # noqa: F401  (a fixture)

COMPUTED = """([script, layers, images, places]) => {
    const network = new Function(script + '; return network')(), encoder = network(layers.encoder), decoder = network(layers.decoder);
    return [images.map((image) => Array.from(encoder(image.map((grey) => 2 * grey / 255 - 1)))),
        places.map((place) => Array.from(decoder(place), (each) => Math.round(255 * each)))];
}"""


@pytest.mark.parametrize("beta", vae.RUNS)
def test_the_browser_computes_what_the_model_does(browser: Browser, beta: int) -> None:  # noqa: F811
    model, images = open_model(vae.run(beta)), Digits().load().test.images[:20]
    places = np.random.default_rng(1).normal(size=(20, 2)) * 3
    script = (vae.Path(vae.__file__).parent / "network.js").read_text()
    page = browser.new_page()
    asked = [script, vae.layers(vae.run(beta)), images.reshape(20, -1).tolist(), places.tolist()]
    codes, pictures = (np.array(each) for each in page.evaluate(COMPUTED, asked))
    page.close()
    mean, spread = posterior(model, images)
    assert np.abs(codes[:, :2] - mean).max() < 1e-4 and np.abs(codes[:, 2:] / 2 - np.log(spread)).max() < 1e-4
    assert np.abs(pictures - model.decode(places).reshape(20, -1).astype(int)).max() <= 1
