/** What the views of the ways between images use of the Explore page. */

import type { SessionClient } from "../session/session_client.js";
import type { Images } from "../shared/images.js";
import type { LatentMap } from "../map/latent_map.js";
import type { Theme } from "../shared/theme.js";

export type Space = "code" | "style";

export interface Shared {
  client: SessionClient;
  images: Images;
  map: LatentMap;
  theme: Theme;
  seed: number;
  decoder: {
    ready: boolean;
    why: string;
    shape: [number, number, number];
    nClasses: number;
    byClass: boolean;
    space(name: Space): { dim: number };
    decode(space: Space, z: Float32Array, classes: Int32Array): Promise<Uint8Array>;
    on(name: "changed", listener: () => void): () => void;
  };
  codes: {
    n: number;
    load(): Promise<unknown>;
    dim(space: Space): number;
    of(space: Space, example: number): Float32Array;
    all(space: Space): Float32Array;
    classOf(example: number): number | null;
    at(x: number, y: number): { code: Float32Array; cls: number | null; isEmpty: boolean } | null;
    on(name: "changed", listener: () => void): () => void;
  };
  link: { get(name: string): Record<string, any> | null; set(name: string, state: object): void };
}

/** What a way of making films needs to know, and gives. */
export interface FilmMaker {
  element: HTMLElement; // its controls
  why: string; // why there is no film yet, and what to do
  make(space: Space): MadeFilm | null;
  state(): Record<string, unknown>;
  restore(state: Record<string, any>): void;
  show(isShown: boolean): void;
  again(): void; // what the key S does: new images
  name(): string; // of the film, for a file
}

export interface MadeFilm {
  film: import("./film.js").Film;
  told: number | null;
  ends: [number | null, number | null]; // classes
}
