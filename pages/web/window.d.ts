/** What the pages leave on window, for the browser tests. */

interface Window {
  ssvaeCompare?: {
    client: import("./session/session_client.js").SessionClient;
    comparison: import("./compare/comparison.js").Comparison;
    view: import("./compare/compare_view.js").CompareView;
    cards: Map<string, import("./compare/member_card.js").MemberCard>;
    disagreements: import("./compare/disagreements_panel.js").DisagreementsPanel;
  };
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
    groups: import("./groups/groups.js").Groups;
    layoutModes: import("./ask/layout_modes.js").LayoutModes;
    element: HTMLElement;
  };
  ssvaeLearn?: { lessons: import("./learn/lessons_client.js").Lessons; course: import("./learn/course.js").Course | null };
  ssvaeReview?: {
    client: import("./session/session_client.js").SessionClient;
    findings: import("./review/findings.js").Findings;
    questions: import("./review/questions.js").Questions;
  };
}
