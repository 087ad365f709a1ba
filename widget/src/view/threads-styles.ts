/** The style sheet of the list of conversations. */

import type { CSSResult } from "lit";
import type { Kit } from "../kit.ts";

export function threadsStyles({ css }: Kit): CSSResult {
  return css`
  .threads {
    position: absolute;
    inset: 0;
    z-index: 1;
    display: flex;
    flex-direction: column;
    background: var(--_background);
  }

  :host([layout="page"]) .body:not([data-list]) .threads { display: none; }

  @container (min-width: 760px) {
    :host([layout="page"]) .body:nth-child(n) .threads {
      position: static;
      display: flex;
      width: 320px;
      border-inline-end: 1px solid var(--_border);
    }

    :host([layout="page"]) .body .talk { visibility: visible; }

    .list-tool { display: none; }

    h2 { margin-inline-start: 10px; }

    .talk :is(.messages, .composer) { padding-inline: max(20px, calc((100% - 760px) / 2)); }
  }

  .search {
    display: flex;
    align-items: center;
    gap: 8px;
    margin: 12px 14px 4px;
    padding-inline: 12px;
    border: 1px solid var(--_border);
    border-radius: 10px;
    color: var(--_muted);
  }

  .search:focus-within, .renaming input:focus { border-color: var(--_accent); box-shadow: 0 0 0 1px var(--_accent); outline: none; }

  .search .icon { width: 16px; }

  input[type="search"] { flex: 1; min-width: 0; padding: 7px 0; border: 0; outline: none; background: none; color: var(--_text); }

  input::placeholder { color: var(--_muted); opacity: 1; }

  .rows { flex: 1; overflow-y: auto; padding: 0 10px 14px; overscroll-behavior: contain; scrollbar-width: thin; }

  .rows h3 { margin: 14px 8px 4px; color: var(--_muted); font-size: 12.5px; font-weight: 600; }

  .rows h3::first-letter { text-transform: uppercase; }

  .rows ul { margin: 0; padding: 0; list-style: none; }

  .rows li { display: flex; align-items: center; border-radius: 8px; }

  .rows li:is(:hover, :focus-within) { background: var(--_surface); }

  .row {
    flex: 1;
    min-width: 0;
    padding: 7px 8px;
    border: 0;
    border-radius: 8px;
    background: none;
    text-align: start;
    line-height: 1.4;
  }

  .row[aria-current] .title { color: var(--_accent); font-weight: 600; }

  .row .title { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

  .row time { color: var(--_muted); font-size: 12.5px; }

  .rows .tool { width: 32px; height: 32px; }

  .rows .tool .icon { width: 16px; }

  .rows .tool:hover { background: var(--_background); }

  @media (hover: hover) {
    .rows li:not(:hover, :focus-within) .tool { opacity: 0; }
  }

  .renaming { flex: 1; padding: 6px; }

  .renaming input {
    width: 100%;
    padding: 6px 8px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_background);
    color: var(--_text);
  }

  .deleting { display: flex; flex-wrap: wrap; gap: 8px; flex: 1; padding: 8px; }

  .deleting p { width: 100%; margin: 0; }

  .none, .rows .problem, .rows .progress { margin: 20px 8px; color: var(--_muted); }

  .rows .problem { color: var(--_danger); }

  .rows > .plain { margin: 12px 8px; }
`;
}
