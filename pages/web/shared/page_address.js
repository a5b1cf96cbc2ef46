/**
 * The address of one of the app's pages, wherever the app is: at the top of a host, or below a
 * folder of it behind a proxy. This module is served from the folder `web` there.
 * @param {string} page its name, "" for the first
 * @param {string} session its id
 * @param {string} from where this module was loaded from
 */
export function pageAddress(page, session, from = import.meta.url) {
  return `${new URL("..", from).pathname}${page}?session=${encodeURIComponent(session)}`;
}
