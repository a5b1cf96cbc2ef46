// @ts-nocheck (its types are not written yet)
/** Choices that this browser keeps; without storage they last as long as the page. */

const PREFIX = "ssvae.";

export function stored(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function store(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Not kept for the next visit, nothing else.
  }
}
