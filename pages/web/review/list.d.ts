/** What the lists of lists_panel.js have in common. */

import type { Disagreement, DisagreementsAnswer, Doubt, DoubtsAnswer, Group, GroupsAnswer } from "../shared/api.js";

export type ListAnswer = DoubtsAnswer | DisagreementsAnswer | GroupsAnswer;
export type ListItem = Doubt | Disagreement | Group;

/** A list: the words around it, its rows, and what a press does to the framed one. */
export interface List {
  readonly lead: string; // above its rows
  words(found: ListAnswer): string; // how many there are
  empty(found: ListAnswer): string; // why there is none
  row(item: ListItem, focused: boolean): HTMLElement | null; // null: it means classes that are gone
  accept(item: ListItem): void;
  keep?(item: ListItem): void;
  give(item: ListItem, cls: number): void;
}

/** Keys, and what they do. */
export type Hint = [keys: string[], word: string];

/** What a list is given. */
export interface ListParts {
  client: import("../session/session_client.js").SessionClient;
  images: import("../shared/images.js").Images;
  verbs: import("./verbs.js").Verbs;
  list: import("./lists_panel.js").ListsPanel; // that shows it
}
