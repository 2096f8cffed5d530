"""The lesson on GANs: a player in the plane that learns in the browser, and the same over the epochs of a trained run."""
