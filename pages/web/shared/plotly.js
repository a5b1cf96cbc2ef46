/** Plotly, for charts that people read. It is 5 MB: loaded once for the page, and only when there is one to draw. */

const ADDRESS = new URL("plotly.min.js", import.meta.url); // beside the built modules

/** @type {Promise<any> | null} */
let loading = null;

/** Resolves to Plotly; rejects if it cannot be had, and tries again when called again. */
export function loadPlotly() {
  if ("Plotly" in window) return Promise.resolve(window.Plotly);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = String(ADDRESS);
    script.onload = () => resolve(/** @type {any} */ (window).Plotly);
    script.onerror = () => {
      loading = null;
      reject(new Error("plotly.min.js could not be loaded"));
    };
    document.head.append(script);
  });
  return loading;
}
