/** Containers: the roots Card, ListView and Basic, and what arranges their children. */

import type { Data, Drawn } from "./kit.ts";
import { choice, names, record, textOf } from "./naming.ts";
import type { Draw, Painter } from "./painter.ts";
import { childPlace, isOff, type Place, readAction } from "./place.ts";
import { boxStyles, colour, length } from "./values.ts";

const MAX_ROWS = 500;

const card: Draw = (painter, node, place) => {
  const { html } = painter.kit;
  const isForm = node.asForm === true && !place.isInForm;
  const inside = { ...place, isInForm: place.isInForm || isForm };
  const isHeld = painter.waiting.isHeld(place.item.id);
  const body = html`<div class="w-card-body" ${painter.styled(cardStyles(node))}>${painter.children(node, inside)}</div>`;
  const content = html`
    ${status(painter, node.status)}
    ${node.collapsed === true ? collapsed(painter, node, body) : body}
    ${footer(painter, node, inside, isForm)}`;
  const className = names(
    "w-card",
    choice("w-card", node.size, "sm md lg full"),
    choice("w-theme", node.theme, "light dark"),
    isHeld && "w-held",
  );
  const background = painter.styled({ background: colour(node.background) });
  if (!isForm) {
    return html`<section class=${className} ?inert=${isHeld} ?data-form=${node.asForm === true} ${background}>
      ${content}</section>`;
  }
  const action = readAction(record(node.confirm).action);
  return html`<form class=${className} data-form ?inert=${isHeld} ${background}
    @submit=${(event: SubmitEvent) => submit(painter, event, action, place, "container")}>${content}</form>`;
};

function cardStyles({ padding }: Data) {
  return boxStyles({ padding });
}

/** What a card says in one line when its body is folded away. */
function collapsed(painter: Painter, node: Data, body: Drawn): Drawn {
  const words = painter.kit.wordsOf(node.children).slice(0, 80) || painter.kit.strings.details;
  return painter.kit.html`<details class="w-folded"><summary>${words}</summary>${body}</details>`;
}

function footer(painter: Painter, node: Data, place: Place, isForm: boolean): Drawn {
  const { html, nothing } = painter.kit;
  const [confirm, cancel] = [record(node.confirm), record(node.cancel)];
  if (!readAction(confirm.action) && !readAction(cancel.action)) return nothing;
  return html`<div class="w-footer">
    ${footerButton(painter, cancel, place, "w-button w-outline", false)}
    ${footerButton(painter, confirm, place, "w-button w-solid", isForm)}
  </div>`;
}

function footerButton(painter: Painter, said: Data, place: Place, className: string, isSubmit: boolean): Drawn {
  const { html, nothing, host } = painter.kit;
  const action = readAction(said.action);
  if (action === null) return nothing;
  const click = (event: Event) => {
    if (!isSubmit) void painter.waiting.act(action, place, event.currentTarget as Element, "container");
  };
  return html`<button type=${isSubmit ? "submit" : "button"} class=${className} @click=${click}
    aria-disabled=${isOff(host.isBusy, action)}>${textOf(said.label) || action.type}</button>`;
}

function submit(
  painter: Painter,
  event: SubmitEvent,
  action: ReturnType<typeof readAction>,
  place: Place,
  auto: "self" | "container",
): void {
  event.preventDefault();
  event.stopPropagation();
  if (action !== null) void painter.waiting.act(action, place, event.currentTarget as Element, auto);
}

function status(painter: Painter, value: unknown): Drawn {
  const { html, nothing } = painter.kit;
  const { text, icon, favicon } = record(value);
  if (typeof text !== "string") return nothing;
  const picture = typeof favicon === "string" && painter.kit.mayFetch(favicon);
  return html`<p class="w-status">
    ${picture ? painter.picture(favicon, "", {}, "w-favicon") : painter.icon(icon, "sm")}<span>${textOf(text)}</span>
  </p>`;
}

const listView: Draw = (painter, node, place) => {
  const { html, nothing, strings, host } = painter.kit;
  const rows = Array.isArray(node.children) ? node.children.slice(0, MAX_ROWS) : [];
  const key = place.item.id + place.path;
  const limit = node.limit === "auto" ? 6 : node.limit;
  const isCut = typeof limit === "number" && limit > 0 && limit < rows.length && !painter.opened.has(key);
  const shown = { ...node, children: isCut ? rows.slice(0, Math.floor(limit as number) || 1) : rows };
  const open = () => {
    painter.opened.add(key);
    host.redraw();
  };
  const className = names("w-list", choice("w-theme", node.theme, "light dark"));
  return html`<section class=${className}>
    ${status(painter, node.status)}
    <ul>${painter.children(shown, place)}</ul>
    ${isCut ? html`<button type="button" class="w-more" @click=${open}>${strings.showMore}</button>` : nothing}
  </section>`;
};

/** A row that acts as a whole has its button behind it, so that what stands in the row stays what it is. */
const listViewItem: Draw = (painter, node, place) => {
  const { html, nothing, host, wordsOf, strings } = painter.kit;
  const action = readAction(node.onClickAction);
  const click = (event: Event) => {
    if (action !== null) void painter.waiting.act(action, place, event.currentTarget as Element, "self");
  };
  const button = html`<button type="button" class="w-row-act" @click=${click}
    aria-label=${wordsOf(node).slice(0, 120) || strings.openItem} aria-disabled=${isOff(host.isBusy, action)}></button>`;
  const className = names("w-item", painter.waiting.isWaiting(place) && "w-waiting");
  const { gap, align } = node;
  const row = html`<div class=${className} ${painter.styled(boxStyles({ gap, align }))}>
    ${action === null ? nothing : button}${painter.children(node, place)}</div>`;
  return place.depth === 1 ? html`<li>${row}</li>` : row;
};

const basic: Draw = (painter, node, place) => {
  const { html } = painter.kit;
  const className = names("w-basic", choice("w-theme", node.theme, "light dark"));
  return html`<div class=${className} ${painter.styled(boxStyles(node))}>${painter.children(node, place)}</div>`;
};

function box(className: (node: Data) => string): Draw {
  return (painter, node, place) => painter.kit.html`<div class=${className(node)}
    ${painter.styled(boxStyles(node))}>${painter.children(node, place)}</div>`;
}

const directed = (node: Data) => (node.direction === "row" ? "w-row" : "w-col");

/** A form in a form is a part of the outer one. */
const form: Draw = (painter, node, place) => {
  if (place.isInForm) return box(directed)(painter, node, place);
  const action = readAction(node.onSubmitAction);
  return painter.kit.html`<form class=${names(directed(node), painter.waiting.isWaiting(place) && "w-held")} data-form
    @submit=${(event: SubmitEvent) => submit(painter, event, action, place, "self")}
    ${painter.styled(boxStyles(node))}>${painter.children(node, { ...place, isInForm: true })}</form>`;
};

const transition: Draw = (painter, node, place) => {
  const inner = childPlace(place, 0);
  const [child] = Array.isArray(node.children) ? node.children : [node.children];
  return inner === null ? painter.kit.nothing : painter.node(child, inner);
};

const divider: Draw = (painter, node) => painter.kit
  .html`<hr class=${names("w-divider", node.flush === true && "w-flush")}
  ${painter.styled({
    "border-top-width": length(node.size),
    "border-top-color": colour(node.color),
    "margin-block": length(node.spacing, 4),
  })}>`;

const spacer: Draw = (painter, node) =>
  painter.kit.html`<div class="w-spacer" ${painter.styled({ "flex-basis": length(node.minSize) })}></div>`;

export const LAYOUT: Readonly<Record<string, Draw>> = {
  Card: card,
  ListView: listView,
  ListViewItem: listViewItem,
  Basic: basic,
  Box: box(directed),
  Row: box(() => "w-row"),
  Col: box(() => "w-col"),
  Form: form,
  Transition: transition,
  Divider: divider,
  Spacer: spacer,
};
