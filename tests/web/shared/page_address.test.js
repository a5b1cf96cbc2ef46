import assert from "node:assert/strict";
import { test } from "node:test";

import { pageAddress } from "../../../pages/web/shared/page_address.js";

test("a page is beside the folder that the modules come from", () => {
  assert.equal(pageAddress("", "a b", "http://127.0.0.1:8501/web/label.js"), "/?session=a%20b");
  assert.equal(pageAddress("review", "x", "https://h.org/lab/web/export.js"), "/lab/review?session=x");
});
