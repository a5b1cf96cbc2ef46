/** What a way of making films needs to know, and gives. */

import type { Space } from "./decoder.js";

export interface FilmMaker {
  element: HTMLElement; // its controls
  why: string; // why there is no film yet, and what to do
  make(space: Space): MadeFilm | null;
  state(): Record<string, unknown>;
  restore(state: Record<string, any>): void;
  show(isShown: boolean): void;
  again(): void; // what the key S does: others of what it chose at random
  name(): string; // of the film, for a file
}

export interface MadeFilm {
  film: import("./film.js").Film;
  ends: [number | null, number | null]; // classes
}
