/** A login ends at the app's front page: the way from there to the page that asked for it. */

const KEY = "ssvae_way_back"; // of this tab only

/** Called beside the button that leads away; returns its removal. */
export function mount() {
  if (location.pathname !== "/" || location.search) sessionStorage.setItem(KEY, location.href);
  return () => {};
}

/** After the login, once. */
export function goBack() {
  const asked = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (asked && asked !== location.href) location.replace(asked);
}
