/** Debian's Chromium, driven by playwright-core; nothing is downloaded. */

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const CANDIDATES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const CHROMIUM = CANDIDATES.find((path) => path !== undefined && existsSync(path)) ?? null;

/** Without a browser these tests are skipped on a developer's machine and fail on CI. */
export const canSkip = CHROMIUM === null && !process.env.CI;

export function launch(): Promise<Browser> {
  if (CHROMIUM === null) throw new Error("No Chromium was found: install Debian's chromium, or name one in CHROMIUM.");
  const args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"];
  return chromium.launch({ executablePath: CHROMIUM, args });
}
