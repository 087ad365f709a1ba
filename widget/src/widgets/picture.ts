/** Generated images, partial and final: raster pictures only, drawn where a page's policy allows no `data:` address. */

import type { GeneratedImageItem } from "../protocol.ts";
import type { Drawn } from "./kit.ts";
import type { Painter } from "./painter.ts";

const RASTER = /^data:(image\/(?:png|jpeg|webp));base64,([A-Za-z0-9+/]+={0,2})$/;
const MAX_SIDE_PX = 4096;

export function picture(painter: Painter, item: GeneratedImageItem, isGrowing: boolean): Drawn {
  const { html, nothing, strings } = painter.kit;
  const { image, progress } = item;
  const isWhole = image && !isGrowing;
  const share = typeof progress === "number" ? Math.min(Math.max(progress, 0), 1) : null;
  const waiting = html`<figcaption><span>${strings.imageComing}</span>
    ${share === null ? nothing : html`<progress max="1" .value=${share} aria-label=${strings.imageComing}></progress>`}</figcaption>`;
  return html`<figure class="w-figure" aria-busy=${!isWhole}>
    ${image ? shown(painter, item.id, image.url) : html`<div class="w-blank"></div>`}${isWhole ? nothing : waiting}
  </figure>`;
}

function shown(painter: Painter, itemId: string, url: string): Drawn {
  const [, type = "", data = ""] = RASTER.exec(url) ?? [];
  if (data === "") return painter.picture(url, painter.kit.strings.imageMade, {});
  const { canvases } = painter;
  const known = canvases.get(itemId);
  if (known?.url === url) return known.canvas;
  const canvas = known?.canvas ?? document.createElement("canvas");
  canvas.className = "w-image";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", painter.kit.strings.imageMade);
  canvases.set(itemId, { url, canvas });
  void paint(canvas, new Blob([bytesOf(data)], { type }), () => canvases.get(itemId)?.url === url);
  return canvas;
}

function bytesOf(data: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  } catch (error) {
    if (error instanceof DOMException) return new Uint8Array();
    throw error;
  }
}

/** Draw a picture's bytes, unless newer ones came meanwhile; bytes that are none leave the canvas as it is. */
async function paint(canvas: HTMLCanvasElement, blob: Blob, isWanted: () => boolean): Promise<void> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob);
  } catch (error) {
    if (error instanceof DOMException) return;
    throw error;
  }
  if (!isWanted()) return;
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
}
