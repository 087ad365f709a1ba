/** Items other than answers whose every word, name, address and colour is a hostile string. */

import { ADDRESSES, HOSTILE } from "./hostile.ts";

const CARDS = 30;

/** Hands out strings, one after the other, so that each is in many places. */
class Strings {
  #text = 0;
  #address = 0;

  get text(): string {
    return HOSTILE[this.#text++ % HOSTILE.length] ?? "";
  }

  get address(): string {
    return ADDRESSES[this.#address++ % ADDRESSES.length] ?? "";
  }
}

/** A component of each kind, with words where words go and with words where they do not belong. */
function components(from: Strings): object[] {
  const action = { type: from.text, payload: { [from.text]: from.text }, handler: "server" };
  const styles = {
    background: from.text,
    color: from.text,
    width: from.text,
    padding: from.text,
    border: from.text,
    radius: from.text,
  };
  return [
    { type: "Title", value: from.text, color: from.text, size: from.text, textAlign: from.text },
    { type: "Text", value: from.text, id: from.text, ...styles },
    { type: "Text", value: from.text, editable: { name: from.text, placeholder: from.text } },
    { type: "Caption", value: from.text, color: { light: from.text, dark: from.text } },
    { type: "Markdown", value: from.text },
    { type: "Markdown", value: from.text, streaming: true },
    { type: "Badge", label: from.text, color: from.text, variant: from.text },
    { type: "Icon", name: from.text, color: from.text, size: from.text },
    {
      type: "Image",
      src: from.address,
      alt: from.text,
      fit: from.text,
      position: from.text,
      aspectRatio: from.text,
      ...styles,
    },
    { type: "Image", src: from.address, alt: from.text, frame: true, onClickAction: action },
    {
      type: "Button",
      label: from.text,
      iconStart: from.text,
      iconEnd: from.text,
      color: from.text,
      onClickAction: action,
    },
    {
      type: "Input",
      name: from.text,
      inputType: from.text,
      placeholder: from.text,
      defaultValue: from.text,
      pattern: from.text,
    },
    { type: "Textarea", name: from.text, placeholder: from.text, defaultValue: from.text },
    { type: "Select", name: from.text, placeholder: from.text, options: [{ label: from.text, value: from.text }] },
    { type: "RadioGroup", name: from.text, options: [{ label: from.text, value: from.text }] },
    { type: "Checkbox", name: from.text, label: from.text },
    { type: "DatePicker", name: from.text, min: from.text, max: from.text, defaultValue: from.text },
    { type: "Label", fieldName: from.text, value: from.text },
    {
      type: "Row",
      gap: from.text,
      align: from.text,
      justify: from.text,
      children: [{ type: "Text", value: from.text }],
    },
    { type: "Box", ...styles, children: [{ type: "Divider", color: from.text, size: from.text, spacing: from.text }] },
    { type: "Transition", children: { type: "Text", key: from.text, value: from.text } },
    {
      type: "Chart",
      data: [{ [from.text]: 1, x: from.text }],
      series: [{ type: from.text, dataKey: from.text, label: from.text }],
      xAxis: { dataKey: "x" },
    },
    {
      type: from.text,
      value: from.text,
      label: from.text,
      src: from.address,
      href: from.address,
      children: [{ type: from.text }],
    },
  ];
}

export function hostileItems(base: (id: string) => object): object[] {
  const from = new Strings();
  const items: object[] = [];
  for (let at = 0; at < CARDS; at++) {
    const action = { type: from.text, payload: {} };
    const card = {
      type: at % 3 === 2 ? "ListView" : "Card",
      key: from.text,
      size: from.text,
      background: from.text,
      theme: from.text,
      status: { text: from.text, icon: from.text, favicon: from.address },
      confirm: { label: from.text, action },
      cancel: { label: from.text, action },
    };
    const all = components(from);
    const children = at % 3 === 2 ? [{ type: "ListViewItem", onClickAction: action, children: all }] : all;
    items.push({ ...base(`widget_${at}`), type: "widget", copy_text: from.text, widget: { ...card, children } });
    const source = { type: "url", title: from.text, url: from.address, description: from.text, attribution: from.text };
    const tasks = [
      { type: "custom", title: from.text, icon: from.text, content: from.text, status_indicator: from.text },
      { type: "thought", title: from.text, content: from.text },
      { type: "web_search", title: from.text, title_query: from.text, queries: [from.text], sources: [source] },
      { type: "file", title: from.text, sources: [{ type: "file", title: from.text, filename: from.text }] },
      { type: "image", title: from.text },
      { type: from.text, title: from.text },
    ];
    const summary = { title: from.text, icon: from.text };
    items.push({
      ...base(`workflow_${at}`),
      type: "workflow",
      workflow: { type: from.text, tasks, summary, expanded: true },
    });
    items.push({ ...base(`task_${at}`), type: "task", task: tasks[at % tasks.length] });
    items.push({ ...base(`image_${at}`), type: "generated_image", image: { id: from.text, url: from.address } });
    items.push({
      ...base(`call_${at}`),
      type: "client_tool_call",
      status: "completed",
      call_id: from.text,
      name: from.text,
      arguments: {},
    });
    items.push({ ...base(`odd_${at}`), type: from.text, widget: from.text, content: from.text });
  }
  return items;
}
