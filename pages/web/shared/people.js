/** Who sits here: the cookie that says it, and the badge that shows a person. */

import { h, icon } from "./dom.js";

const COOKIE = "ssvae_person";
const YEAR = 365 * 24 * 3600; // s
const LONGEST = 60; // letters, as the server keeps them
const CHANNEL = "ssvae-person"; // between the tabs of this browser, and an event of the window

/** The name that this browser has; "" if none. */
export function me() {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${COOKIE}=`));
  try {
    return tidy(decodeURIComponent(found?.slice(COOKIE.length + 1) ?? ""));
  } catch {
    return ""; // written by something else
  }
}

/**
 * Takes a name ("" for none), and tells this page and the other tabs.
 * @param {string} name
 */
export function become(name) {
  const value = encodeURIComponent(tidy(name));
  document.cookie = `${COOKIE}=${value}; path=/; max-age=${value ? YEAR : 0}; samesite=lax`;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
  window.dispatchEvent(new Event(CHANNEL));
}

/**
 * Calls `changed` when somebody else sits here, in this tab or another; returns how to stop.
 * @param {() => void} changed
 */
export function onPerson(changed) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = () => changed();
  window.addEventListener(CHANNEL, changed);
  return () => {
    channel.close();
    window.removeEventListener(CHANNEL, changed);
  };
}

/** @param {string} name */
export function tidy(name) {
  return [...name.split(/\s+/).filter(Boolean).join(" ")].slice(0, LONGEST).join("").trim();
}

/**
 * A round badge with initials, in a muted colour of the name's own; an icon for who has none.
 * @param {string} name
 */
export function badge(name) {
  if (!name) return h("span.who-badge.nobody", { "aria-hidden": "true" }, icon("person"));
  const element = h("span.who-badge", { "aria-hidden": "true" }, initials(name));
  element.style.background = colourOf(name);
  return element;
}

/**
 * Muted, and white on it has at least 4.5:1; grey for who has no name.
 * @param {string} name
 */
export function colourOf(name) {
  return name ? `hsl(${hueOf(name)} 34% 42%)` : "hsl(0 0% 45%)";
}

/**
 * A domain's colour by its place: muted, as a person's, and far from that of the next one.
 * @param {number} place
 */
export function domainColour(place) {
  return `hsl(${(210 + place * 137) % 360} 45% 52%)`;
}

/**
 * "Ana" -> "A", "Ana María Ruiz" -> "AR".
 * @param {string} name
 */
export function initials(name) {
  const words = name.split(" ");
  const first = (/** @type {string} */ word = "") => [...word][0] ?? "";
  return (first(words[0]) + (words.length > 1 ? first(words.at(-1)) : "")).toUpperCase();
}

/** @param {string} name */
function hueOf(name) {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + Number(letter.codePointAt(0))) % 9973;
  return (hash * 137) % 360;
}
