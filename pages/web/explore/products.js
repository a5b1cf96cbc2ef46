/** Sums of products, which are nearly all of a decoder's work. */

/**
 * W v + b for n rows: (n * nIn), (nOut * nIn), (nOut) -> n * nOut.
 * @param {Float32Array} v
 * @param {number} n
 * @param {number} nIn
 * @param {Float32Array} weights
 * @param {Float32Array} bias
 */
export function product(v, n, nIn, weights, bias) {
  const nOut = bias.length;
  const out = new Float32Array(n * nOut);
  let row = 0;
  for (; row + 4 <= n; row += 4) fourRows(v, row, nIn, weights, bias, out);
  for (; row < n; row++) oneRow(v, row, nIn, weights, bias, out);
  return out;
}

/**
 * Weights are read once for four rows: they are what does not fit the cache.
 * @param {Float32Array} v
 * @param {number} row
 * @param {number} nIn
 * @param {Float32Array} weights
 * @param {Float32Array} bias
 * @param {Float32Array} out
 */
function fourRows(v, row, nIn, weights, bias, out) {
  const nOut = bias.length;
  const [a, b, c, d] = [row * nIn, (row + 1) * nIn, (row + 2) * nIn, (row + 3) * nIn];
  for (let o = 0; o < nOut; o++) {
    const at = o * nIn;
    let [sumA, sumB, sumC, sumD] = [bias[o], bias[o], bias[o], bias[o]];
    for (let i = 0; i < nIn; i++) {
      const w = weights[at + i];
      sumA += w * v[a + i];
      sumB += w * v[b + i];
      sumC += w * v[c + i];
      sumD += w * v[d + i];
    }
    out[row * nOut + o] = sumA;
    out[(row + 1) * nOut + o] = sumB;
    out[(row + 2) * nOut + o] = sumC;
    out[(row + 3) * nOut + o] = sumD;
  }
}

/**
 * Four sums side by side: one alone would wait for each of its additions.
 * @param {Float32Array} v
 * @param {number} row
 * @param {number} nIn
 * @param {Float32Array} weights
 * @param {Float32Array} bias
 * @param {Float32Array} out
 */
function oneRow(v, row, nIn, weights, bias, out) {
  const nOut = bias.length;
  const from = row * nIn;
  let o = 0;
  for (; o + 4 <= nOut; o += 4) {
    const at = o * nIn;
    let [sumA, sumB, sumC, sumD] = [bias[o], bias[o + 1], bias[o + 2], bias[o + 3]];
    for (let i = 0; i < nIn; i++) {
      const x = v[from + i];
      sumA += x * weights[at + i];
      sumB += x * weights[at + nIn + i];
      sumC += x * weights[at + 2 * nIn + i];
      sumD += x * weights[at + 3 * nIn + i];
    }
    out[row * nOut + o] = sumA;
    out[row * nOut + o + 1] = sumB;
    out[row * nOut + o + 2] = sumC;
    out[row * nOut + o + 3] = sumD;
  }
  for (; o < nOut; o++) {
    let sum = bias[o];
    for (let i = 0; i < nIn; i++) sum += v[from + i] * weights[o * nIn + i];
    out[row * nOut + o] = sum;
  }
}

/**
 * A convolution, padded, of one picture; half of what comes behind a ReLU is 0 and is passed over.
 * @param {Float32Array} v
 * @param {{height: number, width: number, nIn: number, nOut: number, size: number}} sizes
 * @param {Float32Array} weights (size, size, nIn, nOut)
 * @param {Float32Array} bias
 * @param {Float32Array} out
 */
export function sparseConv(v, { height, width, nIn, nOut, size }, weights, bias, out) {
  const away = (size - 1) / 2;
  const sums = new Float32Array(nOut);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      sums.set(bias);
      for (let ky = 0; ky < size; ky++) {
        const fromY = y + ky - away;
        if (fromY < 0 || fromY >= height) continue;
        for (let kx = 0; kx < size; kx++) {
          const fromX = x + kx - away;
          if (fromX < 0 || fromX >= width) continue;
          const from = (fromY * width + fromX) * nIn;
          let at = (ky * size + kx) * nIn * nOut;
          for (let i = 0; i < nIn; i++, at += nOut) {
            const value = v[from + i];
            if (value === 0) continue;
            for (let o = 0; o < nOut; o++) sums[o] += value * weights[at + o];
          }
        }
      }
      out.set(sums, (y * width + x) * nOut);
    }
}

/**
 * @param {Float32Array} v is added to
 * @param {Float32Array} other
 */
export function add(v, other) {
  for (let k = 0; k < v.length; k++) v[k] += other[k];
}
