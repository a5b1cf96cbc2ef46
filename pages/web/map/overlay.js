// @ts-nocheck (its types are not written yet)
/** What lies on the dots: labels, class names, rings, the lasso, thumbnails. A 2-D canvas. */

import { layOutCaptions } from "./caption_layout.js";
import { STATES, isClass } from "../session/label_overlay.js";
import { rgb } from "../shared/theme.js";
import { toRgba } from "../shared/images.js";
import { prefersStill } from "./move_animation.js";

const SQUARES = 400; // above this many labels in view they are dots with a ring
const POP = 120; // ms
const CELL = 30; // px: at most one thumbnail in each
const FONT = '"Source Sans", "Source Sans Pro", sans-serif';
const GLYPH_FONT = `700 30px ${FONT}`;
const NAME_FONT = `700 20px ${FONT}`;

export class Overlay {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  #sprites = new Map();
  #thumbs = new Map();
  #placed = new Map(); // cell -> pixel of the thumbnail in it
  #shown = new Set(); // examples with a thumbnail
  #named = new Set(); // ids of classes whose names are written out
  #widths = new Map(); // of what is written, in px

  /** The ids of the classes whose names are written out. */
  get named() {
    return [...this.#named];
  }

  /** Forgets what was drawn in the old theme, or before its font had come. */
  reset() {
    this.#widths.clear();
    this.#sprites.clear();
    this.#thumbs.clear();
  }

  resize(width, height, ratio) {
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.ratio = ratio;
  }

  /**
   * view: {client, theme, camera, at(example) -> [px, py], tintOf(example) -> a mark's colour or null,
   * labelled: [example], names: [{cls, x, y}],
   * paths: [[[x, y]]], pops: Map(example -> ms), time, images: Images | null, hasImages: bool}.
   * True while something is still animated.
   */
  draw(view) {
    const c = this.context;
    c.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    c.clearRect(0, 0, view.camera.width, view.camera.height);
    this.view = view;
    if (view.hasImages) this.#drawThumbs();
    else this.#shown.clear();
    const moving = this.#drawLabels();
    this.#drawPaths();
    this.#drawAsked();
    this.#drawNames();
    this.#drawHover();
    return moving;
  }

  #inView([x, y], margin = 20) {
    const { width, height } = this.view.camera;
    return x > -margin && y > -margin && x < width + margin && y < height + margin;
  }

  #drawLabels() {
    const { client, labelled, at, pops, time } = this.view;
    const places = labelled.map((example) => [example, at(example)]).filter(([, p]) => this.#inView(p));
    const recent = new Set(client.labelOverlay.recent);
    let moving = false;
    for (const [example, [x, y]] of places) {
      const value = client.labels[example];
      const hasThumb = this.#shown.has(example);
      if (this.view.hasImages && !hasThumb && !recent.has(example)) continue;
      const isPlain = places.length > SQUARES && !recent.has(example) && !hasThumb;
      const age = (time - (pops.get(example) ?? -1e9)) / POP;
      const grow = age < 1 && !prefersStill() ? 1.25 - 0.25 * Math.max(0, age) : 1;
      moving ||= grow > 1;
      const size = recent.has(example) ? 16 : 13;
      this.context.globalAlpha = this.#isDimmed(value) ? 0.25 : 1;
      const away = hasThumb ? 10 : 0; // at the corner of the thumbnail, not over it
      this.#stamp(this.#mark(value, isPlain, size, this.view.tintOf(example)), x + away, y - away, grow);
    }
    this.context.globalAlpha = 1;
    return moving;
  }

  #isDimmed(value) {
    return this.view.client.solo !== null && this.view.client.solo !== value;
  }

  /** `tint`: a colour as CSS instead of the class's own, or null. */
  #mark(value, isPlain, size, tint) {
    if (!isClass(value)) return this.#hollow(value);
    return isPlain ? this.#ringed(value, tint) : this.#square(value, size, tint);
  }

  #stamp(sprite, x, y, grow = 1) {
    const size = (sprite.width / this.ratio) * grow;
    this.context.drawImage(sprite, x - size / 2, y - size / 2, size, size);
  }

  /** A class's square with its glyph, drawn once and stamped often. */
  #square(cls, size, tint) {
    return this.#sprite(`square ${cls} ${size} ${tint}`, size + 4, (c, middle) => {
      const { theme, client } = this.view;
      roundRect(c, middle, size + 3, 5, rgb(theme.ground));
      roundRect(c, middle, size, 4, tint ?? rgb(theme.ofClass(cls)));
      if (!tint && theme.isHollow(cls)) roundRect(c, middle, size - 4, 2.5, rgb(theme.ground));
      c.fillStyle = tint ? "white" : theme.inkOf(cls);
      c.font = `700 ${size - 3}px ${FONT}`;
      c.fillText(client.classOf(cls)?.glyph ?? "", middle, middle + 0.5);
    });
  }

  /** An example that is put aside: a hollow square, "?" for unsure, a bare cross for junk. */
  #hollow(value) {
    return this.#sprite(`hollow ${value}`, 15, (c, middle) => {
      const { theme } = this.view;
      const isUnsure = value === STATES.unsure;
      if (isUnsure) {
        roundRect(c, middle, 14, 4.5, rgb(theme.text2));
        roundRect(c, middle, 11, 3, rgb(theme.ground));
      }
      c.fillStyle = rgb(theme.text2);
      c.font = `700 10px ${FONT}`;
      c.fillText(isUnsure ? "?" : "×", middle, middle + 0.5);
    });
  }

  #ringed(cls, tint) {
    return this.#sprite(`ringed ${cls} ${tint}`, 11, (c, middle) => {
      disc(c, middle, middle, 5, rgb(this.view.theme.ground));
      disc(c, middle, middle, 4.4, rgb(this.view.theme.text));
      disc(c, middle, middle, 3.2, tint ?? rgb(this.view.theme.ofClass(cls)));
    });
  }

  #sprite(name, size, paint) {
    let sprite = this.#sprites.get(name);
    if (sprite) return sprite;
    sprite = document.createElement("canvas");
    sprite.width = sprite.height = Math.ceil(size * this.ratio);
    const c = sprite.getContext("2d");
    c.scale(this.ratio, this.ratio);
    c.textAlign = "center";
    c.textBaseline = "middle";
    paint(c, sprite.width / this.ratio / 2);
    this.#sprites.set(name, sprite);
    return sprite;
  }

  #drawPaths() {
    const { paths, camera, theme } = this.view;
    const c = this.context;
    for (const path of paths) {
      c.beginPath();
      for (const [x, y] of path) c.lineTo(...camera.toPixel(x, y));
      c.closePath();
      c.fillStyle = rgb(theme.accent, 0.11);
      c.fill();
      c.setLineDash([5, 4]);
      c.lineWidth = 1.75;
      c.strokeStyle = rgb(theme.accent);
      c.stroke();
      c.setLineDash([]);
    }
  }

  /** Rings on what the queue shows; the framed example is filled. */
  #drawAsked() {
    const { client, at, theme } = this.view;
    for (const example of client.asked) {
      if (example === client.focus || client.labelOf(example) !== null) continue;
      this.#ring(at(example), 5, 2, rgb(theme.accent), rgb(theme.ground));
    }
    if (client.focus === null) return;
    const isLabelled = client.labelOf(client.focus) !== null;
    if (isLabelled) this.#ring(at(client.focus), 12, 2, rgb(theme.accent));
    else this.#ring(at(client.focus), 8, 2, rgb(theme.ground), rgb(theme.accent));
  }

  #ring([x, y], radius, width, stroke, fill = null) {
    const c = this.context;
    c.beginPath();
    c.arc(x, y, radius, 0, 7);
    if (fill) {
      c.fillStyle = fill;
      c.fill();
    }
    c.lineWidth = width;
    c.strokeStyle = stroke;
    c.stroke();
  }

  /** The classes by name where there is room for it, else by glyph. */
  #drawNames() {
    const { names, camera, theme, client } = this.view;
    const c = this.context;
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.lineJoin = "round";
    const byId = new Map(names.map((name) => [name.cls.id, name]));
    const captions = names.map(({ cls, x, y }) => {
      const [px, py] = camera.toPixel(x, y);
      return { id: cls.id, x: px, y: py, glyph: this.#widthOf(cls.glyph, GLYPH_FONT), name: this.#widthOf(cls.name, fontOf(cls)) };
    });
    const placed = layOutCaptions(captions, camera.width, this.#named, client.solo);
    this.#named = new Set(placed.filter(({ isFull }) => isFull).map(({ id }) => id));
    for (const { id, isFull } of placed) {
      const { cls, x, y } = byId.get(id);
      const [px, py] = camera.toPixel(x, y);
      const text = isFull ? cls.name : cls.glyph;
      c.font = isFull ? fontOf(cls) : GLYPH_FONT;
      c.lineWidth = isFull && cls.name !== cls.glyph ? 6 : 7;
      c.globalAlpha = client.solo !== null && client.solo !== id ? 0.2 : 1;
      c.strokeStyle = rgb(theme.ground, 0.9);
      c.strokeText(text, px, py);
      c.fillStyle = rgb(theme.text);
      c.fillText(text, px, py);
    }
    c.globalAlpha = 1;
  }

  /** Measured once: names are drawn in every frame of a glide. */
  #widthOf(text, font) {
    const known = `${font} ${text}`;
    if (!this.#widths.has(known)) {
      this.context.font = font;
      this.#widths.set(known, this.context.measureText(text).width);
    }
    return this.#widths.get(known);
  }

  #drawHover() {
    const { client, at, theme } = this.view;
    if (client.hover === null) return;
    this.#ring(at(client.hover), 8, 5, rgb(theme.ground));
    this.#ring(at(client.hover), 8, 2.5, rgb(theme.text));
  }

  /** A thumbnail wherever there is room, its ink in the colour of the class; labelled ones first. */
  #drawThumbs() {
    const { client, labelled, images } = this.view;
    this.#placed.clear();
    this.#shown.clear();
    const missing = [];
    const draw = (example) => {
      const place = this.view.at(example);
      if (!this.#inView(place, 0) || !this.#claim(place)) return;
      this.#shown.add(example);
      const pixels = images.peek(example);
      if (pixels) this.#thumb(example, pixels, place);
      else missing.push(example);
    };
    labelled.forEach(draw);
    for (let example = 0; example < client.xy.length / 2; example++) draw(example);
    images.want(missing);
  }

  /** Takes the room of a thumbnail at a pixel unless one of the neighbours has it already. */
  #claim([x, y]) {
    const [ox, oy] = this.view.camera.origin; // cells move with the map: panning does not reshuffle
    const column = Math.floor((x - ox) / CELL);
    const row = Math.floor((y - oy) / CELL);
    for (let c = column - 1; c <= column + 1; c++)
      for (let r = row - 1; r <= row + 1; r++) {
        const other = this.#placed.get(c * 65536 + r);
        if (other && Math.abs(other[0] - x) < CELL - 2 && Math.abs(other[1] - y) < CELL - 2) return false;
      }
    this.#placed.set(column * 65536 + row, [x, y]);
    return true;
  }

  #thumb(example, pixels, [x, y]) {
    const { client, theme, images } = this.view;
    const cls = client.labelOf(example) ?? client.guessOf(example)?.best ?? null;
    const name = `${example} ${cls}`;
    let sprite = this.#thumbs.get(name);
    if (!sprite) {
      if (this.#thumbs.size > 4000) this.#thumbs.clear();
      sprite = document.createElement("canvas");
      [sprite.height, sprite.width] = images.shape;
      const ink = cls === null ? theme.text2 : theme.ofClass(cls);
      sprite.getContext("2d").putImageData(toRgba(pixels, images.shape, ink), 0, 0);
      this.#thumbs.set(name, sprite);
    }
    const c = this.context;
    c.globalAlpha = client.selection.size && !client.selection.has(example) ? 0.35 : 1;
    if (client.solo !== null && client.solo !== cls) c.globalAlpha = 0.12;
    this.#plate(x, y);
    c.drawImage(sprite, x - 13, y - 13, 26, 26);
    c.globalAlpha = 1;
  }

  /** A ground under a thumbnail: without it its ink is lost among dots of the same colour. */
  #plate(x, y) {
    const c = this.context;
    c.fillStyle = rgb(this.view.theme.ground, 0.7);
    c.beginPath();
    c.roundRect(x - 13, y - 13, 26, 26, 5);
    c.fill();
  }
}

/** A name that is no longer than its glyph is written as large. */
function fontOf(cls) {
  return cls.name === cls.glyph ? GLYPH_FONT : NAME_FONT;
}

function disc(c, x, y, radius, colour) {
  c.fillStyle = colour;
  c.beginPath();
  c.arc(x, y, radius, 0, 7);
  c.fill();
}

function roundRect(c, middle, size, radius, colour) {
  c.fillStyle = colour;
  c.beginPath();
  c.roundRect(middle - size / 2, middle - size / 2, size, size, radius);
  c.fill();
}
