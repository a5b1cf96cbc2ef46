/** What the server answers about a comparison of models, as this page reads it. */

import type { OptionMenu, ShareEstimate } from "../shared/api.js";

/** GET sessions/{id}/compare */
export interface ComparisonAnswer {
  version: string;
  labels: {
    who: string; // whose labels were learned from; "" for everybody's
    n: number; // that were learned from
    people: { name: string; n: number }[];
    newer: number; // given since
  };
  ladder: number[]; // numbers of labels at which every member was looked at, the last is all of them
  by: string; // the name of one of the judges, or "none"
  judges: { name: string; title: string; n: number }[];
  judged: { n: number; words: string }; // by what the errors were counted, or why there are none
  members: Member[];
  job: ComparisonJob | null; // null before the first
  limits: { fewest: number; most: number; budgets: number[]; budget: number }; // budgets: seconds a member, budget: the usual ones
  models: ModelChoice[];
  trio: MemberWish[]; // to begin with
  can_begin: string; // why not, in a sentence; "" if it can
}

export interface MemberWish {
  model: string;
  config?: Record<string, unknown>;
}

export interface ComparisonJob {
  state: "running" | "done" | "cancelled" | "failed";
  message: string;
  share: number;
  seconds_left: number | null;
  member: string | null; // that learns now
}

/** One that can be compared, and what can be chosen of it. */
export interface ModelChoice {
  name: string;
  title: string;
  about: string;
  needs_m1: boolean;
  options: Record<string, OptionMenu>; // "encoder" only of images; there an option may have an argument
  knobs: { name: string; default: number; low: number; high: number; help: string }[];
}

/** A model that learns, or has learned, from the session's labels. */
export interface Member {
  id: string;
  model: string;
  title: string;
  about: string;
  in_use: boolean;
  other_encoder: string; // that it sees images by, in words; "" for the data set's
  why_not_use: string; // a sentence; "" if it can become the session's model
  state: "waiting" | "training" | "done" | "failed" | "cancelled";
  message: string;
  share: number; // of its learning that is done
  seconds_left: number | null;
  seconds: number; // of learning, in all
  budget: number;
  settings: Record<string, string>; // in words, by name
  differs: Record<string, string>; // those that are not the same in all members
  reached: number[]; // numbers of labels of the ladder that are there
  results: Record<string, Result>; // by number of labels
}

/** How a member did with so many labels. */
export interface Result {
  seconds: number;
  steps: number;
  error: Error | null; // of the model alone
  together: Error | null; // with what the labels propagate
  bound: { terms: Record<string, number>; total: number | null; of_images: number | null; counts: string };
  draws: Draws;
  pair: Pair | null; // null for the one in use, and where nothing is judged
}

export type Error = ShareEstimate & { n: number };

/** Drawings, a row a style and a column a class; no row where it draws none. */
export interface Draws {
  rows: number;
  classes: number[]; // ids
  undrawn: number[]; // places of images that are no pictures; their pixels are blank
}

/** A member beside the one in use: by how much its error is larger. */
export interface Pair {
  difference: number;
  low: number;
  high: number;
  better: boolean | null; // null: it cannot be told
  more: number | null; // further audited images that would tell
  words: string;
}

/** GET sessions/{id}/compare/confusion */
export interface ConfusionAnswer {
  classes: number[]; // ids
  rows: string; // what they are
  n: number;
  members: Record<string, number[][]>; // counts by row and column, by the member's id
}

/** POST sessions/{id}/compare */
export type Wish =
  | { do: "add"; models: MemberWish[]; budget: number; who: string }
  | { do: "train"; who?: string; budget?: number }
  | { do: "remove" | "use"; member: string }
  | { do: "cancel"; member?: string }
  | { do: "order"; members: string[] };
