/** A chart as a table of its figures, each with a bar as long as it is large: it reads, and prints, and is spoken. */

import type { Data } from "./kit.ts";
import { textOf } from "./naming.ts";
import type { Draw, Painter } from "./painter.ts";
import { colour, length } from "./values.ts";

const MAX_ROWS = 200;
const MAX_SERIES = 8;
const COLOURS = ["blue-500", "orange-500", "purple-500", "green-600", "pink-500", "red-500", "yellow-600", "cyan-600"];
/** The tokens that charts alone have. */
const TOKENS = /^(blue|purple|orange|green|red|yellow|pink)$/;

interface Series {
  readonly key: string;
  readonly label: string;
  readonly colour: string | null;
}

export const chart: Draw = (painter, node) => {
  const { html } = painter.kit;
  const rows = records(node.data, MAX_ROWS);
  const series = records(node.series, MAX_SERIES)
    .map(readSeries)
    .filter((one) => one.key !== "");
  const axis = typeof node.xAxis === "object" && node.xAxis !== null ? (node.xAxis as Data) : { dataKey: node.xAxis };
  const most = Math.max(...rows.flatMap((row) => series.map(({ key }) => numberOf(row, key) ?? 0)), 0);
  return html`<div class="w-chart" tabindex="0" role="group" aria-label=${series.map(({ label }) => label).join(", ")}
    ${painter.styled({ "max-width": length(node.width) ?? length(node.maxWidth) })}>
    <table>
      <thead><tr><th scope="col"><span class="unseen">${textOf(axis.dataKey)}</span></th>
        ${series.map((one) => html`<th scope="col">${one.label}</th>`)}</tr></thead>
      <tbody>${rows.map(
        (row) => html`<tr>
        <th scope="row">${tick(axis, row)}</th>${series.map((one) => html`<td>${bar(painter, one, row, most)}</td>`)}
      </tr>`,
      )}</tbody>
    </table>
  </div>`;
};

function readSeries(series: Data, at: number): Series {
  const own = typeof series.color === "string" && TOKENS.test(series.color) ? `${series.color}-500` : series.color;
  const key = typeof series.dataKey === "string" ? series.dataKey : "";
  return { key, label: textOf(series.label) || key, colour: colour(own) ?? colour(COLOURS[at]) };
}

function tick(axis: Data, row: Data): string {
  const said = textOf(Object.hasOwn(row, String(axis.dataKey)) ? row[String(axis.dataKey)] : "");
  const labels = typeof axis.labels === "object" && axis.labels !== null ? (axis.labels as Data) : {};
  return Object.hasOwn(labels, said) ? textOf(labels[said]) : said;
}

function bar(painter: Painter, { key, colour: background }: Series, row: Data, most: number) {
  const value = numberOf(row, key);
  const width = value === null || most <= 0 ? null : `${Math.max(0, Math.min(100, (100 * value) / most)).toFixed(1)}%`;
  const { html, nothing } = painter.kit;
  return html`${textOf(Object.hasOwn(row, key) ? row[key] : "")}
    ${width === null ? nothing : html`<span class="w-bar" ${painter.styled({ width, background })}></span>`}`;
}

function numberOf(row: Data, key: string): number | null {
  const value = Object.hasOwn(row, key) ? row[key] : null;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function records(value: unknown, most: number): Data[] {
  const list = Array.isArray(value) ? value.slice(0, most) : [];
  return list.filter((entry): entry is Data => typeof entry === "object" && entry !== null);
}
