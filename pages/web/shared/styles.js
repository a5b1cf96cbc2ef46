/** The stylesheets of a page. */

import { h } from "./dom.js";

/**
 * Puts an element under root, with styles before it; gives the removal of both.
 *
 * @param {Element} root
 * @param {Element} element
 * @param {string[]} styles their texts
 */
export function styled(root, element, styles) {
  const added = [...styles.map((text) => h("style", {}, text)), element];
  root.append(...added);
  return () => {
    for (const one of added) one.remove();
  };
}
