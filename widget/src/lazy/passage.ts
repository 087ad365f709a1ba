/** Finds passages on a page and shows them: loaded before the first one is gone to. */

export { contentOf } from "../passage/content.ts";
export { type Found, find } from "../passage/find.ts";
export { land } from "../passage/land.ts";
export { clearMark, mark } from "../passage/mark.ts";
export { go } from "../passage/way.ts";
