/**
 * The dots of the map in WebGL: 70 000 of them in one draw call.
 *
 * Each point has two places and two colours; uniforms say how far it is from the first to the
 * second, so gliding to a new map and fading to new colours cost no upload per frame.
 */

const VERTEX = `
attribute vec2 a_from; attribute vec2 a_to;
attribute vec4 a_old; attribute vec4 a_new; attribute float a_chosen;
uniform float u_glide; uniform float u_fade; uniform float u_pass; uniform float u_points;
uniform vec2 u_scale; uniform vec2 u_offset;
varying vec4 v_colour;
void main() {
  vec2 place = mix(a_from, a_to, u_glide) * u_scale + u_offset;
  gl_Position = abs(a_chosen - u_pass) < 0.5 ? vec4(place, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = u_points;
  v_colour = mix(a_old, a_new, u_fade);
}`;

// A disc with a soft edge; a chosen point has a ring of ground colour around it.
const FRAGMENT = `
precision mediump float;
uniform float u_size; uniform float u_radius; uniform vec4 u_ground;
varying vec4 v_colour;
void main() {
  float d = length(gl_PointCoord - 0.5) * u_size;
  float cover = clamp(u_size * 0.5 - d, 0.0, 1.0);
  float inside = clamp(u_radius + 0.5 - d, 0.0, 1.0);
  vec4 colour = mix(u_ground, vec4(v_colour.rgb, 1.0) * v_colour.a, inside);
  gl_FragColor = colour * cover;
}`;

/** @typedef {"from" | "to" | "old" | "new" | "chosen"} AttributeName */

/** @type {Record<AttributeName, [size: number, type: "FLOAT" | "UNSIGNED_BYTE", isNormalised: boolean]>} */
const ATTRIBUTES = {
  from: [2, "FLOAT", false], to: [2, "FLOAT", false],
  old: [4, "UNSIGNED_BYTE", true], new: [4, "UNSIGNED_BYTE", true], chosen: [1, "UNSIGNED_BYTE", false],
};
const NAMES = /** @type {AttributeName[]} */ (Object.keys(ATTRIBUTES));

/**
 * @typedef {object} GlFrame
 * @property {number} glide in [0, 1]
 * @property {number} fade in [0, 1]
 * @property {number[]} scale from the world to clip space
 * @property {number[]} offset
 * @property {number} radius in device pixels
 * @property {number} chosenRadius
 * @property {import("../shared/theme.js").Rgb} ground
 * @property {boolean} hasChosen whether any point is chosen
 * @property {number} step 3 draws every third point
 */

export class PointsGl {
  canvas;
  gl;
  isLost = false;
  count = 0;

  /**
   * Throws if the browser has no WebGL.
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} onRestored called after a lost context came back
   */
  constructor(canvas, onRestored) {
    this.canvas = canvas;
    /** @type {WebGLContextAttributes} */
    const options = { alpha: true, premultipliedAlpha: true, antialias: false, depth: false };
    const gl = canvas.getContext("webgl2", options) ?? canvas.getContext("webgl", options);
    if (!gl) throw new Error("This browser shows no WebGL, which the map needs.");
    this.gl = gl;
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault(); // or it would never be restored
      this.isLost = true;
    });
    canvas.addEventListener("webglcontextrestored", () => {
      this.isLost = false;
      this.#build();
      onRestored();
    });
    this.#build();
  }

  /** @type {WebGLProgram | null} */
  #program = null;
  /** @type {Record<string, WebGLUniformLocation | null>} */
  #uniforms = {};
  /** @type {Partial<Record<AttributeName, WebGLBuffer>>} */
  #buffers = {};

  #build() {
    const { gl } = this;
    const program = gl.createProgram();
    /** @type {[type: number, source: string][]} */
    const shaders = [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]];
    for (const [type, source] of shaders) {
      const shader = gl.createShader(type);
      if (!shader) continue; // the context is lost: it is built again once it is back
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    NAMES.forEach((name, k) => gl.bindAttribLocation(program, k, `a_${name}`));
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
      throw new Error(`The map's drawing program failed: ${gl.getProgramInfoLog(program)}`);
    this.#program = program;
    for (const name of ["glide", "fade", "pass", "points", "scale", "offset", "size", "radius", "ground"])
      this.#uniforms[name] = gl.getUniformLocation(program, `u_${name}`);
    this.#buffers = {};
  }

  /**
   * Fills one attribute.
   * @param {AttributeName} name
   * @param {Float32Array | Uint8Array} array
   */
  upload(name, array) {
    const { gl } = this;
    const buffer = this.#buffers[name] ??= gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, array, gl.DYNAMIC_DRAW);
    if (name === "to") this.count = array.length / 2;
  }

  /** @param {GlFrame} frame */
  draw({ glide, fade, scale, offset, radius, chosenRadius, ground, hasChosen, step }) {
    const { gl } = this;
    if (this.isLost || !this.count || Object.keys(this.#buffers).length < 5) return;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(this.#program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.#bind(step);
    const u = this.#uniforms;
    gl.uniform1f(u.glide, glide);
    gl.uniform1f(u.fade, fade);
    gl.uniform2fv(u.scale, scale);
    gl.uniform2fv(u.offset, offset);
    gl.uniform4f(u.ground, ground[0] / 255, ground[1] / 255, ground[2] / 255, 1);
    this.#pass(0, radius, 0, step);
    if (hasChosen) this.#pass(1, chosenRadius, 0.8 * devicePixelRatio, step);
  }

  /** @param {number} step */
  #bind(step) {
    const { gl } = this;
    NAMES.forEach((name, k) => {
      const [size, type, isNormalised] = ATTRIBUTES[name];
      const bytes = size * (type === "FLOAT" ? 4 : 1);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[name] ?? null);
      gl.enableVertexAttribArray(k);
      gl.vertexAttribPointer(k, size, gl[type], isNormalised, step * bytes, 0);
    });
  }

  /**
   * @param {number} number 0 for the others, 1 for the chosen points
   * @param {number} radius in device pixels
   * @param {number} ring around it
   * @param {number} step
   */
  #pass(number, radius, ring, step) {
    const { gl } = this;
    const u = this.#uniforms;
    const size = 2 * (radius + ring) + 1; // half a pixel of soft edge on each side
    gl.uniform1f(u.pass, number);
    gl.uniform1f(u.points, size);
    gl.uniform1f(u.size, size);
    gl.uniform1f(u.radius, ring ? radius : size); // without a ring the disc fills the point
    gl.drawArrays(gl.POINTS, 0, Math.floor(this.count / step));
  }
}
