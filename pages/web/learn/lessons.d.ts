/** What the server answers about lessons, as the browser's modules read it. */

import type { Job } from "../shared/api.js";

/** GET lessons */
export interface LessonsAnswer {
  lessons: Lesson[]; // in the order in which they are taught
  data: OwnImages[];
  run: LessonRun | null; // null before the first
}

/** A set of images of one's own. */
export interface OwnImages {
  id: string;
  title: string;
  has_classes: boolean; // that are known
  class_names: string[];
}

export interface Lesson {
  name: string;
  title: string;
  text: string;
  question: string;
  answers: string[]; // to choose from, a number in each
  right: number; // which of them
  asked: number; // value of the knob that the question is about
  verdict: string; // what came out; {words} stands for the number
  knob: Knob;
  free_knob: Knob; // only turned at the end; where its `kept` is before
  number: string; // what the large number is
  tolerance: number; // by how much a run may differ from what ships
  formula: string; // MathML
  symbols: { symbol: string; says: string; file: string }[];
  why: string; // a question that nobody has to answer
  minutes: number;
  seconds: number; // that a run takes, about
  needs: "digits" | "images" | "classes"; // what it may run on
}

export interface Knob {
  name: string;
  symbol: string; // "" without one
  values: number[];
  labels: string[]; // each value in words
  start: number; // value that is shown first
  kept: number; // value that is kept to compare
}

/** GET lessons/{name}/state, GET lessons/{name}/run */
export interface LessonState {
  number: number;
  words: string; // the number to read: "3 of 8 used"
  said: string; // what happened, in two sentences
  terms: Record<string, number>; // of a bound or a loss, in nats
  figures: Figure[];
  steps: number; // of training
  n_images: number;
  seed: number;
  data?: string; // id of a set of one's own; "" for the digits
  class_names?: string[] | null; // of that set; null for the digits
}

/** An array as it is sent. */
export interface SentArray {
  dtype: "float32" | "uint8" | "int32";
  shape: number[];
  base64: string;
}

export type Figure = Scatter | Bars | Pictures | Lines | Grid;

export interface Scatter {
  kind: "scatter";
  title: string;
  xy: SentArray; // n x 2
  cls: SentArray; // n
  axes: string[];
}

export interface Bars {
  kind: "bars";
  title: string;
  names: string[];
  values: SentArray | number[];
}

export interface Pictures {
  kind: "pictures";
  title: string;
  images: SentArray; // rows x columns x H x W x C
  row_names?: string[];
  captions?: string[][]; // rows x columns, under the images
}

export interface Lines {
  kind: "lines";
  title: string;
  x: SentArray | number[];
  ys: Record<string, SentArray | number[]>;
  axes?: string[];
}

export interface Grid {
  kind: "grid";
  title: string;
  values: SentArray | number[][];
  row_names: string[];
  column_names: string[];
}

/** GET lessons/runs: a lesson that trains here, or has. */
export interface LessonRun extends Job {
  lesson: string;
  value: number;
  free: number;
  seed: number;
  data: string;
  share: number; // that is done
  seconds_left: number | null;
}
