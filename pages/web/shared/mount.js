/**
 * How a page is put into Streamlit's and taken out again.
 *
 * Streamlit calls mount again at every rerun: with the same data nothing happens, with other data
 * the page is built anew.
 */

/**
 * The mount(root, data, fire) of a class that builds itself under root and has destroy().
 *
 * @template {Record<string, any>} Given
 * @param {new (root: HTMLElement, data: Given, fire: (name: string) => void) => {destroy(): void}} Page
 * @param {(data: Given) => unknown} identity what of the data makes it another page
 */
export function mountPage(Page, identity = (data) => data) {
  /** @type {WeakMap<HTMLElement, {name: string, remove: () => void}>} */
  const mounted = new WeakMap();
  /**
   * @param {HTMLElement} root
   * @param {Given} data
   * @param {(name: string) => void} fire fire("log_out") reaches the page's Python
   */
  return (root, data, fire) => {
    const name = JSON.stringify(identity(data));
    const here = mounted.get(root);
    if (here?.name === name) return here.remove;
    here?.remove();
    letGo();
    const page = new Page(root, data, fire);
    const remove = () => {
      if (mounted.get(root)?.remove !== remove) return;
      mounted.delete(root);
      page.destroy();
    };
    mounted.set(root, { name, remove });
    return remove;
  };
}

/** A link of the navigation that was clicked keeps the focus, and a ring around it from the first key on. */
function letGo() {
  const link = document.activeElement?.closest("[data-testid='stTopNavLink']");
  if (link instanceof HTMLElement && !link.matches(":focus-visible")) link.blur();
}
