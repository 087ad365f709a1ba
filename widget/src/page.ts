/** What the page around the widget tells the server: where the reader is, what they see, and in which language. */

import { visibleSection } from "./passage/content.ts";
import type { ContextMode, PageContext } from "./protocol.ts";

/** The server's limits; a field that is longer would refuse the whole question. */
const MAX_TITLE = 500;
const MAX_SECTION = 300;
const MAX_LOCALE = 35;
const MAX_ADDRESS = 2000;

export function pageContext(selected: string | null, mode: ContextMode | null, book: string): PageContext {
  const section = visibleSection();
  const { lang } = document.documentElement;
  return {
    page_context: {
      url: location.href.slice(0, MAX_ADDRESS),
      title: document.title.slice(0, MAX_TITLE),
      current_path: location.pathname.slice(0, MAX_ADDRESS),
      ...(section?.text ? { current_section: section.text.slice(0, MAX_SECTION) } : {}),
      ...(section?.id && section.id.length <= MAX_SECTION ? { current_section_id: section.id } : {}),
      ...(lang && lang.length <= MAX_LOCALE ? { locale: lang } : {}),
    },
    ...(selected ? { selected_text: selected } : {}),
    ...(mode ? { context_mode: mode } : {}),
    ...(book ? { book } : {}),
  };
}
