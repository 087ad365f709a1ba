/** Finds passages on a page. */

export { contentOf } from "../passage/content.ts";
export { type Found, find } from "../passage/find.ts";
