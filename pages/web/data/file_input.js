/** A hidden field for files: its click() opens the system's dialog. */

import { h } from "../shared/dom.js";
import { chosen } from "./uploader.js";

/**
 * take(files) gets what was chosen, each time anew, also when it is the same.
 * @param {import("../shared/elements.js").Props} props
 * @param {(files: import("./uploader.js").PathAndFile[]) => void} take
 */
export function fileInput(props, take) {
  const input = h("input", { type: "file", hidden: true, ...props });
  input.addEventListener("change", () => {
    const files = chosen(input.files);
    input.value = "";
    take(files);
  });
  return input;
}
