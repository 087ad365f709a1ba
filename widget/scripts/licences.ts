import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const FILES = ["LICENSE", "LICENSE.md", "LICENSE.txt"];

/** Writes the licences of every bundled package beside the built file, as those licences ask. */
export function licences(fileName: string): Plugin {
  return {
    name: "licences",
    generateBundle() {
      const folders = [...this.getModuleIds()].map(packageFolder).filter((folder) => folder !== null);
      if (folders.length === 0) return;
      const texts = [...new Set(folders)].sort().map(notice);
      this.emitFile({ type: "asset", fileName, source: `${texts.join("\n\n")}\n` });
    },
  };
}

function packageFolder(moduleId: string): string | null {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(moduleId)?.[0] ?? null;
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = FILES.map((candidate) => join(folder, candidate)).find(existsSync);
  if (file === undefined) throw new Error(`${name} ships no licence file`);
  const heading = `${name} ${version} (${license})`;
  return `${heading}\n${"=".repeat(heading.length)}\n\n${readFileSync(file, "utf8").trim()}`;
}
