/** How an answer's code, formulas, tables and pictures look. */

import { css } from "lit";

export const ANSWER_PARTS = css`
  :host {
    --_code-word: #7a2e8e;
    --_code-text: #1f6b2e;
    --_code-number: #8a4500;
    --_code-name: #1d4f7c;
    --_code-type: #0b6570;
    --_code-note: #69645b;
  }

  :host([data-scheme="dark"]) {
    --_code-word: #d9a8ec;
    --_code-text: #a3d9a5;
    --_code-number: #efbf85;
    --_code-name: #93bfe6;
    --_code-type: #7fd0d8;
    --_code-note: #a39e94;
  }

  .answer > :last-child { margin-block-end: 0; }

  .answer :is(h1, h2, h3, h4, h5, h6) { margin-inline: 0; }

  .answer :is(li, blockquote) > p { margin-block: 3px; }

  .answer .code { margin-block: 0 12px; border-radius: 8px; background: var(--_surface); }

  .answer .code pre { margin: 0; padding-block: 4px 12px; background: none; }

  .answer .code pre:focus-visible { outline-offset: -2px; }

  .code .bar {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding: 4px 6px 0 14px;
    color: var(--_muted);
    font-size: 12px;
    line-height: 1.5;
    user-select: none;
  }

  .code .bar::before { content: attr(data-label); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

  .code .copy {
    flex: none;
    min-height: 24px;
    margin: 0;
    padding: 1px 8px;
    border: 0;
    border-radius: 6px;
    background: none;
  }

  .code .copy::after { content: attr(data-label); }

  .code .copy:hover { background: var(--_background); color: var(--_text); }

  :is(.hljs-keyword, .hljs-literal, .hljs-selector-tag, .hljs-tag .hljs-name, .hljs-section) { color: var(--_code-word); }

  :is(.hljs-string, .hljs-regexp, .hljs-addition, .hljs-char, .hljs-code, .hljs-quote) { color: var(--_code-text); }

  :is(.hljs-number, .hljs-symbol, .hljs-bullet, .hljs-deletion, .hljs-variable, .hljs-template-variable) {
    color: var(--_code-number);
  }

  :is(.hljs-title, .hljs-attr, .hljs-attribute, .hljs-property, .hljs-link) { color: var(--_code-name); }

  :is(.hljs-type, .hljs-built_in, .hljs-params .hljs-type, .hljs-selector-class, .hljs-selector-id) {
    color: var(--_code-type);
  }

  :is(.hljs-comment, .hljs-meta, .hljs-doctag) { color: var(--_code-note); }

  .hljs-subst { color: var(--_text); }

  :is(.hljs-strong, .hljs-section) { font-weight: 600; }

  .hljs-emphasis { font-style: italic; }

  .below { position: relative; }

  .latest {
    position: absolute;
    inset-block-end: 12px;
    inset-inline: 0;
    display: grid;
    place-items: center;
    width: 36px;
    height: 36px;
    margin-inline: auto;
    padding: 0;
    border: 1px solid var(--_border);
    border-radius: 50%;
    background: var(--_background);
    color: var(--_text);
    box-shadow: var(--_shadow);
  }

  .latest:hover { background: var(--_surface); }

  .answer math { font-size: 1.08em; }

  .answer .formula.block {
    display: block;
    margin-block: 4px;
    padding-block: 4px;
    overflow: auto hidden;
    overflow-wrap: normal;
  }

  .answer code.formula.block { padding: 8px 14px; white-space: pre-wrap; }

  .answer .table { scrollbar-width: thin; }

  .answer .table:focus-visible { outline-offset: -2px; }

  .answer :is(th, td) { min-width: 7ch; }

  .answer [align="right"] { text-align: right; }

  .answer [align="center"] { text-align: center; }

  .answer img { max-width: 100%; max-height: 360px; height: auto; vertical-align: middle; border-radius: 8px; }

  .answer .picture { text-decoration: none; }

  .answer .picture.external::after { content: none; }

  @media (forced-colors: active) {
    .answer .code { border: 1px solid CanvasText; }
  }
`;
