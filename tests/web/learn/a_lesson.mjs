/** A lesson as the server says it, for the tests of the learn page. */

export const LESSON = {
  name: "collapse", title: "Squeeze", text: "A text.", question: "How many?", answers: ["8", "5", "2", "0"], right: 2, asked: 16,
  verdict: "It kept {words}.", knob: { name: "Price", symbol: "β", values: [0.1, 1, 16], labels: ["0.1", "1", "16"], start: 1, kept: 1 },
  free_knob: { name: "Encoder", symbol: "", values: [0, 1], labels: ["dense", "conv"], start: 0, kept: 0 },
  number: "in use", tolerance: 2, formula: "", symbols: [], why: "Why?", minutes: 10, seconds: 20, needs: "images",
};
