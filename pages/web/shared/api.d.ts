/** What the server answers, as the browser's modules read it: import("../shared/api.js").State, ... */

/** A class as the server has it. */
export interface ClassInfo {
  id: number;
  name: string;
  key: string; // "" without one
  glyph: string;
  colour: string | null; // chosen by a person
  count: number;
}

/** How class_colours.js shows one. */
export interface ClassLook {
  fill: string;
  ink: string;
  isHollow: boolean;
  isGrey?: boolean;
}

export type LookedClass = ClassInfo & { look: ClassLook };

/** One menu of how the model is fitted. */
export interface OptionMenu {
  value: string | number;
  words: string;
  options: { value: string | number; words: string; why: string }[];
}

export interface Trainer {
  state: "starting" | "waiting" | "training" | "paused" | "pretraining" | "restarting" | "failed" | string;
  message: string;
  device: string;
  step: number;
  rate: number | null;
  seconds_left: number | null;
  bound: Record<string, number> | null;
  run: { step: number; of: number; seconds_left: number | null; loss: number | null } | null;
  when: { mode: string; labels: number; seconds: number } | null;
  waits_for: string;
  epochs: number;
}

/** GET sessions/{id}/state */
export interface State {
  version: string;
  session: { id: string; name: string; model: string; model_title: string; created: number };
  choices: { sees: string; note: string; model: OptionMenu; networks: OptionMenu; likelihood: OptionMenu; batch: OptionMenu };
  data: { name: string; title: string; fingerprint: string; n: number; kind: string; shape: number[] };
  classes: ClassInfo[];
  labels: { seq: number; n: number; held: number; unsure: number; junk: number; skipped: number; saved_at: number | null };
  person: string;
  people: { name: string; n: number }[];
  pace: number | null; // labels a minute
  undo: string | null; // what it would do, in words
  redo: string | null;
  map: { version: number; moved: number | null };
  snapshot: { rev: string; label_seq: number; n_labels: number; made_at: number; predicted_by: string } | null;
  accuracy: { value: number; of: number } | null;
  samples: { id: string; title: string; columns: number; by_class: boolean }[];
  curve: number; // its version
  trainer: Trainer;
}

/** An operation on its way to the server. */
export interface Operation {
  op_id: string;
  kind: string; // "label", "clear", "unsure", "junk", "skip", "undo", "redo", "class-add", ...
  examples?: number[];
  class?: number;
  map_version?: number;
  name?: string;
  colour?: string | null;
  into?: number;
  order?: number[];
  effect?: Effect | null;
  since?: number; // ms since 1970, when it was given to the outbox
}

/** What an operation does to the labels: the values that examples get. */
export interface Effect {
  examples: number[];
  values: number[];
}

/** The server's answer to one operation. */
export interface OperationResult {
  op_id: string;
  seq: number;
  class?: number;
  error?: string;
}

/** GET sessions/{id}/queue */
export interface QueueAnswer {
  strategy: string;
  title: string;
  items: { example: number; why: string }[];
  strategies: { name: string; title: string; about: string; needs_class: boolean }[];
}

/** GET sessions/{id}/card */
export interface CardAnswer {
  example: number;
  guesses: { class: number; p: number }[];
  bounds: any[];
  redrawn: any[];
  nearest: { example: number; class: number; distance: number }[];
  median_distance: number;
  trouble: string;
}
