/** Bytes as text, and back: what JSON carries. No DOM. */

const AT_ONCE = 0x8000; // bytes: more arguments than that a call may not have

/** @param {Uint8Array} bytes */
export function inBase64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += AT_ONCE) text += String.fromCharCode(...bytes.subarray(i, i + AT_ONCE));
  return btoa(text);
}

/** @param {string} text */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
