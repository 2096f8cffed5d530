// A small trained network, computed in the browser: dense layers, and convolutions of stride 2 that halve a picture or double it.
// Numbers come in half precision, base64, as they ship; the sums are in double precision.
function halves(text) {
  const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  return Float64Array.from(new Uint16Array(bytes.buffer), (bits) => {
    const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    if (exponent === 0) return sign * 2 ** -24 * fraction;
    return exponent === 31 ? NaN : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
  });
}

const ACTIVATIONS = {
  silu: (x) => x / (1 + Math.exp(-x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  clip: (x) => Math.min(Math.max(x, 0), 1),
  linear: (x) => x,
};

function dense(x, { kernel, bias }) {
  const out = Float64Array.from(bias), width = bias.length;
  for (let i = 0; i < x.length; i++) for (let j = 0; j < width; j++) out[j] += x[i] * kernel[i * width + j];
  return out;
}

// Both kinds of convolution pair the same places, as padding "same" has them: pixel 2 i + k - before of the large picture
// and pixel i of the small one. `each` is told where both begin, and where the kernel of that pair does.
function pairs({ large, side }, each) {
  const small = large / 2, before = Math.floor((side - 2) / 2);
  for (let y = 0; y < small; y++) for (let x = 0; x < small; x++)
    for (let v = 0; v < side; v++) for (let u = 0; u < side; u++) {
      const row = 2 * y + v - before, column = 2 * x + u - before;
      if (row >= 0 && row < large && column >= 0 && column < large) each(row * large + column, y * small + x, v * side + u);
    }
}

function halved(x, layer) {
  const { kernel, bias, inputs, outputs } = layer, out = new Float64Array((layer.large / 2) ** 2 * outputs);
  for (let i = 0; i < out.length; i++) out[i] = bias[i % outputs];
  pairs(layer, (from, to, at) => {
    for (let c = 0; c < inputs; c++) for (let d = 0; d < outputs; d++)
      out[to * outputs + d] += x[from * inputs + c] * kernel[(at * inputs + c) * outputs + d];
  });
  return out;
}

function doubled(x, layer) {
  const { kernel, bias, inputs, outputs } = layer, out = new Float64Array(layer.large ** 2 * outputs);
  for (let i = 0; i < out.length; i++) out[i] = bias[i % outputs];
  pairs(layer, (to, from, at) => {
    for (let d = 0; d < outputs; d++) for (let c = 0; c < inputs; c++)
      out[to * outputs + d] += x[from * inputs + c] * kernel[(at * outputs + d) * inputs + c];
  });
  return out;
}

// Layers as they are sent to a function of one vector; pictures are rows of pixels, their channels together.
function network(layers) {
  const kinds = { dense, halved, doubled };
  const ready = layers.map((layer) => ({ ...layer, kernel: halves(layer.kernel), bias: halves(layer.bias) }));
  return (x) => ready.reduce((h, layer) => kinds[layer.kind](h, layer).map(ACTIVATIONS[layer.activation]), x);
}
