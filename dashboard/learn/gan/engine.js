// The mathematics of a small GAN in the plane: seeded random numbers, dense networks with their backward pass, Adam, and one step of each player.
// Points stand one after the other in typed arrays: x0, y0, x1, y1, ... All in 64 bits, so that a step can be checked against other programs.

// mulberry32: its whole state is one number, so that a moment can be kept and gone back to.
function randomNumbers(seed) {
  return {
    state: seed >>> 0,
    uniform() {
      this.state = (this.state + 0x6d2b79f5) >>> 0;
      let t = this.state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    },
    normal() {
      const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
      return radius * Math.cos(2 * Math.PI * this.uniform());
    },
  };
}

// A dense network: `sizes` such as [2, 32, 32, 1]; leaky ReLU between layers, nothing after the last. Weights of a layer stand input by output, then its biases.
function denseNetwork(sizes, random) {
  const layers = [];
  let count = 0;
  for (let l = 0; l + 1 < sizes.length; l++) {
    layers.push({ inputs: sizes[l], outputs: sizes[l + 1], weight: count, bias: count + sizes[l] * sizes[l + 1] });
    count += (sizes[l] + 1) * sizes[l + 1];
  }
  const network = { layers, weights: new Float64Array(count), gradient: new Float64Array(count), first: new Float64Array(count), second: new Float64Array(count), steps: 0, kept: [] };
  for (const { inputs, weight, bias } of layers) {
    const spread = Math.sqrt(2 / inputs);
    for (let i = weight; i < bias; i++) network.weights[i] = spread * random.normal();
  }
  return network;
}

const SLOPE = 0.2; // of the leaky ReLU below zero

// out[r, c] = start[c] + the sum over k of left[r, k] right[k, c], `count` of them, for rows of `left` that lie `wide` apart; right[k, c] stands at from + k down + c across.
// Four rows at a time, so that a weight is read once for four sums: this is where nearly all of the time goes.
function multiply(left, rows, wide, count, right, from, down, across, start, columns, out) {
  for (let r = 0; r < rows; r += 4) {
    const a = r * wide, b = Math.min(r + 1, rows - 1) * wide, c = Math.min(r + 2, rows - 1) * wide, d = Math.min(r + 3, rows - 1) * wide;
    const width = columns, most = Math.min(4, rows - r);
    for (let j = 0; j < columns; j++) {
      const begin = start ? start[j] : 0;
      let one = begin, two = begin, three = begin, four = begin, at = from + j * across;
      for (let k = 0; k < count; k++, at += down) {
        const w = right[at];
        one += left[a + k] * w;
        two += left[b + k] * w;
        three += left[c + k] * w;
        four += left[d + k] * w;
      }
      const place = r * width + j;
      out[place] = one;
      if (most > 1) out[place + width] = two;
      if (most > 2) out[place + 2 * width] = three;
      if (most > 3) out[place + 3 * width] = four;
    }
  }
}

// The last layer's outputs for n inputs; what `backward` needs stays in `network.kept`.
function forward(network, input, n) {
  const { layers, weights, kept } = network;
  kept[0] = input;
  layers.forEach(({ inputs, outputs, weight, bias }, l) => {
    if (kept[l + 1]?.length !== n * outputs) kept[l + 1] = new Float64Array(n * outputs);
    const to = kept[l + 1];
    multiply(kept[l], n, inputs, inputs, weights, weight, outputs, 1, weights.subarray(bias, bias + outputs), outputs, to);
    if (l < layers.length - 1) for (let i = 0; i < to.length; i++) if (to[i] < 0) to[i] *= SLOPE;
  });
  return kept[layers.length];
}

// From the gradient at the outputs to that at the inputs; adds that of the weights to `network.gradient` unless `frozen`.
function backward(network, outgoing, n, frozen = false) {
  const { layers, weights, kept } = network;
  let to = outgoing;
  for (let l = layers.length - 1; l >= 0; l--) {
    const { inputs, outputs, weight } = layers[l], from = kept[l], back = new Float64Array(n * inputs);
    if (!frozen) addWeightGradient(network, l, from, to, n);
    multiply(to, n, outputs, outputs, weights, weight, 1, outputs, null, inputs, back);
    if (l > 0) for (let i = 0; i < back.length; i++) if (from[i] < 0) back[i] *= SLOPE; // what is kept below zero went through the slope
    to = back;
  }
  return to;
}

// The gradient of layer l: inputs times slopes, summed over the n rows, four inputs at a time.
function addWeightGradient({ layers, gradient }, l, from, to, n) {
  const { inputs, outputs, weight, bias } = layers[l];
  for (let j = 0; j < outputs; j++) {
    for (let i = 0; i < inputs; i += 4) {
      const most = Math.min(4, inputs - i), b = Math.min(1, most - 1), c = Math.min(2, most - 1), d = Math.min(3, most - 1);
      let one = 0, two = 0, three = 0, four = 0;
      for (let r = 0, x = i, y = j; r < n; r++, x += inputs, y += outputs) {
        const slope = to[y];
        one += slope * from[x];
        two += slope * from[x + b];
        three += slope * from[x + c];
        four += slope * from[x + d];
      }
      const place = weight + i * outputs + j;
      gradient[place] += one;
      if (most > 1) gradient[place + outputs] += two;
      if (most > 2) gradient[place + 2 * outputs] += three;
      if (most > 3) gradient[place + 3 * outputs] += four;
    }
    for (let y = j; y < n * outputs; y += outputs) gradient[bias + j] += to[y];
  }
}

// One step of Adam (Kingma and Ba 2015) down the gradient, which is cleared.
function adam(network, rate, momentum, decay = 0.999, epsilon = 1e-7) {
  const { weights, gradient, first, second } = network, step = ++network.steps;
  const size = (rate * Math.sqrt(1 - decay ** step)) / (1 - momentum ** step);
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i];
    first[i] += (1 - momentum) * (g - first[i]);
    second[i] += (1 - decay) * (g * g - second[i]);
    weights[i] -= (size * first[i]) / (Math.sqrt(second[i]) + epsilon);
    gradient[i] = 0;
  }
}

const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

// What each player lowers, of one score: [value, slope]. `real` and `fake` are the discriminator's two halves.
const LOSSES = {
  "non-saturating": {
    real: (s) => [softplus(-s), -sigmoid(-s)],
    fake: (s) => [softplus(s), sigmoid(s)],
    generator: (s) => [softplus(-s), -sigmoid(-s)],
  },
  minimax: {
    real: (s) => [softplus(-s), -sigmoid(-s)],
    fake: (s) => [softplus(s), sigmoid(s)],
    generator: (s) => [-softplus(s), -sigmoid(s)],
  },
  "least-squares": {
    real: (s) => [(s - 1) ** 2, 2 * (s - 1)],
    fake: (s) => [s ** 2, 2 * s],
    generator: (s) => [(s - 1) ** 2, 2 * (s - 1)],
  },
};

// The mean of a loss over scores, and its gradient at each score.
function meanLoss(loss, scores) {
  const slopes = new Float64Array(scores.length);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) {
    const [value, slope] = loss(scores[i]);
    sum += value;
    slopes[i] = slope / scores.length;
  }
  return [sum / scores.length, slopes];
}

// Noise for n points: "normal" or "uniform" in the plane, or "line", uniform along one line.
function noise(kind, n, random) {
  const wide = kind === "line" ? 1 : 2, values = new Float64Array(n * wide);
  for (let i = 0; i < values.length; i++) values[i] = kind === "normal" ? random.normal() : 2 * random.uniform() - 1;
  return values;
}

// A game: two networks and the random numbers that feed them. `settings`: seed, noise, width, depth, loss, batch, momentum, rateD, rateG, turnsD, turnsG.
function newGame(settings, draw) {
  const random = randomNumbers(settings.seed), hidden = Array(settings.depth).fill(settings.width);
  const generator = denseNetwork([settings.noise === "line" ? 1 : 2, ...hidden, 2], random);
  const discriminator = denseNetwork([2, ...hidden, 1], random);
  const still = noise(settings.noise, 512, randomNumbers(settings.seed + 1)); // the same noise at every look, so that points are seen to move
  return { settings, draw, random, generator, discriminator, still, iteration: 0, lossD: NaN, lossG: NaN };
}

// The discriminator learns from n real and n made points; its loss before the step.
function learnToTell(game, real, made) {
  const { settings, discriminator } = game, loss = LOSSES[settings.loss], n = real.length / 2;
  let total = 0;
  for (const [points, half] of [[real, loss.real], [made, loss.fake]]) {
    const [value, slopes] = meanLoss(half, forward(discriminator, points, n));
    backward(discriminator, slopes, n);
    total += value;
  }
  adam(discriminator, settings.rateD, settings.momentum);
  return total;
}

// The generator learns from what the discriminator says of its points; its loss before the step.
function learnToFool(game, seeds) {
  const { settings, generator, discriminator } = game, n = settings.batch;
  const made = forward(generator, seeds, n);
  const [value, slopes] = meanLoss(LOSSES[settings.loss].generator, forward(discriminator, made, n));
  backward(generator, backward(discriminator, slopes, n, true), n);
  adam(generator, settings.rateG, settings.momentum);
  return value;
}

function turnOfDiscriminator(game) {
  const { settings, random } = game;
  for (let t = 0; t < settings.turnsD; t++) {
    const real = game.draw(settings.batch, random);
    game.lossD = learnToTell(game, real, forward(game.generator, noise(settings.noise, settings.batch, random), settings.batch));
  }
}

function turnOfGenerator(game) {
  const { settings, random } = game;
  for (let t = 0; t < settings.turnsG; t++) game.lossG = learnToFool(game, noise(settings.noise, settings.batch, random));
}

function iterate(game) {
  turnOfDiscriminator(game);
  turnOfGenerator(game);
  game.iteration++;
}

// Where the generator's loss pulls each made point: the direction in which it falls, as the next step of the generator sees it, not divided by n.
function pulls(game, made) {
  const n = made.length / 2, scores = forward(game.discriminator, made, n), slopes = new Float64Array(n);
  for (let i = 0; i < n; i++) slopes[i] = -LOSSES[game.settings.loss].generator(scores[i])[1];
  return backward(game.discriminator, slopes, n, true);
}

// How real each point looks to the discriminator, 0 to 1.
function looksReal(game, points) {
  const scores = forward(game.discriminator, points, points.length / 2), squares = game.settings.loss === "least-squares";
  return scores.map((s) => (squares ? Math.min(1, Math.max(0, s)) : sigmoid(s)));
}

const PARTS = ["weights", "first", "second"];

function keep(game) {
  const { iteration, lossD, lossG, random } = game;
  const players = [game.generator, game.discriminator].map((each) => ({ steps: each.steps, parts: PARTS.map((part) => each[part].slice()) }));
  return { iteration, lossD, lossG, random: random.state, players };
}

function goBack(game, kept) {
  game.iteration = kept.iteration;
  game.lossD = kept.lossD;
  game.lossG = kept.lossG;
  game.random.state = kept.random;
  [game.generator, game.discriminator].forEach((each, which) => {
    each.steps = kept.players[which].steps;
    PARTS.forEach((part, p) => each[part].set(kept.players[which].parts[p]));
    each.gradient.fill(0);
  });
}
