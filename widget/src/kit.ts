/** What a lazily loaded part is given of the main file: it imports none of it, so that nothing is in the page twice. */

import { css, html, nothing, svg } from "lit";
import { BooksideError } from "./errors.ts";
import { icon } from "./icons.ts";
import { amount, language } from "./language.ts";
import { addWords, STRINGS, say } from "./strings.ts";
import { tool } from "./view/tool.ts";

export const KIT = {
  css,
  html,
  nothing,
  svg,
  icon,
  tool,
  STRINGS,
  say,
  addWords,
  amount,
  language,
  BooksideError,
};

export type Kit = typeof KIT;
