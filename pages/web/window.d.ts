/** What the pages leave on window, for the browser tests. */

interface Window {
  ssvaeData?: { shelf: import("./data/shelf.js").Shelf };
  ssvaeExport?: { client: import("./session/session_client.js").SessionClient; exports: import("./export/exports.js").Exports };
  ssvaeExplore?: import("./explore/explore_page.js").Shared & {
    tabs: import("./explore/tabs.js").Tabs;
    pointer: import("./explore/under_pointer.js").UnderPointer;
  };
  ssvaeLabel?: {
    client: import("./session/session_client.js").SessionClient;
    map: import("./map/latent_map.js").LatentMap;
    queue: import("./ask/queue.js").Queue;
    grid: import("./ask/grid.js").Grid;
    layoutModes: import("./ask/layout_modes.js").LayoutModes;
    element: HTMLElement;
  };
  ssvaeReview?: {
    client: import("./session/session_client.js").SessionClient;
    findings: import("./review/findings.js").Findings;
    questions: import("./review/questions.js").Questions;
  };
}
