/**
 * How a page of a session is put into Streamlit's and taken out again.
 *
 * Streamlit calls mount again at every rerun: with the same session nothing happens, with another
 * one the page is built anew.
 */

/** mount(root, {session, api}) of a class that builds itself under root and has destroy(). */
export function mountPage(Page) {
  const mounted = new WeakMap(); // root -> {name, remove}
  return (root, { session, api = "/api" }) => {
    const name = `${api} ${session}`;
    if (mounted.get(root)?.name === name) return mounted.get(root).remove;
    mounted.get(root)?.remove();
    letGo();
    const build = new Page(root, { session, api });
    const remove = () => {
      if (mounted.get(root)?.remove !== remove) return;
      mounted.delete(root);
      build.destroy();
    };
    mounted.set(root, { name, remove });
    return remove;
  };
}

/** A link of the navigation that was clicked keeps the focus, and a ring around it from the first key on. */
function letGo() {
  const link = document.activeElement?.closest?.("[data-testid='stTopNavLink']");
  if (link && !link.matches(":focus-visible")) link.blur();
}
