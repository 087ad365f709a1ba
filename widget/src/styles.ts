/**
 * The widget's own style sheet; a page changes it through `--bookside-*` properties and `::part()`.
 *
 * @cssprop --bookside-accent - Colour of the button, of links and of what has the focus.
 * @cssprop --bookside-accent-text - Colour of text on the accent.
 * @cssprop --bookside-background - Colour behind the conversation.
 * @cssprop --bookside-surface - Colour behind questions, code and fields.
 * @cssprop --bookside-text - Colour of text.
 * @cssprop --bookside-muted - Colour of text that matters less.
 * @cssprop --bookside-border - Colour of lines.
 * @cssprop --bookside-danger - Colour of what went wrong.
 * @cssprop --bookside-highlight - Background of a marked passage; set on the page's `html`.
 * @cssprop --bookside-font - Font of all text.
 * @cssprop --bookside-mono-font - Font of code.
 * @cssprop --bookside-radius - How round the panel's corners are.
 * @cssprop --bookside-width - Width of the panel.
 * @cssprop --bookside-width-expanded - Width of the panel in its larger size.
 * @cssprop --bookside-height - Height of the panel, or of the box in the other layouts.
 * @cssprop --bookside-room - Set on the page's `html` while the panel is open: how much of the page's width it takes.
 * @cssprop --bookside-z-index - Place of the button and the panel above the page.
 */

import { css } from "lit";
import { ANSWER_PARTS } from "./styles-answer.ts";

const TOKENS = css`
  :host {
    --_accent: var(--bookside-accent, var(--_site-accent, #1d4f7c));
    --_on-accent: var(--bookside-accent-text, var(--_site-accent-text, #ffffff));
    --_background: var(--bookside-background, #fffefb);
    --_surface: var(--bookside-surface, #f4f2ec);
    --_text: var(--bookside-text, #23211d);
    --_muted: var(--bookside-muted, #69645b);
    --_border: var(--bookside-border, #dedad0);
    --_danger: var(--bookside-danger, #a12b22);
    --_shadow: 0 1px 2px rgb(30 25 15 / 8%), 0 12px 40px rgb(30 25 15 / 16%);
    --_radius: var(--bookside-radius, 12px);
    --_font: var(--bookside-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif);
    --_mono: var(--bookside-mono-font, ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace);
    color-scheme: light;
  }

  :host([data-scheme="dark"]) {
    --_accent: var(--bookside-accent, var(--_site-accent, #93bfe6));
    --_on-accent: var(--bookside-accent-text, var(--_site-accent-text, #10202f));
    --_background: var(--bookside-background, #1b1b1d);
    --_surface: var(--bookside-surface, #27272a);
    --_text: var(--bookside-text, #e8e5de);
    --_muted: var(--bookside-muted, #a39e94);
    --_border: var(--bookside-border, #3a3a3d);
    --_danger: var(--bookside-danger, #f0938a);
    --_shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 12px 40px rgb(0 0 0 / 50%);
    color-scheme: dark;
  }
`;

const FRAME = css`
  :host {
    font: 15px/1.6 var(--_font);
    color: var(--_text);
    letter-spacing: normal;
    text-align: start;
    text-transform: none;
    -webkit-text-size-adjust: 100%;
  }

  :host([layout="inline"]) {
    display: block;
    height: var(--bookside-height, 100%);
    min-height: 320px;
  }

  :host([layout="page"]) {
    display: block;
    height: var(--bookside-height, 100dvh);
    min-height: 320px;
  }

  :host([layout="page"]) .panel { border: 0; border-radius: 0; container-type: inline-size; }

  /* The button and the panel float: on the page itself there is nothing, not even an empty line. */
  :host(:not([layout="inline"], [layout="page"])) { position: absolute; }

  :host([hidden]) { display: none; }

  *, *::before, *::after { box-sizing: border-box; }

  button, textarea, input { font: inherit; color: inherit; letter-spacing: inherit; }

  button { cursor: pointer; }

  :focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }

  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .icon { display: block; flex: none; }

  .opener {
    position: fixed;
    inset-block-end: max(20px, env(safe-area-inset-bottom));
    inset-inline-end: 20px;
    z-index: var(--bookside-z-index, 1000);
    display: inline-flex;
    align-items: center;
    gap: 8px;
    padding: 10px 18px 10px 14px;
    border: 0;
    border-radius: 999px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-weight: 500;
    line-height: 1.4;
    box-shadow: var(--_shadow);
    transition: transform 120ms ease;
  }

  .opener:hover { transform: translateY(-1px); }

  :host([open]) .opener { visibility: hidden; }

  .panel {
    display: flex;
    flex-direction: column;
    margin: 0;
    padding: 0;
    overflow: hidden;
    background: var(--_background);
    color: var(--_text);
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
  }

  section.panel { height: 100%; }

  dialog:not([open]) { display: none; }

  dialog.panel {
    position: fixed;
    inset: auto;
    inset-block-end: 20px;
    inset-inline-end: 20px;
    z-index: var(--bookside-z-index, 1000);
    width: min(var(--bookside-width, 420px), calc(100vw - 40px));
    height: min(var(--bookside-height, 680px), calc(100dvh - 40px));
    max-width: none;
    max-height: none;
    box-shadow: var(--_shadow);
    animation: rise 160ms ease-out;
  }

  :host([expanded]) dialog.panel {
    width: min(var(--bookside-width-expanded, 760px), calc(100vw - 40px));
    height: calc(100dvh - 40px);
  }

  dialog::backdrop { background: transparent; }

  @keyframes rise { from { opacity: 0; transform: translateY(8px); } }

  @media (max-width: 480px) {
    dialog.panel {
      inset: var(--_seen-top, 0) 0 auto;
      width: 100vw !important;
      height: var(--_seen-height, 100dvh) !important;
      border: 0;
      border-radius: 0;
    }

    textarea, input { font-size: 16px !important; }

    .tool.size-tool { display: none; }
  }

  header {
    display: flex;
    user-select: none;
    align-items: center;
    gap: 4px;
    padding: 10px;
    border-block-end: 1px solid var(--_border);
  }

  h2 { flex: 1; min-width: 0; margin: 0; margin-inline-start: 4px; font-size: 15px; font-weight: 600; line-height: 1.4; }

  .tool {
    display: grid;
    place-items: center;
    width: 36px;
    height: 36px;
    padding: 0;
    border: 0;
    border-radius: 8px;
    background: none;
    color: var(--_muted);
  }

  .tool:hover { background: var(--_surface); color: var(--_text); }

  .plain {
    padding: 4px 12px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_background);
    font-weight: 500;
  }

  [dir="rtl"] .list-tool .icon { transform: scaleX(-1); }

  .plain:hover { background: var(--_surface); }

  .older { display: block; margin: 0 auto 20px; }

  .danger { color: var(--_danger); }

  .body { position: relative; display: flex; flex: 1; min-height: 0; }

  .talk { display: flex; flex: 1; flex-direction: column; min-width: 0; }

  .body[data-list] .talk { visibility: hidden; }

  @media (pointer: coarse) {
    .tool, .act { min-width: 44px; min-height: 44px; }

    .plain { min-height: 44px; }

    .field textarea { padding-block: 10px; }
  }
`;

const CONVERSATION = css`
  .messages {
    flex: 1;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 20px;
    scrollbar-width: thin;
    scrollbar-color: var(--_border) transparent;
  }

  .messages:focus-visible { outline-offset: -3px; }

  /* From the top: what comes later, such as questions to begin with, moves nothing. */
  .empty { padding-block-start: min(18%, 96px); color: var(--_muted); }

  .empty p { margin: 0; max-width: 34ch; text-wrap: pretty; }

  .empty .greeting { margin-block-end: 8px; color: var(--_text); font-size: 21px; font-weight: 600; line-height: 1.3; }

  .question {
    margin-block-end: 16px;
    padding: 10px 14px;
    border-radius: 10px;
    background: var(--_surface);
    font-weight: 500;
    overflow-wrap: anywhere;
  }

  article + .question { margin-block-start: 28px; }

  .question p { margin: 0; white-space: pre-wrap; }

  .question blockquote {
    margin: 2px 0 8px;
    padding-inline-start: 10px;
    border-inline-start: 2px solid var(--_accent);
    color: var(--_muted);
    font-weight: 400;
    font-size: 13.5px;
    line-height: 1.5;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
  }

  .progress { display: flex; align-items: center; gap: 10px; margin: 0 0 16px; color: var(--_muted); }

  .progress::before {
    content: "";
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--_accent);
    animation: breathe 1.4s ease-in-out infinite;
  }

  @keyframes breathe { 50% { opacity: 0.25; } }

  .failure, .notice {
    margin-block: 12px;
    padding: 10px 14px;
    border: 1px solid var(--_border);
    border-inline-start: 3px solid var(--_muted);
    border-radius: 8px;
    overflow-wrap: anywhere;
  }

  .failure, .notice[data-level="danger"] { border-inline-start-color: var(--_danger); }

  .failure p, .notice p { margin: 0; }

  .retry {
    margin-block-start: 8px;
    padding: 4px 12px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_background);
    font-weight: 500;
  }

  .retry:hover { background: var(--_surface); }
`;

const ANSWER = css`
  .answer { overflow-wrap: anywhere; }

  .answer > :first-child { margin-block-start: 0; }

  .answer p, .answer ul, .answer ol, .answer pre, .answer blockquote, .answer .table { margin-block: 0 12px; }

  .answer :is(h1, h2, h3, h4, h5, h6) {
    margin-block: 20px 6px;
    font-size: 16px;
    font-weight: 650;
    line-height: 1.35;
  }

  .answer :is(h3, h4, h5, h6) { font-size: 15px; }

  .answer :is(ul, ol) { padding-inline-start: 22px; }

  .answer li { margin-block: 3px; }

  .answer li > :is(ul, ol) { margin-block: 3px; }

  .answer li::marker { color: var(--_muted); }

  .answer blockquote {
    margin-inline: 0;
    padding-inline-start: 14px;
    border-inline-start: 3px solid var(--_border);
    color: var(--_muted);
  }

  .answer code {
    padding: 0.1em 0.35em;
    border-radius: 4px;
    background: var(--_surface);
    font: 0.88em/1.5 var(--_mono);
  }

  .answer pre {
    padding: 12px 14px;
    overflow-x: auto;
    border-radius: 8px;
    background: var(--_surface);
    font: 13px/1.55 var(--_mono);
    overflow-wrap: normal;
    tab-size: 4;
  }

  .answer pre code { padding: 0; background: none; font: inherit; }

  .answer .table { overflow-x: auto; }

  .answer table { border-collapse: collapse; font-size: 14px; overflow-wrap: normal; }

  .answer :is(th, td) { padding: 5px 12px 5px 0; border-block-end: 1px solid var(--_border); text-align: start; vertical-align: top; }

  .answer th { font-weight: 600; }

  .answer hr { margin-block: 20px; border: 0; border-block-start: 1px solid var(--_border); }

  a { color: var(--_accent); text-decoration-thickness: 1px; text-underline-offset: 0.18em; border-radius: 2px; }

  .external::after { content: "\\2009\\2197"; font-size: 0.85em; }

  .citation {
    margin-inline-start: 0.2em;
    font-size: 0.78em;
    font-weight: 600;
    line-height: 1;
    vertical-align: 0.3em;
    text-decoration: none;
    white-space: nowrap;
  }

  .citation.external::after { content: none; }

  .citation:hover { text-decoration: underline; }

  .sources { margin-block: 16px 8px; padding-block-start: 12px; border-block-start: 1px solid var(--_border); font-size: 13.5px; line-height: 1.45; }

  .sources h3 { margin: 0 0 8px; color: var(--_muted); font-size: 12.5px; font-weight: 600; }

  .sources ol { display: grid; gap: 10px; margin: 0; padding: 0; list-style: none; }

  .sources li { display: grid; grid-template-columns: 1.4em minmax(0, 1fr); gap: 4px; }

  .sources .number { color: var(--_muted); font-variant-numeric: tabular-nums; }

  .sources .title { font-weight: 600; text-decoration: none; overflow-wrap: anywhere; }

  .sources a.title:hover { text-decoration: underline; }

  .sources .entity { padding: 0; border: 0; background: none; color: var(--_accent); text-align: start; }

  .sources .path { display: block; color: var(--_muted); }

  .sources blockquote {
    margin: 3px 0 0;
    color: var(--_muted);
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
`;

const ACTIONS = css`
  .question { position: relative; min-height: 44px; padding-inline-end: 44px; }

  .question > .tool {
    position: absolute;
    inset-block-start: 4px;
    inset-inline-end: 4px;
    background: var(--_surface);
  }

  @media (pointer: coarse) {
    .question { min-height: 52px; padding-block: 14px; padding-inline-end: 52px; }
  }

  .actions { display: flex; gap: 2px; margin-block: 4px 16px; margin-inline-start: -8px; }

  :is(.actions, .question) .tool { width: 32px; height: 32px; }

  :is(.actions, .question) .tool .icon { width: 17px; }

  .tool[aria-pressed="true"] { color: var(--_accent); }

  .tool[aria-pressed="true"] .icon { fill: color-mix(in srgb, var(--_accent) 25%, transparent); }

  @media (hover: hover) {
    .question:not(:hover, :focus-within, [data-edited]) > .tool { opacity: 0; }
  }

  .skeleton { display: grid; gap: 12px; }

  .skeleton i { height: 12px; border-radius: 6px; background: var(--_surface); animation: breathe 1.4s ease-in-out infinite; }

  .skeleton i:nth-child(1) { width: 60%; height: 36px; }

  .skeleton i:nth-child(3) { width: 90%; }

  .skeleton i:nth-child(4) { width: 70%; }
`;

const COMPOSER = css`
  .offline, .wait:not(:empty), .count:not(:empty) { margin: 0 2px 8px; color: var(--_muted); font-size: 13px; line-height: 1.45; }

  .wait:empty, .count:empty { display: none; }

  .count:not(:empty) { margin: 6px 2px 0; text-align: end; }

  .count[data-over="true"] { color: var(--_danger); font-weight: 600; }

  .composer { padding: 12px 14px max(14px, env(safe-area-inset-bottom)); border-block-start: 1px solid var(--_border); }

  .closed { margin: 0; padding-block: 16px; color: var(--_muted); text-align: center; }

  .edited { display: flex; align-items: center; justify-content: space-between; gap: 10px; margin-block-end: 10px; font-size: 13px; }

  .edited p { margin: 0; padding-inline-start: 12px; border-inline-start: 2px solid var(--_accent); color: var(--_muted); line-height: 1.45; }

  .question[data-edited] { box-shadow: inset 0 0 0 1.5px var(--_accent); }

  .chip {
    display: flex;
    align-items: start;
    gap: 4px;
    margin-block-end: 10px;
    padding: 6px 4px 6px 12px;
    border-inline-start: 2px solid var(--_accent);
    background: var(--_surface);
    border-radius: 0 8px 8px 0;
    font-size: 13px;
    line-height: 1.45;
  }

  .chip p { flex: 1; min-width: 0; margin: 0; padding-block: 4px; }

  .chip q {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
  }

  .chip .label { display: block; color: var(--_muted); }

  .chip .tool { width: 28px; height: 28px; }

  .field {
    display: flex;
    align-items: end;
    gap: 6px;
    padding: 5px 5px 5px 14px;
    border: 1px solid var(--_border);
    border-radius: 12px;
    background: var(--_background);
  }

  .field:has(.attach) { padding-inline-start: 5px; }

  .field .attach:empty { visibility: hidden; }

  .below { display: flow-root; min-height: 34px; }

  .field:focus-within { border-color: var(--_accent); box-shadow: 0 0 0 1px var(--_accent); }

  textarea {
    flex: 1;
    min-width: 0;
    max-height: 9.6em;
    margin: 0;
    padding: 6px 0;
    border: 0;
    background: none;
    resize: none;
    line-height: 1.5;
    field-sizing: content;
  }

  textarea:focus-visible { outline: none; }

  textarea::placeholder { color: var(--_muted); opacity: 1; }

  .act {
    display: grid;
    place-items: center;
    flex: none;
    width: 36px;
    height: 36px;
    padding: 0;
    border: 0;
    border-radius: 9px;
    background: var(--_accent);
    color: var(--_on-accent);
  }

  .act:disabled { background: var(--_surface); color: var(--_muted); cursor: default; }

  @media (prefers-reduced-motion: reduce) {
    *, *::before { animation: none !important; transition: none !important; }
  }

  @media (forced-colors: active) {
    .act, .opener { border: 1px solid ButtonText; }

    .row[aria-current], .question[data-edited], .tool[aria-pressed="true"], .field:focus-within { outline: 2px solid Highlight; }

    .question { border: 1px solid CanvasText; }
  }

  @media print {
    :host([layout="panel"]) { display: none; }
  }
`;

export const STYLES = [TOKENS, FRAME, CONVERSATION, ANSWER, ANSWER_PARTS, ACTIONS, COMPOSER];
