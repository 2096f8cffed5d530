// What the generator has to learn: shapes in the plane, each a way to draw points and the places that count as found; and how far the made points are from it.

const around = (random, x, y, spread) => [x + spread * random.normal(), y + spread * random.normal()];

function drawer(one) {
  return (n, random) => {
    const points = new Float64Array(2 * n);
    for (let i = 0; i < n; i++) points.set(one(random), 2 * i);
    return points;
  };
}

// Equally many points around each place.
function blobs(places, spread) {
  return { places, reach: 3 * spread, draw: drawer((random) => around(random, ...places[Math.floor(random.uniform() * places.length)], spread)) };
}

function ring() {
  return blobs(Array.from({ length: 8 }, (_, i) => [Math.cos((i * Math.PI) / 4), Math.sin((i * Math.PI) / 4)]), 0.06);
}

function grid() {
  return blobs(Array.from({ length: 25 }, (_, i) => [((i % 5) - 2) / 2, (Math.floor(i / 5) - 2) / 2]), 0.05);
}

// Two turns; the angle is drawn so that points lie equally dense along the line.
function spiral() {
  const at = (share) => {
    const turn = Math.sqrt(0.02 + 0.98 * share), angle = 4 * Math.PI * turn;
    return [1.1 * turn * Math.cos(angle), 1.1 * turn * Math.sin(angle)];
  };
  const places = Array.from({ length: 16 }, (_, i) => at((i + 0.5) / 16));
  return { places, reach: 0.3, draw: drawer((random) => around(random, ...at(random.uniform()), 0.03)) };
}

// Points that a person drew, [[x, y], ...]: up to 12 of them that lie far apart are the places.
function drawn(points) {
  const places = [points[0]], far = points.map((p) => distance(p, points[0]));
  while (places.length < 12) {
    const next = far.indexOf(Math.max(...far));
    if (far[next] < 0.2) break;
    places.push(points[next]);
    points.forEach((p, i) => { far[i] = Math.min(far[i], distance(p, points[next])); });
  }
  const reach = Math.max(0.2, ...far);
  return { places, reach, draw: drawer((random) => around(random, ...points[Math.floor(random.uniform() * points.length)], 0.03)) };
}

const distance = ([a, b], [c, d]) => Math.hypot(a - c, b - d);

const SHAPES = { ring, grid, spiral };
const DIRECTIONS = 24;
const CELLS = 16; // a side of the grid of the Jensen-Shannon divergence
const EDGE = 1.6; // the plane is shown from -EDGE to EDGE

// Places found: those with at least a quarter of their fair share of the made points within reach. `near`: the share of points within reach of any.
function found({ places, reach }, made) {
  const n = made.length / 2, counts = new Array(places.length).fill(0);
  for (let i = 0; i < n; i++) {
    let nearest = 0, least = Infinity;
    places.forEach(([x, y], p) => {
      const far = Math.hypot(made[2 * i] - x, made[2 * i + 1] - y);
      if (far < least) [nearest, least] = [p, far];
    });
    if (least < reach) counts[nearest]++;
  }
  const which = counts.map((count) => count >= (0.25 * n) / places.length);
  return { which, modes: which.filter(Boolean).length, near: counts.reduce((a, b) => a + b) / n };
}

// The sliced Wasserstein-1 distance: how far points must move, on average over directions, along each.
function slicedDistance(a, b) {
  let sum = 0;
  for (let d = 0; d < DIRECTIONS; d++) {
    const x = Math.cos((d * Math.PI) / DIRECTIONS), y = Math.sin((d * Math.PI) / DIRECTIONS);
    const [one, other] = [a, b].map((points) => {
      const along = new Float64Array(points.length / 2);
      for (let i = 0; i < along.length; i++) along[i] = x * points[2 * i] + y * points[2 * i + 1];
      return along.sort();
    });
    for (let i = 0; i < one.length; i++) sum += Math.abs(one[i] - other[i]) / one.length;
  }
  return sum / DIRECTIONS;
}

// The Jensen-Shannon divergence of both, counted on a grid, in nats: 0 for equal, ln 2 = 0.69 for nothing in common.
function jensenShannon(a, b) {
  const [p, q] = [a, b].map((points) => {
    const shares = new Float64Array(CELLS * CELLS), cell = (v) => Math.min(CELLS - 1, Math.max(0, Math.floor(((v + EDGE) / (2 * EDGE)) * CELLS)));
    for (let i = 0; i < points.length; i += 2) shares[cell(points[i + 1]) * CELLS + cell(points[i])] += 2 / points.length;
    return shares;
  });
  let sum = 0;
  p.forEach((share, i) => {
    const middle = (share + q[i]) / 2;
    if (share > 0) sum += 0.5 * share * Math.log(share / middle);
    if (q[i] > 0) sum += 0.5 * q[i] * Math.log(q[i] / middle);
  });
  return sum;
}

// What the distances are between two draws of the data themselves: [2.5 %, 97.5 %] of 40 pairs of n points. A generator can't be told from the data below that.
function floors(shape, n) {
  const random = randomNumbers(12345), pairs = Array.from({ length: 40 }, () => [shape.draw(n, random), shape.draw(n, random)]);
  const range = (measure) => {
    const values = pairs.map(([a, b]) => measure(a, b)).sort((a, b) => a - b);
    return [values[1], values[38]];
  };
  return { sliced: range(slicedDistance), divergence: range(jensenShannon) };
}
