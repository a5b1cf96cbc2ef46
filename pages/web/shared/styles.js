/** The stylesheets of a page, and the page shown when they are there: nothing flashes by unstyled. */

import { h } from "./dom.js";

/** Puts desk under root with these files beside `home`, then calls built(); gives the removal of both. */
export function styled(root, desk, files, home, built) {
  desk.style.visibility = "hidden";
  const links = files.map((file) => h("link", { rel: "stylesheet", href: new URL(file, home) }));
  // Without its style the page is plain, but it works.
  const loaded = links.map((link) => new Promise((done) => {
    for (const name of ["load", "error"]) link.addEventListener(name, done, { once: true });
  }));
  Promise.all(loaded).then(built);
  root.append(...links, desk);
  return () => {
    for (const link of links) link.remove();
    desk.remove();
  };
}
