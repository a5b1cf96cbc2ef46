/** What a view may change of an image: all that decides how it is drawn, or its style alone. */

/**
 * Whether the model's style is another thing than its code: not in a model with one z.
 * @param {Pick<import("./explore_page.js").Shared, "decoder">} shared
 */
export function hasTwoSpaces({ decoder }) {
  const { codes } = decoder.about ?? {};
  return Boolean(codes?.style && decoder.space("style")) && codes?.code !== codes?.style;
}

const LEAST_TOLD = 5; // nats that a style tells of an image, below which all styles look alike

/**
 * What a style tells of an image on average, in nats: the mean KL over its numbers; null where an encoder gives points.
 * @param {ArrayLike<number>} information of each number
 */
export function toldBy(information) {
  return information.length ? Array.from(information).reduce((sum, one) => sum + one, 0) : null;
}

/**
 * Whether styles cannot be told apart yet, which is so while a model has just begun to learn.
 * @param {ArrayLike<number>} information of each number
 */
export function tellsLittle(information) {
  const told = toldBy(information);
  return told !== null && told < LEAST_TOLD;
}

/**
 * The numbers to turn: a style's, or M1's latents beneath it while there are no styles, or they tell little; what a
 * person chose goes before. null while there is nothing to turn.
 * @param {Pick<import("./explore_page.js").Shared, "decoder" | "codes">} shared
 * @param {import("./decoder.js").Space | null} chosen
 * @returns {import("./decoder.js").Space | null}
 */
export function spaceToTurn({ decoder, codes }, chosen = null) {
  const hasStyle = decoder.ready && decoder.space("style") !== null && codes.has("style");
  const hasLatents = decoder.ready && !decoder.byClass && codes.has("code");
  if (!hasStyle || !hasLatents) return hasStyle ? "style" : hasLatents ? "code" : null;
  return chosen ?? (tellsLittle(codes.information("style")) ? "code" : "style");
}
