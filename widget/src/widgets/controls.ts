/** What is acted on: buttons and fields. Their names in forms are kept as data, never as names in the document. */

import type { Data, Drawn } from "./kit.ts";
import { choice, names, textOf } from "./naming.ts";
import type { Draw, Painter } from "./painter.ts";
import { fieldId, isOff, type Place, readAction } from "./place.ts";
import { colour } from "./values.ts";

const MAX_OPTIONS = 500;
const MAX_TYPED_CHARACTERS = 20_000;
const INPUT_TYPES = "number email text password tel url";

const button: Draw = (painter, node, place) => {
  const { html, host } = painter.kit;
  const action = readAction(node.onClickAction);
  const isSubmit = node.submit === true && place.isInForm;
  const isWaiting = painter.waiting.isWaiting(place);
  const click = (event: Event) => {
    if (action !== null && !isSubmit) void painter.waiting.act(action, place, event.currentTarget as Element, "self");
  };
  const label = textOf(node.label);
  const preset = node.style === "primary" ? "w-solid" : node.style === "secondary" ? "w-outline" : null;
  const className = names(
    "w-button",
    choice("w", node.variant, "solid soft outline ghost") ?? preset ?? (isSubmit ? "w-solid" : "w-outline"),
    choice("w-hue", node.color, "primary secondary info discovery success caution warning danger"),
    choice("w-size", node.size, "3xs 2xs xs sm md lg xl 2xl 3xl"),
    node.pill === true && "w-pill",
    (node.uniform === true || label === "") && "w-uniform",
    node.block === true && "w-block",
    isWaiting && "w-waiting",
  );
  const size = choice("", node.iconSize, "sm md lg xl 2xl")?.slice(1);
  const name = label || textOf(node.iconStart || node.iconEnd).replace(/[-:]/g, " ") || (action?.type ?? "");
  return html`<button type=${isSubmit ? "submit" : "button"} class=${className} ?disabled=${node.disabled === true}
    aria-disabled=${isWaiting || isOff(host.isBusy, action)} aria-busy=${isWaiting} aria-label=${name} @click=${click}
    >${painter.icon(node.iconStart, size)}${label}${painter.icon(node.iconEnd, size)}</button>`;
};

const input: Draw = (painter, node, place) => field(painter, node, place, "input");

const textarea: Draw = (painter, node, place) =>
  field(painter, node, place, "textarea", typeof node.rows === "number" ? node.rows : 3);

/** A field for words, on one line or more. */
export function field(painter: Painter, node: Data, place: Place, kind: "input" | "textarea", rows = 3): Drawn {
  const { html, nothing } = painter.kit;
  const name = textOf(node.name);
  const className = fieldNames(node);
  const id = fieldId(place, name);
  const label = place.labelled.has(name) ? nothing : textOf(node.placeholder) || name;
  const placeholder = textOf(node.placeholder);
  const value = textOf(node.defaultValue);
  const fill = node.allowAutofillExtensions === true ? textOf(node.autoComplete) || "on" : "off";
  if (kind === "textarea") {
    return html`<textarea id=${id} data-field=${name} class=${className} rows=${Math.min(Math.max(rows, 1), 20)}
      maxlength=${MAX_TYPED_CHARACTERS} aria-label=${label} placeholder=${placeholder}
      ?required=${node.required === true} ?disabled=${node.disabled === true} .defaultValue=${value}></textarea>`;
  }
  const type = choice("", node.inputType, INPUT_TYPES)?.slice(1) ?? "text";
  return html`<input id=${id} data-field=${name} class=${className} type=${type} value=${value}
    maxlength=${MAX_TYPED_CHARACTERS} aria-label=${label} placeholder=${placeholder} autocomplete=${fill}
    pattern=${patternOf(node.pattern) ?? nothing} ?required=${node.required === true}
    ?disabled=${node.disabled === true}>`;
}

/** A pattern that can be tried in a moment: one with repeats inside repeats could take hours. */
function patternOf(value: unknown): string | null {
  if (typeof value !== "string" || value.length > 200) return null;
  return /\([^)]*[+*}][^)]*\)\s*[+*{]/.test(value) ? null : value;
}

function fieldNames(node: Data): string {
  return names(
    "w-field",
    choice("w", node.variant, "soft outline solid ghost"),
    choice("w-size", node.size, "3xs 2xs xs sm md lg xl 2xl 3xl"),
    node.pill === true && "w-pill",
    node.block === true && "w-block",
  );
}

function changing(painter: Painter, node: Data, place: Place) {
  const action = readAction(node.onChangeAction);
  return (event: Event) => {
    if (action !== null) void painter.waiting.act(action, place, event.currentTarget as Element, "none");
  };
}

const select: Draw = (painter, node, place) => {
  const { html, nothing } = painter.kit;
  const name = textOf(node.name);
  const chosen = textOf(node.defaultValue);
  const canBeEmpty = chosen === "" || node.clearable === true;
  const label = place.labelled.has(name) ? nothing : textOf(node.placeholder) || name;
  return html`<select id=${fieldId(place, name)} data-field=${name} class=${names(fieldNames(node), "w-select")}
    aria-label=${label} ?disabled=${node.disabled === true} @change=${changing(painter, node, place)}>
    ${canBeEmpty ? html`<option value="" ?selected=${chosen === ""}>${textOf(node.placeholder) || "–"}</option>` : nothing}
    ${options(node).map(
      (option) => html`<option value=${textOf(option.value)} ?disabled=${option.disabled === true}
        ?selected=${chosen !== "" && option.value === chosen}>${[textOf(option.label) || textOf(option.value), textOf(option.description)].filter(Boolean).join(" – ")}</option>`,
    )}
  </select>`;
};

function options(node: Data): Data[] {
  const list = Array.isArray(node.options) ? node.options.slice(0, MAX_OPTIONS) : [];
  return list.filter((option): option is Data => typeof option === "object" && option !== null);
}

const datePicker: Draw = (painter, node, place) => {
  const { html, nothing } = painter.kit;
  const name = textOf(node.name);
  const label = place.labelled.has(name) ? nothing : textOf(node.placeholder) || name;
  return html`<input type="date" id=${fieldId(place, name)} data-field=${name} class=${fieldNames(node)}
    value=${dayOf(node.defaultValue)} min=${dayOf(node.min) || nothing} max=${dayOf(node.max) || nothing}
    aria-label=${label} ?disabled=${node.disabled === true} @change=${changing(painter, node, place)}>`;
};

/** The day of a moment as a field for dates takes it. */
function dayOf(value: unknown): string {
  return typeof value === "string" ? (/^\d{4}-\d{2}-\d{2}/.exec(value)?.[0] ?? "") : "";
}

const checkbox: Draw = (painter, node, place) => {
  const { html } = painter.kit;
  const name = textOf(node.name);
  return html`<label class="w-check"><input type="checkbox" id=${fieldId(place, name)} data-field=${name}
    ?checked=${node.defaultChecked === true} ?required=${node.required === true} ?disabled=${node.disabled === true}
    @change=${changing(painter, node, place)}><span>${textOf(node.label) || name}</span></label>`;
};

const radioGroup: Draw = (painter, node, place) => {
  const { html } = painter.kit;
  const name = textOf(node.name);
  const group = fieldId(place, name);
  const off = node.disabled === true;
  const className = names("w-radios", node.direction === "row" ? "w-row" : "w-col");
  return html`<div role="radiogroup" class=${className} aria-label=${textOf(node.ariaLabel) || name}>
    ${options(node).map(
      (option) => html`<label class="w-check"><input type="radio" name=${group} data-field=${name}
        value=${textOf(option.value)} ?checked=${option.value === node.defaultValue} ?required=${node.required === true}
        ?disabled=${off || option.disabled === true} @change=${changing(painter, node, place)}
        ><span>${textOf(option.label) || textOf(option.value)}</span></label>`,
    )}
  </div>`;
};

const label: Draw = (painter, node, place) => {
  const className = names(
    "w-label",
    choice("w-text", node.size, "xs sm md lg xl"),
    choice("w-weight", node.weight, "normal medium semibold bold"),
    choice("w-align", node.textAlign, "start center end"),
  );
  return painter.kit.html`<label class=${className} for=${fieldId(place, textOf(node.fieldName))}
    ${painter.styled({ color: colour(node.color) })}>${textOf(node.value)}</label>`;
};

export const CONTROLS: Readonly<Record<string, Draw>> = {
  Button: button,
  Input: input,
  Textarea: textarea,
  Select: select,
  DatePicker: datePicker,
  Checkbox: checkbox,
  RadioGroup: radioGroup,
  Label: label,
};
