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

export type ImageShape = [height: number, width: number, channels: number];

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

/** Drawings of the model at one time, read from sessions/{id}/samples/{id of it}. */
export interface SampleGroup {
  id: string;
  title: string;
  columns: number; // images, of each class where they are by class
  by_class: boolean;
  undrawn: number[]; // places of images that are no pictures; their pixels are blank
}

/** GET sessions/{id}/state */
export interface State {
  version: string;
  session: { id: string; name: string; model: string; model_title: string; created: number };
  choices: { sees: string; note: string; model: OptionMenu; autoencoder: OptionMenu; networks: OptionMenu; likelihood: OptionMenu; batch: OptionMenu };
  data: {
    name: string; title: string; fingerprint: string; n: number; kind: string; are_texts: boolean; shape: ImageShape;
    has_columns?: boolean; // numbers with names
    domains: { name: string; n: number }[]; // in the order of their places; empty without
  };
  classes: ClassInfo[];
  labels: { seq: number; n: number; held: number; unsure: number; junk: number; skipped: number; saved_at: number | null };
  person: string;
  people: { name: string; n: number }[];
  pace: number | null; // labels a minute
  undo: string | null; // what it would do, in words
  redo: string | null;
  map: { version: number; moved: number | null };
  snapshot: { rev: string; label_seq: number; n_labels: number; made_at: number; predicted_by: string; graph: string; about_graph: string } | null;
  accuracy: { value: number; of: number } | null;
  samples: SampleGroup[]; // oldest first
  curve: number; // its version
  trainer: Trainer;
}

/** A group of alike examples; `shown` from its medoid to its most distant member. */
export interface ProposedGroup {
  id: number;
  size: number;
  shown: number[];
  half_of: number | null; // the group that it was split off
}

/** Groups that are proposed, or how far that is. */
export interface GroupsAnswer {
  version: number;
  working: boolean;
  message: string;
  share: number;
  seconds_left: number | null;
  error: string;
  space: string;
  title: string; // of the space
  groups: ProposedGroup[];
}

/** What sets an example aside. */
export type StateKind = "unsure" | "junk" | "skip";

/** What a person says of examples. */
export type SayingKind = "label" | "group" | "clear" | StateKind;

export type StepKind = "undo" | "redo";

/** What each change of a class needs. */
export interface ClassFields {
  "class-add": { name: string };
  "class-rename": { class: number; name: string };
  "class-colour": { class: number; colour: string | null };
  "class-merge": { class: number; into: number };
  "class-delete": { class: number };
  "class-order": { order: number[] };
}

/** An operation on its way to the server. */
export interface Operation {
  op_id: string;
  kind: SayingKind | StepKind | keyof ClassFields | "keep" | "settle" | "audit";
  examples?: number[];
  class?: number;
  map_version?: number;
  name?: string;
  colour?: string | null;
  into?: number;
  order?: number[];
  effect?: Effect | null;
  then?: FollowUp; // known in this browser only, as are the two above and below
  at?: number; // ms since 1970, when it was given
}

/** What a new class is for: examples that get it once it has its id. */
export interface FollowUp {
  examples: number[];
  map_version?: number;
}

/** One that says something of examples. */
export interface Saying extends Operation {
  kind: SayingKind;
  examples: number[];
}

/** One that changes a class. */
export type ClassChange = { [Kind in keyof ClassFields]: Operation & { kind: Kind } & ClassFields[Kind] }[keyof ClassFields];

/** What an operation does to the labels: the values that examples get. */
export interface Effect {
  examples: number[];
  values: number[];
}

/** The server's answer to one operation: stored, or refused. */
export type OperationResult = Stored | { op_id: string; error: string };

export interface Stored {
  op_id: string;
  seq: number; // of the newest event now
  class?: number; // the id of a class that it made
  error?: undefined;
}

/** POST sessions/{id}/events */
export interface EventsAnswer {
  seq: number;
  saved_at: number | null;
  results: OperationResult[];
}

/** GET sessions/{id}/queue */
export interface QueueAnswer {
  strategy: string;
  title: string;
  items: QueueItem[];
  strategies: Strategy[];
}

export interface QueueItem {
  example: number;
  why: string;
}

/** An order in which the queue can ask. */
export interface Strategy {
  name: string;
  title: string;
  about: string;
  needs_class: boolean;
}

/** GET sessions/{id}/card */
export interface CardAnswer {
  example: number;
  guesses: { class: number; p: number }[]; // likeliest first
  bounds: Bound[]; // best first
  redrawn: Redrawn[]; // as its guess, and as the class that explains it best of the others
  in_domains: { domain: number; pixels: string }[]; // as it would be in each; none where the model knows no domains
  nearest: Neighbour[]; // that have a label
  median_distance: number | null; // of all nearest neighbours; null where distances are of the images themselves
  trouble: string; // why the trainer does not answer; "" if it does
}

/** The bound of an image as one class. */
export interface Bound {
  class: number;
  gap: number; // nats to the best, 0 or below
}

/** The image as the model draws it for a class. */
export interface Redrawn {
  class: number;
  pixels: string; // base64
}

export interface Neighbour {
  example: number;
  class: number;
  distance: number;
}

/** GET sessions/{id}/history */
export interface HistoryAnswer {
  n: number; // operations in all
  to_the_beginning: number; // undos of the asking person
  operations: Done[]; // newest first
}

export interface Done {
  op_id: string;
  at: number; // seconds since 1970
  who: string; // "" without a name
  kind: string;
  words: string;
  n: number; // examples
  example: number | null; // the first of them
  class: number | null;
  standing: boolean; // and not undone
  yours: boolean;
  steps: number | null; // undos (below 0: redos) of the asking person that lead there; null where none do
}

/** GET sessions/{id}/runs: newest first. */
export interface RunsAnswer {
  runs: Run[];
}

/** What learned with the same settings. */
export interface Run {
  id: number; // from 1
  settings: Record<string, string>; // in words, by name
  began: number; // seconds since 1970
  ended: number;
  steps: number;
  labels: number;
  predicted_by: string;
  accuracy: number | null; // 0 to 1
  bound: Record<string, number>; // its terms
}

/** GET sessions/{id}/figure/accuracy: a figure of Plotly, and what comes next in words ("" where nothing can be told). */
export interface AccuracyFigure {
  data: CurveLine[];
  layout: { yaxis: { range: [number, number]; ticksuffix: string } };
  outlook: { next: string; checked: string };
}

export interface CurveLine {
  x: number[]; // labels
  y: number[]; // percent
  hovertemplate: string;
  mode: "lines" | "lines+text" | "markers";
  line?: { color: string; width: number; dash?: string };
  marker?: { color: string; size: number }; // instead of a line
  text?: string[];
}

/** GET sessions/{id}/neighbours: examples near one in latent space, nearest first. */
export interface NeighboursAnswer {
  examples: number[];
}

/** GET sessions/{id}/annotators: who made each labelled example what it is. */
export interface AnnotatorsAnswer {
  seq: number; // of the newest event
  people: string[];
  examples: number[];
  of: number[]; // a place in `people` for each example
}

/** GET data: what there is to label, and what is under way. */
export interface DataAnswer {
  ready: ReadySet[];
  sets: ImportedSet[];
  roots: string[]; // folders that a path may lie in
  most_bytes: number; // of an upload
  import: ImportJob | null; // null before the first
  encoder: EncoderJob | null; // null where none was opened
  learning: Learning | null;
}

/** GET data/joining: what it would be to join a set to another as a domain. */
export interface JoiningAnswer {
  title: string;
  words: string; // what becomes of its images
  pictures: Partial<Record<"before" | "after" | "other", { shape: ImageShape; pixels: string }>>;
  sessions: { id: string; name: string }[]; // on the other, that can go on
}

/** A data set as it is listed. */
interface ListedSet {
  id: string;
  n: number;
  shape: number[]; // of an example: height, width, channels; or how many numbers it has
  sessions: { id: string; name: string }[]; // newest first
}

/** One that came with the app. */
export interface ReadySet extends ListedSet {
  picture: ImageShape; // of a thumbnail
  title: string;
  about: string;
  n_classes: number;
  texts: string[]; // some, where the examples are texts
}

/** One that was imported. */
export interface ImportedSet extends ListedSet {
  name: string;
  class_names: string[];
  role: ClassRole;
  source: string;
  created: string; // ISO, UTC
  earlier: string | null; // the id of the version before, where images were added
  domain_names: string[];
  are_texts: boolean;
}

/** What the classes of an import mean. */
export type ClassRole = "truth" | "labels" | "ignore";

/** Work of the server under way, or how it ended. */
export interface Job {
  state: "running" | "done" | "failed" | "cancelled";
  message: string;
  error: string; // why it failed; "" if it did not
}

export interface ImportJob extends Job {
  number: number; // how many were begun before, and this one
  name: string;
  adds: boolean; // to a set that is there
  done: number; // files
  total: number | null;
  taken: number;
  skipped: number;
  seconds: number;
  seconds_left: number | null;
  set: string | null; // id of what was imported, once it is
  map: (Job & { share: number }) | null; // of what was imported last
}

/** POST data/imports: of an upload, of a path, or of a set's source once `again`. */
export interface ImportWish {
  upload?: string;
  path?: string;
  again?: string; // id of a set
  name?: string;
  to?: string; // id of the set to add it to; "" for a new one
  side?: number;
  channels?: string;
  role?: ClassRole;
  reading?: Record<string, string>; // how its file is read, where a person said it
}

/** What is learned of a set's images before its session is opened. */
export interface Learning {
  set: string;
  state: "learning" | "done" | "stopped" | "waiting" | "failed";
  message: string;
  seconds_left: number | null;
  map_version: number; // 0 before the first
}

/** An encoder that is opened before a set gets it. */
export interface EncoderJob extends Job {
  set: string;
  encoder: string;
  network: "none" | "ask" | "download"; // what it may be used for
  download: Download | null; // what it lacks, where it failed for that
}

/** Weights that are not on this computer. */
export interface Download {
  what: string;
  size: number | null; // bytes; null before that was asked
  where: string; // address
  licence: string; // "" where that is not known
}

/** Whose features say which images of a set are alike. */
export interface EncoderChoice {
  choice: string; // "auto", "efficientnet-lite0", "onnx:FILE", "features"
  stands_for: string; // what auto means here; "" for nothing
  beside: string; // what auto takes beside it; "" for nothing
  n_features: number; // that came with the images
  options: EncoderOption[];
  changed: string; // a sentence where its file is no longer what it was; "" where it is
}

export interface EncoderOption {
  name: string;
  title: string;
  about: string;
  argument: "" | "FILE" | "NAME" | string; // what has to be said with it
}

/** GET data/sets/{id}/report */
export type Report = ReportOfAny & ({ kind: "image"; shape: ImageShape } | { kind: "vector"; shape: [n: number] });

interface ReportOfAny {
  are_texts: boolean;
  id: string;
  name: string;
  n: number;
  n_original: number; // examples that were there before, where images were added
  earlier: number; // the same, as the import counted them
  headline: string;
  sentences: string[];
  /** What makes the data set useless, if it is not meant so. */
  warnings: string[];
  fitted: string;
  shape_in_words: string;
  sizes_in_words: string;
  channels: "grey" | "colour" | "";
  policy: { side: number };
  sides: number[]; // to choose from
  can_read_again: boolean;
  why_not_again: string; // "" if it can be
  classes: Record<string, number>; // taken examples of each
  class_names: string[];
  from_folders: boolean;
  role: ClassRole;
  encoder: EncoderChoice;
  reading: ReadingOption[]; // in the order of their dependence
  skipped: Record<string, { title: string; about: string; n: number; files: [name: string, detail: string][] }>; // by reason
  n_skipped: number;
  n_duplicates: number;
  preview: PreviewRow[];
}

/** One choice of how a file is read, as it was recognised or chosen. */
export interface ReadingOption {
  name: string;
  title: string;
  value: string; // one of the options
  options: [value: string, title: string][];
  is_chosen: boolean; // by a person
}

/** Some examples of one class; "" where there are none. */
export interface PreviewRow {
  class: string;
  n: number;
  examples: number[];
  texts: string[]; // their beginnings, where they are texts
}

/** GET data/sets/{id}/skipped */
export interface SkippedAnswer {
  n: number;
  files: { file: string; why: string; detail: string }[];
}

/** POST data/uploads: the upload's id, and the bytes of each file that are there already. */
export interface UploadAnswer {
  upload: string;
  received: Record<string, number>;
}

/** GET sessions/{id}/exports: what the session can be written as, and what was written. */
export interface ExportsAnswer {
  formats: ExportFormat[];
  images: { originals: string; copies: string } | null; // what each would be; null where nothing larger ever was
  folder: string;
  exports: Exported[];
  job: ExportJob | null; // null before the first
}

export interface ExportFormat {
  name: string;
  title: string;
  about: string;
  read_by: string;
  has_choices: boolean; // of ExportChoices; the others are written whole
  only_with_class: boolean; // what has no class is left out
  has_images: boolean; // image files are written, as ExportChoices say
  is_page: boolean;
  why_not: string; // why the session cannot be written so; "" if it can
}

export interface ExportChoices {
  what: "all" | "labels" | "guesses";
  min_confidence: number;
  with_junk: boolean;
  images: "originals" | "copies";
}

/** An export that is there. */
export interface Exported {
  id: string;
  format: string;
  path: string;
  written_at: string; // ISO, UTC
  files: number;
  bytes: number;
  note: string; // what a person must know of its images; "" for nothing
}

export interface ExportJob extends Job {
  format: string;
  share: number; // that is done
  began: number; // seconds since 1970
  export: string | null; // id of what was written, once it is
}

/** GET sessions/{id}/exports/count: examples by whose word an export would hold of them. */
export interface ExportCount {
  labels: number;
  guesses: number;
  states: number; // unsure, skipped or junk, without a guess
  empty: number; // rows that say nothing yet
  of: number; // examples in all
  rows: number; // of a table
  accuracy: (ShareEstimate & { of: number }) | null; // of the guesses, by `of` checked ones
}

/** A share and its 95% interval, all in [0, 1]. */
export interface ShareEstimate {
  share: number;
  low: number;
  high: number;
}

/** GET sessions/{id}/review/audit */
export interface AuditAnswer {
  audit: Audit | null; // null before the first image is checked
  next: number[]; // examples to ask about
  domain: number | null; // place of the domain that it is of; null of all
  by_domain: DomainRow[];
}

/** How good one domain is known to be, by its own key and its own audit. */
export interface DomainRow {
  name: string;
  n: number;
  labelled: number;
  key: { right: number; of: number } | null;
  audit: ({ right: number; of: number } & ShareEstimate) | null;
}

export interface Audit {
  right: number; // of the checked ones
  of: number;
  guesses: ShareEstimate;
  exported: ShareEstimate & { n: number }; // labels and guesses together
  method: string;
  more: number; // further checks, that would narrow the interval to
  narrowed: number; // plus or minus
  by_class: { class: number; right: number; of: number }[];
}

/** GET sessions/{id}/review/matrix */
export interface MatrixAnswer {
  against: string; // the name of one of the options
  options: { name: string; title: string }[];
  rows: string; // what they are
  empty: string; // what to say where nothing is compared
  classes: number[]; // ids
  counts: number[][]; // by row and column
  n: number;
}

/** GET sessions/{id}/review/cell */
export interface CellAnswer {
  n: number;
  items: { example: number; p: number }[];
}

/** GET sessions/{id}/review/doubts: labels that the model can explain better with another class, worst first. */
export interface DoubtsAnswer {
  checked: number; // labels
  items: Doubt[];
}

export interface Doubt {
  example: number;
  label: number; // class that was said
  fits: number; // class that fits best
  gap: number; // nats
  by_bound: boolean; // and not by what other labels propagate
  who: string;
  at: number; // seconds since 1970
}

/** GET sessions/{id}/review/disagreements */
export interface DisagreementsAnswer {
  items: Disagreement[];
  agreement: { people: number; words: string };
}

export interface Disagreement {
  example: number;
  votes: { who: string; class: number }[];
  counts_as: number | null; // class, until it is settled
}

/** GET sessions/{id}/review/groups: images that lie close together and fit no class. */
export interface GroupsAnswer {
  items: Group[];
  ready: boolean; // there are labels enough to tell
}

export interface Group {
  example: number; // the first of them
  examples: number[];
  why: string;
}

/** The columns of rows of numbers. */
export interface ColumnsAnswer {
  names: string[];
  are_examples: boolean;
  draws: boolean; // what the model draws can be said in them
  low: (number | null)[];
  high: (number | null)[];
}

/** What a row holds; rank is the share of rows below, filled what stands for what is missing. */
export interface ColumnsRowAnswer {
  example: number;
  n: number; // columns that there are
  columns: { column: number; name: string; value: number | null; rank: number | null; filled: number | null }[];
}

/** Rows side by side: of each kind, a value for each axis. */
export interface ParallelAnswer {
  n: number;
  axes: { column: number; name: string; low: number | null; high: number | null }[];
  lines: Partial<Record<"selected" | "others" | "drawn", (number | null)[][]>>;
}
