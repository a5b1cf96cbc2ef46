/** What a map is made with. */

import type { ColourSources } from "./colour_sources.js";
import type { LayoutModes } from "../ask/layout_modes.js";
import type { Images } from "../shared/images.js";
import type { SelectBy } from "./select_by.js";
import type { SelectionActions } from "./selection_card.js";
import type { SessionClient } from "../session/session_client.js";
import type { Theme } from "../shared/theme.js";

export interface MapParts {
  client: SessionClient;
  theme: Theme;
  images: Images;
  layoutModes: LayoutModes;
  selectBy: SelectBy;
  colourSources: ColourSources;
  actions: SelectionActions;
}
