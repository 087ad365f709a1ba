/** The style of what stands between the widget and its page: it comes with these parts, when the panel opens. */

export const BOXES = `
  .quoted { color: inherit; text-decoration: none; }

  .quoted:hover { text-decoration: underline; text-decoration-color: var(--_accent); }

  .chip .quoted {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
  }

  .sources .words { color: inherit; text-decoration: none; }

  .sources .words:hover { text-decoration: underline; }

  .scope {
    max-width: 100%;
    min-height: 28px;
    margin: 6px 0 0 6px;
    padding: 2px 4px;
    border: 0;
    border-radius: 6px;
    background: var(--_background);
    color: var(--_muted);
    font: inherit;
    font-size: 13px;
    cursor: pointer;
  }

  .scope:hover { color: var(--_text); }

  .starters { display: grid; gap: 8px; margin: 20px 0 0; padding: 0; list-style: none; justify-items: start; }

  .starters button {
    padding: 7px 14px;
    border: 1px solid var(--_border);
    border-radius: 10px;
    background: none;
    color: var(--_text);
    text-align: start;
    line-height: 1.4;
    overflow-wrap: anywhere;
  }

  .starters button:hover { border-color: var(--_accent); background: var(--_surface); }

  @media (forced-colors: active) {
    .starters button { border: 1px solid ButtonText; }
  }

  [popover] {
    position: fixed;
    inset: auto;
    margin: 0;
    border: 1px solid var(--_border);
    background: var(--_background);
    color: var(--_text);
    box-shadow: var(--_shadow);
    z-index: var(--bookside-z-index, 1000);
  }

  [popover][hidden] { display: none; }

  .card {
    width: 320px;
    max-height: min(50vh, 320px);
    padding: 12px 14px;
    overflow: auto;
    /* A shade at the lower edge, as long as there is more below it. */
    background:
      linear-gradient(transparent, var(--_background) 60%) 0 100% / 100% 40px no-repeat local,
      linear-gradient(transparent, color-mix(in srgb, var(--_text) 18%, transparent)) 0 100% / 100% 20px no-repeat scroll,
      var(--_background);
    border-radius: 10px;
    font-size: 13.5px;
    line-height: 1.5;
    overflow-wrap: anywhere;
  }

  .card > * { margin: 0; }

  .card .path { font-weight: 600; }

  .card blockquote {
    margin-block: 6px;
    padding-inline-start: 10px;
    border-inline-start: 2px solid var(--_accent);
    white-space: pre-line;
  }

  .card .book { color: var(--_muted); font-size: 12.5px; }

  .card a {
    position: sticky;
    inset-block-end: -12px;
    display: block;
    margin-block: 8px -12px;
    padding-block: 8px 12px;
    background: var(--_background);
    font-weight: 600;
  }

  .offer {
    align-items: center;
    gap: 6px;
    padding: 7px 14px 7px 10px;
    border-radius: 999px;
    font-size: 14px;
    font-weight: 500;
    line-height: 1.4;
  }

  .offer:not([hidden]) { display: inline-flex; }

  .offer .icon { width: 18px; height: 18px; color: var(--_accent); }

  .offer:hover { background: var(--_surface); }

  @media (pointer: coarse) { .offer { min-height: 44px; } }

  .toast:not([hidden]) {
    inset-block-end: 24px;
    inset-inline: 20px;
    display: flex;
    align-items: center;
    gap: 8px;
    width: fit-content;
    max-width: min(440px, calc(100vw - 40px));
    margin-inline: auto;
    padding: 8px 8px 8px 16px;
    border-radius: 10px;
    font-size: 14px;
    line-height: 1.45;
  }

  .toast p { margin: 0; }

  .toast .tool { flex: none; width: 32px; height: 32px; }

  @media (forced-colors: active) { .offer { border: 1px solid ButtonText; } }

  @media print { [popover] { display: none; } }
`;
