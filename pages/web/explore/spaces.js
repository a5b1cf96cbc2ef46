/** What a view may change of an image: all that decides how it is drawn, or its style alone. */

/**
 * Whether the model's style is another thing than its code: not in a model with one z.
 * @param {Pick<import("./explore_page.js").Shared, "decoder">} shared
 */
export function hasTwoSpaces({ decoder }) {
  const { codes } = decoder.about ?? {};
  return Boolean(codes?.style && decoder.space("style")) && codes?.code !== codes?.style;
}
