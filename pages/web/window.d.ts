/** What the pages leave on window, for the browser tests. */

interface Window {
  ssvaeData?: { shelf: import("./data/shelf.js").Shelf };
  ssvaeExport?: { client: import("./session/session_client.js").SessionClient; exports: import("./export/exports.js").Exports };
  ssvaeReview?: {
    client: import("./session/session_client.js").SessionClient;
    findings: import("./review/findings.js").Findings;
    questions: import("./review/questions.js").Questions;
  };
}
