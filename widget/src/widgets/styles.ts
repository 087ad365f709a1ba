/** How widgets, workflows and questions look: the panel's own colours and type, on a grid of four pixels. */

const FRAME = `
  .thing {
    --_success: light-dark(#1d6b3c, #86d3a1);
    --_warning: light-dark(#8a5200, #efbe70);
    --_info: light-dark(#1d4f7c, #93bfe6);
    --_discovery: light-dark(#5b3a9e, #bfa6f2);
    --_hue: var(--_accent);
    --_on-hue: light-dark(#fff, #14181d);
    margin-block: 0 16px;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .thing > * { max-width: 100%; }
  .thing :is(p, h3, ul, ol, figure, dl, dd, fieldset):not(.answer *) { margin: 0; padding: 0; list-style: none; }
  .thing fieldset { border: 0; min-width: 0; }
  .thing .answer > :last-child { margin-block-end: 0; }
  .w-theme-light { color-scheme: light; --_accent: #1d4f7c; --_on-accent: #fff; --_background: #fffefb; --_surface: #f4f2ec;
    --_text: #23211d; --_muted: #69645b; --_border: #dedad0; --_danger: #a12b22; color: var(--_text); }
  .w-theme-dark { color-scheme: dark; --_accent: #93bfe6; --_on-accent: #10202f; --_background: #1b1b1d; --_surface: #27272a;
    --_text: #e8e5de; --_muted: #a39e94; --_border: #3a3a3d; --_danger: #f0938a; color: var(--_text); }
`;

const LAYOUT = `
  .question .attached { display: flex; align-items: center; gap: 6px; margin-block-start: 6px; font-size: 13px; font-weight: 400; }
  .attached img { width: 40px; height: 40px; object-fit: cover; border-radius: 6px; }
  .attached .icon { width: 16px; height: 16px; color: var(--_muted); }
  .w-card, .w-list, .w-basic { border: 1px solid var(--_border); border-radius: 12px; background: var(--_background); overflow: hidden; }
  .w-basic { border: 0; border-radius: 0; background: none; display: flex; flex-direction: column; gap: 8px; }
  .w-card { display: flex; flex-direction: column; }
  .w-card-sm { max-width: 300px; }
  .w-card-md { max-width: 400px; }
  .w-card-lg { max-width: 520px; }
  .w-card-body { display: flex; flex-direction: column; gap: 10px; padding: 16px; min-width: 0; }
  .w-card-body > *, .w-col > *, .w-basic > * { max-width: 100%; }
  .w-held { opacity: 0.55; }
  .w-status { display: flex; align-items: center; gap: 8px; padding: 9px 16px !important; border-block-end: 1px solid var(--_border);
    color: var(--_muted); font-size: 13px; line-height: 1.4; }
  .w-favicon { width: 16px; height: 16px; border-radius: 3px; }
  .w-footer { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; padding: 0 16px 16px; }
  .w-folded > summary { padding: 10px 16px; cursor: pointer; color: var(--_muted); font-size: 13.5px; }
  .w-list ul { display: grid; }
  .w-list li + li { border-block-start: 1px solid var(--_border); }
  .w-item { position: relative; display: flex; align-items: center; gap: 12px; padding: 10px 16px; min-width: 0; }
  .w-item > * { min-width: 0; }
  .w-row-act { position: absolute; inset: 0; border: 0; background: none; padding: 0; }
  .w-row-act:hover { background: color-mix(in srgb, var(--_text) 5%, transparent); }
  .w-row-act:focus-visible { outline-offset: -3px; }
  .w-item > :not(.w-row-act) { position: relative; pointer-events: none; }
  .w-item :is(button, a, input, select, textarea, label) { pointer-events: auto; }
  .w-more { width: 100%; min-height: 40px; border: 0; border-block-start: 1px solid var(--_border); background: none; font-size: 13.5px;
    font-weight: 500; color: var(--_accent); }
  .w-more:hover { background: var(--_surface); }
  .w-row { display: flex; flex-direction: row; align-items: center; gap: 8px; min-width: 0; }
  .w-col { display: flex; flex-direction: column; gap: 4px; min-width: 0; }
  .w-row > *, .w-col > * { min-width: 0; flex-shrink: 1; }
  .w-row > .w-icon-box, .w-row > .w-badge, .w-row > .w-button, .w-row > .w-image { flex-shrink: 0; }
  .w-spacer { flex: 1 1 0; }
  .w-divider { width: 100%; margin: 4px 0; border: 0; border-block-start: 1px solid var(--_border); }
  .w-card-body > .w-flush { width: calc(100% + 32px); max-width: none; margin-inline: -16px; }
`;

const CONTENT = `
  .w-text { font-size: 14.5px; line-height: 1.5; }
  .w-text-xs { font-size: 12.5px; }
  .w-text-sm { font-size: 13.5px; }
  .w-text-md { font-size: 14.5px; }
  .w-text-lg { font-size: 16px; }
  .w-text-xl { font-size: 18px; }
  .w-title { font-size: 17px; font-weight: 650; line-height: 1.3; text-wrap: balance; }
  .w-title-sm { font-size: 15px; }
  .w-title-md { font-size: 17px; }
  .w-title-lg { font-size: 20px; }
  .w-title-xl { font-size: 23px; }
  .w-title-2xl { font-size: 26px; }
  .w-title-3xl { font-size: 30px; line-height: 1.15; }
  .w-title-4xl { font-size: 34px; line-height: 1.1; }
  .w-title-5xl { font-size: 40px; line-height: 1.05; }
  .w-caption { color: var(--_muted); font-size: 13px; line-height: 1.45; }
  .w-caption-sm { font-size: 12px; }
  .w-caption-lg { font-size: 14px; }
  .w-weight-normal { font-weight: 400; }
  .w-weight-medium { font-weight: 500; }
  .w-weight-semibold { font-weight: 600; }
  .w-weight-bold { font-weight: 700; }
  .w-align-center { text-align: center; }
  .w-align-end { text-align: end; }
  .w-italic { font-style: italic; }
  .w-through { text-decoration: line-through; }
  .w-truncate { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
  .w-clamp { display: -webkit-box; -webkit-box-orient: vertical; overflow: hidden; }
  .w-markdown { min-width: 0; }
  .w-icon-box { display: inline-flex; }
  .w-icon { display: block; flex: none; width: 20px; height: 20px; }
  .w-icon-xs { width: 14px; height: 14px; }
  .w-icon-sm { width: 16px; height: 16px; }
  .w-icon-lg { width: 24px; height: 24px; }
  .w-icon-xl { width: 28px; height: 28px; }
  .w-icon-2xl { width: 34px; height: 34px; }
  .w-icon-3xl { width: 42px; height: 42px; }
  .w-image { display: block; max-width: 100%; height: auto; object-fit: cover; }
  .w-frame { border: 1px solid var(--_border); }
  .w-badge { display: inline-flex; align-items: center; align-self: flex-start; padding: 1px 8px; border: 1px solid transparent;
    border-radius: 6px; font-size: 12.5px; font-weight: 550; line-height: 1.55; white-space: nowrap; }
  .w-row > .w-badge { align-self: center; }
  .w-badge-sm { padding: 0 6px; font-size: 11.5px; }
  .w-badge-lg { padding: 3px 10px; font-size: 13.5px; }
  .w-hue-secondary { --_hue: light-dark(#57524a, #b5b0a6); }
  .w-hue-success { --_hue: var(--_success); }
  .w-hue-danger { --_hue: var(--_danger); }
  .w-hue-warning, .w-hue-caution { --_hue: var(--_warning); }
  .w-hue-info { --_hue: var(--_info); }
  .w-hue-discovery { --_hue: var(--_discovery); }
  .w-hue-primary { --_hue: var(--_accent); }
  .w-badge.w-solid { background: var(--_hue); color: var(--_on-hue); }
  .w-badge.w-soft { background: color-mix(in srgb, var(--_hue) 12%, var(--_background)); color: color-mix(in srgb, var(--_hue) 88%, var(--_text)); }
  .w-badge.w-outline { border-color: color-mix(in srgb, var(--_hue) 55%, var(--_background)); color: var(--_hue); }
  .w-pill { border-radius: 999px !important; }
  .w-chart { overflow-x: auto; }
  .w-chart table { width: 100%; border-collapse: collapse; font-size: 13.5px; line-height: 1.4; }
  .w-chart th, .w-chart td { padding: 6px 12px 6px 0; border-block-end: 1px solid var(--_border); text-align: start; font-weight: 400;
    vertical-align: top; font-variant-numeric: tabular-nums; }
  .w-chart thead th { color: var(--_muted); font-size: 12.5px; font-weight: 600; }
  .w-chart tbody th { white-space: nowrap; color: var(--_muted); }
  .w-chart td { width: 40%; }
  .w-bar { display: block; height: 6px; min-width: 2px; margin-block-start: 4px; border-radius: 3px; }
`;

const CONTROLS = `
  .w-button { display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 36px; padding: 0 14px;
    border: 1px solid transparent; border-radius: 8px; background: none; color: var(--_text); font-size: 14px; font-weight: 550;
    line-height: 1.3; text-align: center; }
  .w-button.w-solid { background: var(--_hue); color: var(--_on-hue); }
  .w-button.w-solid:not([class*="w-hue-"]) { background: var(--_accent); color: var(--_on-accent); }
  .w-button.w-soft { background: color-mix(in srgb, var(--_hue) 12%, var(--_background)); color: color-mix(in srgb, var(--_hue) 88%, var(--_text)); }
  .w-button.w-outline { border-color: var(--_border); background: var(--_background); }
  .w-button.w-outline[class*="w-hue-"], .w-button.w-ghost[class*="w-hue-"] { color: var(--_hue); }
  .w-button:hover:not([aria-disabled="true"], :disabled) { filter: brightness(0.96); }
  .w-button.w-outline:hover, .w-button.w-ghost:hover { background: var(--_surface); }
  .w-button:disabled, .w-button[aria-disabled="true"] { opacity: 0.55; cursor: default; }
  .w-button.w-pill { padding-inline: 18px; }
  .w-block { width: 100%; }
  .w-size-3xs, .w-size-2xs, .w-size-xs { min-height: 28px !important; padding-inline: 10px; font-size: 12.5px !important; }
  .w-size-sm { min-height: 32px !important; padding-inline: 12px; font-size: 13px !important; }
  .w-size-lg { min-height: 42px !important; padding-inline: 18px; font-size: 15px !important; }
  .w-size-xl, .w-size-2xl, .w-size-3xl { min-height: 48px !important; padding-inline: 22px; font-size: 16px !important; }
  .w-uniform { aspect-ratio: 1; padding: 0; min-width: 36px; }
  .w-waiting { position: relative; }
  .w-button.w-waiting::after, .w-item.w-waiting::after, .w-spin { content: ""; width: 14px; height: 14px; flex: none; border-radius: 50%;
    border: 2px solid currentColor; border-block-start-color: transparent; animation: w-turn 0.8s linear infinite; }
  .w-item.w-waiting::after { margin-inline-start: auto; }
  @keyframes w-turn { to { transform: rotate(1turn); } }
  .w-field { width: 100%; min-height: 38px; padding: 7px 11px; border: 1px solid color-mix(in srgb, var(--_border) 60%, var(--_muted));
    border-radius: 8px; background: var(--_background); color: var(--_text); font: inherit; font-size: 14px; line-height: 1.5; }
  textarea.w-field { flex: none; max-height: none; resize: vertical; }
  .w-field.w-soft { background: var(--_surface); }
  .w-field::placeholder { color: var(--_muted); opacity: 1; }
  .w-field:focus-visible { outline: 2px solid var(--_accent); outline-offset: 0; border-color: transparent; }
  .w-field:disabled { opacity: 0.55; }
  select.w-field:not(.w-block), input[type="date"].w-field:not(.w-block) { width: auto; max-width: 100%; align-self: flex-start; }
  .w-row > .w-field { width: auto; flex: 1 1 0; }
  .w-label { font-size: 13.5px; font-weight: 550; line-height: 1.4; }
  .w-check { display: flex; align-items: flex-start; gap: 9px; min-height: 24px; padding-block: 2px; font-size: 14px; line-height: 1.45; cursor: pointer; }
  .w-check input { flex: none; width: 17px; height: 17px; margin: 2px 0 0; accent-color: var(--_accent); }
  .w-radios.w-row { flex-wrap: wrap; gap: 4px 16px; }
  @media (max-width: 480px) { .w-field { font-size: 16px; } }
`;

const STEPS = `
  .w-workflow > summary { display: inline-flex; align-items: center; gap: 8px; min-height: 28px; color: var(--_muted); font-size: 14px;
    cursor: pointer; list-style: none; border-radius: 6px; }
  .w-workflow > summary::-webkit-details-marker { display: none; }
  .w-workflow > summary::after { content: ""; width: 7px; height: 7px; border: solid currentColor; border-width: 0 1.5px 1.5px 0;
    transform: translateY(-2px) rotate(45deg); margin-inline: 2px; }
  .w-workflow[open] > summary::after { transform: translateY(2px) rotate(225deg); }
  .w-workflow > summary:hover { color: var(--_text); }
  .w-workflow.w-growing > summary > span { animation: breathe 1.8s ease-in-out infinite; }
  .w-workflow > ol { display: grid; margin-block-start: 6px !important; font-size: 14px; line-height: 1.5; }
  .w-workflow li[class] { position: relative; display: grid; grid-template-columns: 20px 1fr; gap: 10px; padding-block-end: 12px; }
  .w-workflow li[class]:not(:last-child)::before { content: ""; position: absolute; inset-block: 24px 2px; inset-inline-start: 9.5px;
    width: 1px; background: var(--_border); }
  .w-workflow li > div { min-width: 0; color: var(--_muted); }
  .w-mark { display: grid; place-items: center; width: 20px; height: 21px; color: var(--_muted); }
  .w-complete .w-mark { color: var(--_success); }
  .w-mark.w-spin { width: 14px; height: 14px; margin: 4px 3px; color: var(--_accent); }
  .w-step { color: var(--_text); }
  .w-queries { display: flex; flex-wrap: wrap; gap: 6px; margin-block-start: 6px !important; }
  .w-queries li { padding: 1px 9px; border-radius: 999px; background: var(--_surface); font-size: 12.5px; }
  .w-sources { display: grid; gap: 2px; margin-block-start: 6px !important; font-size: 13.5px; }
  .w-task { padding: 10px 14px; border: 1px solid var(--_border); border-radius: 10px; font-size: 14px; }
  .w-call { display: flex; align-items: center; gap: 8px; }
  .w-figure { display: grid; gap: 8px; }
  .w-figure .w-image { width: 100%; border-radius: 10px; border: 1px solid var(--_border); }
  .w-figure[aria-busy="true"] .w-image { opacity: 0.75; }
  .w-blank { aspect-ratio: 1; max-height: 220px; border-radius: 10px; background: var(--_surface); }
  .w-figure figcaption { display: flex; align-items: center; justify-content: space-between; gap: 12px; color: var(--_muted); font-size: 13px; }
  .w-figure progress { flex: 0 1 140px; height: 6px; accent-color: var(--_accent); }
  .w-questions { gap: 18px; padding-block-start: 16px; }
  .w-question { gap: 8px; padding-inline: 16px !important; }
  .w-question legend { padding: 0; margin-block-end: 6px; }
  .w-answers { display: grid; gap: 2px; padding: 12px 16px !important; border: 1px solid var(--_border); border-radius: 12px; font-size: 14px; }
  .w-answers dt { color: var(--_muted); font-size: 13px; }
  .w-answers dd { font-weight: 500; }
  .w-answers dd + dt { margin-block-start: 8px; }
`;

export const STYLES = FRAME + LAYOUT + CONTENT + CONTROLS + STEPS;
