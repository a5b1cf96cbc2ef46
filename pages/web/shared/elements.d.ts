/** What h("input.path", {..}) of dom.js takes. */

type Handlers = {
  [Name in keyof GlobalEventHandlersEventMap as `on${Name}`]?: (event: GlobalEventHandlersEventMap[Name]) => void;
};

/** Attributes, and listeners by the names that they have as attributes: their events need no type. */
export interface Props extends Handlers {
  [attribute: string]: any;
}
