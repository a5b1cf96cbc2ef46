/** Dragging a chip to another place in the row: its class gets the key of that place. */

export class ChipDrag {
  list;
  move;

  /**
   * @param {HTMLElement} list of the chips
   * @param {(id: number, place: number) => void} move called when a chip was dropped
   */
  constructor(list, move) {
    this.list = list;
    this.move = move;
    // The desk keeps the focus away from buttons on mousedown, which would also keep them from being dragged.
    list.addEventListener("mousedown", (event) => event.stopPropagation());
    list.addEventListener("dragstart", (event) => this.#start(event));
    list.addEventListener("dragover", (event) => this.#over(event));
    list.addEventListener("drop", (event) => this.#drop(event));
    list.addEventListener("dragend", () => this.#end());
  }

  /** @type {HTMLElement | null} */
  #chip = null; // that is being dragged

  get #all() {
    return /** @type {HTMLElement[]} */ ([...this.list.children]);
  }

  /** @param {DragEvent} event */
  #start({ target, dataTransfer }) {
    const chip = this.#all.find((each) => target instanceof Node && each.contains(target));
    if (!chip || !dataTransfer) return;
    this.#chip = chip;
    dataTransfer.effectAllowed = "move";
    dataTransfer.setData("text/plain", chip.dataset.id ?? "");
    chip.classList.add("dragged");
  }

  /** @param {DragEvent} event */
  #over(event) {
    if (!this.#chip) return;
    event.preventDefault();
    this.#mark();
    const place = this.#place(event);
    const chips = this.#others();
    const [mark, side] = place < chips.length ? [chips[place], "before"] : [chips.at(-1), "after"];
    mark?.classList.add(side);
  }

  /** @param {DragEvent} event */
  #drop(event) {
    if (!this.#chip) return;
    event.preventDefault();
    const id = Number(this.#chip.dataset.id);
    const before = this.#all.indexOf(this.#chip);
    const place = this.#place(event);
    this.#end();
    if (place !== before && id >= 0) this.move(id, place);
  }

  #end() {
    this.#mark();
    this.#chip?.classList.remove("dragged");
    this.#chip = null;
  }

  /** Takes the marks of an earlier place away. */
  #mark() {
    for (const chip of this.#all) chip.classList.remove("before", "after");
  }

  #others() {
    return this.#all.filter((chip) => chip !== this.#chip && !chip.hidden);
  }

  /**
   * Where a chip dropped here would stand among the others, which are read row by row.
   * @param {DragEvent} event
   */
  #place({ clientX: x, clientY: y }) {
    const boxes = this.#others().map((chip) => chip.getBoundingClientRect());
    return boxes.filter((box) => box.bottom < y || (box.top <= y && box.left + box.width / 2 < x)).length;
  }
}
