/** Strings that would run, fetch or restyle something if a widget took them for anything but text. */

export const ELSEWHERE = "https://evil.example";

const SCRIPTS = [
  "<script>window.ran=1</script>",
  "<img src=x onerror=window.ran=1>",
  "<svg onload=window.ran=1>",
  "<svg><script>window.ran=1</script></svg>",
  "<svg><animate onbegin=window.ran=1 attributeName=x dur=1s>",
  "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
  `<iframe src="${ELSEWHERE}"></iframe>`,
  "<body onload=window.ran=1>",
  "<details open ontoggle=window.ran=1>",
  "<input autofocus onfocus=window.ran=1>",
  "<video><source onerror=window.ran=1></video>",
  `<video src="${ELSEWHERE}/v.mp4" autoplay></video>`,
  `<link rel=stylesheet href="${ELSEWHERE}/x.css">`,
  `<style>@import url(${ELSEWHERE}/x.css);*{display:none}</style>`,
  `<meta http-equiv=refresh content="0;url=${ELSEWHERE}">`,
  `<base href="${ELSEWHERE}/">`,
  `<form action="${ELSEWHERE}"><input name=q></form>`,
  `<object data="${ELSEWHERE}/x.swf"></object>`,
  `<embed src="${ELSEWHERE}/x.swf">`,
  "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=window.ran=1&gt;'>",
  "<noscript><p title='</noscript><img src=x onerror=window.ran=1>'>",
  "<template><script>window.ran=1</script></template>",
  '"><img src=x onerror=window.ran=1>',
  "'><svg/onload=window.ran=1>",
  "</textarea><script>window.ran=1</script>",
  "</title><script>window.ran=1</script>",
  "]]><script>window.ran=1</script>",
  "<!--><script>window.ran=1</script>-->",
  "{{constructor.constructor('window.ran=1')()}}",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a template would take for its own
  "${window.ran=1}",
  "javascript:window.ran=1",
  "JaVaScRiPt:window.ran=1",
  "java\tscript:window.ran=1",
  "\u0001javascript:window.ran=1",
  "javascript&colon;window.ran=1",
  "vbscript:window.ran=1",
  "data:text/html,<script>parent.ran=1</script>",
  "data:text/html;base64,PHNjcmlwdD5wYXJlbnQucmFuPTE8L3NjcmlwdD4=",
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='window.ran=1'/>",
  "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIG9ubG9hZD0id2luZG93LnJhbj0xIi8+",
  "blob:https://evil.example/1",
  "file:///etc/passwd",
  `${ELSEWHERE}/x.png`,
  "//evil.example/x.png",
  "\\\\evil.example\\x.png",
  "/\\evil.example/x.png",
  `[a](javascript:window.ran=1) ![b](${ELSEWHERE}/b.png)`,
  `![x](${ELSEWHERE}/x.png "onerror=window.ran=1")`,
  `<a href="javascript:window.ran=1">x</a>`,
  "[x]: javascript:window.ran=1\n\n[x]",
  `<javascript:window.ran=1> <${ELSEWHERE}>`,
];

const STYLES = [
  `url(${ELSEWHERE}/c.png)`,
  `red;background:url(${ELSEWHERE}/c.png)`,
  `#fff;background-image:url("${ELSEWHERE}/c.png")`,
  "red}*{display:none}",
  "expression(window.ran=1)",
  `image-set("${ELSEWHERE}/c.png" 1x)`,
  `var(--x, url(${ELSEWHERE}/c.png))`,
  "calc(100vw * 99)",
  "env(x)",
  "fixed; position: fixed; inset: 0; z-index: 99999",
  "100px; position: fixed",
  "-9999px",
  "1e9px",
  "999999px",
  "99999%",
  "attr(data-x)",
  "\\75rl(https://evil.example)",
  `light-dark(red, url(${ELSEWHERE}/c.png))`,
  `rgb(1,2,3) url(${ELSEWHERE}/c.png)`,
  "rgb(1,2,3);}",
  "__proto__",
  "constructor",
  "toString",
];

const NAMES = [
  "__proto__",
  "constructor",
  "prototype.polluted",
  "__proto__.polluted",
  "insertBefore",
  "children",
  "submit",
  "action",
  "parentNode",
  "querySelectorAll",
  "attributes",
  "innerHTML",
  "x".repeat(5000),
  "a.b.c.d.e.f.g.h.i.j.k",
  "",
  "\u202e\u0000",
];

/** Ways to write an address so that a careless check takes it for another one. */
const DISGUISES: readonly ((address: string) => string)[] = [
  (address) => ` ${address}`,
  (address) => `\n${address}`,
  (address) => address.toUpperCase(),
  (address) => address.replace(":", "\t:"),
  (address) => address.replace(":", "%3A"),
  (address) => address.replace(":", "&#58;"),
  (address) => `\u0000${address}`,
  (address) => `\ufeff${address}`,
  (address) => `https://127.0.0.1@${address.replace(/^[a-z]+:(\/\/)?/, "")}`,
  (address) => `[words](${address})`,
  (address) => `![words](<${address}>)`,
  (address) => `"${address}" onerror="window.ran=1`,
];
const ADDRESSES = [
  "javascript:window.ran=1",
  "data:text/html,<script>parent.ran=1</script>",
  "https://evil.example/x.png",
  "//evil.example/y.png",
  "blob:https://evil.example/2",
  "vbscript:window.ran=1",
];
const DISGUISED = ADDRESSES.flatMap((address) => DISGUISES.map((disguise) => disguise(address)));

export const STRINGS: readonly string[] = [...SCRIPTS, ...STYLES, ...NAMES, ...DISGUISED];

/** Widgets that have a string in every field that there is. */
export function widgetsOf(text: string): object[] {
  const box = {
    ...{ align: text, justify: text, wrap: text, flex: text, gap: text, height: text, width: text, size: text },
    ...{ minHeight: text, minWidth: text, minSize: text, maxHeight: text, maxWidth: text, maxSize: text },
    ...{ padding: text, margin: { top: text, x: text }, border: { size: 1, color: text, style: text }, radius: text },
    ...{ background: text, aspectRatio: text, direction: text, id: text, key: text },
  };
  const words = { value: text, color: text, size: text, weight: text, textAlign: text, id: text, truncate: text };
  const action = { type: text, payload: { [text]: text }, handler: text, loadingBehavior: text };
  const field = { name: text, defaultValue: text, placeholder: text, pattern: text, size: text, variant: text };
  const options = [{ value: text, label: text, description: text }];
  const content = [
    { type: "Text", ...words, width: text, editable: { name: text, pattern: text, autoComplete: text } },
    { type: "Text", ...words },
    { type: "Title", ...words },
    { type: "Caption", ...words },
    { type: "Markdown", value: text },
    { type: "Badge", label: text, color: text, variant: text, size: text },
    { type: "Icon", name: text, color: text, size: text },
    { type: "Image", ...box, src: text, alt: text, fit: text, position: text },
    { type: "Divider", color: text, size: text, spacing: text },
    { type: "Spacer", minSize: text },
    { type: "Box", ...box, children: [{ type: "Row", ...box, children: [{ type: "Col", ...box, children: text }] }] },
    { type: "Transition", children: { type: text, value: text, children: text } },
    {
      ...{ type: "Chart", data: [{ [text]: 1, x: text }], xAxis: { dataKey: text, labels: { [text]: text } } },
      ...{ series: [{ type: text, dataKey: text, label: text, color: text }], width: text, height: text },
    },
    { type: text, value: text, label: text, src: text, href: text, style: text, onclick: text, children: [text] },
    { type: "Button", label: text, onClickAction: action, iconStart: text, iconEnd: text, color: text, style: text },
  ];
  const controls = [
    { type: "Label", value: text, fieldName: text, color: text },
    { type: "Input", ...field, inputType: text },
    { type: "Textarea", ...field },
    { type: "Select", ...field, options, onChangeAction: action },
    { type: "DatePicker", ...field, min: text, max: text },
    { type: "Checkbox", name: text, label: text },
    { type: "RadioGroup", name: text, ariaLabel: text, options, direction: text },
  ];
  const said = { label: text, action };
  return [
    {
      ...{ type: "Card", size: text, theme: text, background: text, padding: text, children: content },
      ...{ status: { text, favicon: text, icon: text }, confirm: said, cancel: said },
    },
    { type: "Basic", ...box, children: { type: "Form", ...box, onSubmitAction: action, children: controls } },
    {
      type: "ListView",
      children: [{ type: "ListViewItem", gap: text, children: content.slice(0, 3), onClickAction: action }],
    },
    { type: text, children: content.slice(0, 2) },
  ];
}

/** Other items that have the string everywhere. */
export function itemsOf(text: string): object[] {
  const source = { type: "url", title: text, url: text, description: text };
  const tasks = ["custom", "web_search", "thought", "file", "image", text].map((type) => ({
    ...{ type, title: text, icon: text, content: text, title_query: text, queries: [text], status_indicator: text },
    sources: [source, { ...source, type: "file", filename: text }],
  }));
  return [
    { type: "workflow", workflow: { type: text, tasks, summary: { title: text, icon: text }, expanded: true } },
    { type: "task", task: tasks[0] },
    { type: "generated_image", image: { id: text, url: text } },
    { type: "client_tool_call", status: "completed", call_id: text, name: text, arguments: { [text]: text } },
    {
      type: "structured_input",
      status: "pending",
      inputs: [
        { type: "multiple_choice", id: text, question: text, options: [{ value: text }] },
        { type: "freeform", id: `${text} `, question: text, description: text },
      ],
    },
    { type: text, text, title: text, html: text },
  ];
}
