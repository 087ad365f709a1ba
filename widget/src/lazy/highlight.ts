/** Colours for code, loaded when an answer has some: names of kinds of words, drawn as elements with classes. */

import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import makefile from "highlight.js/lib/languages/makefile";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import shell from "highlight.js/lib/languages/shell";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const LANGUAGES = {
  ...{ bash, c, cpp, csharp, css, diff, dockerfile, go, ini, java, javascript, json, kotlin, makefile, markdown },
  ...{ php, python, ruby, rust, shell, sql, swift, typescript, xml, yaml },
};
for (const [name, language] of Object.entries(LANGUAGES)) highlighter.registerLanguage(name, language);

const PIECE = /<span class="([\w -]*)">|(<\/span>)|([^<]+)/g;
const CHARACTERS: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };

/** Colour the words of `code`, which stay the same; those of a language that is not known have no colours. */
export function highlight(code: HTMLElement, language: string): void {
  const text = code.textContent;
  if (highlighter.getLanguage(language) === undefined) return;
  const { value } = highlighter.highlight(text, { language, ignoreIllegals: true });
  const box = drawn(value);
  if (box.textContent === text) code.replaceChildren(...box.childNodes);
}

/** What the highlighter wrote as HTML, made node by node: nothing of an answer is ever read as HTML. */
function drawn(html: string): HTMLElement {
  const root = document.createElement("span");
  let parent = root;
  for (const [, className, end, words = ""] of html.matchAll(PIECE)) {
    if (className !== undefined) {
      const span = document.createElement("span");
      span.className = className;
      parent.append(span);
      parent = span;
    } else if (end !== undefined) {
      parent = parent.parentElement ?? root;
    } else {
      parent.append(words.replace(/&(\w+|#x27);/g, (written, name) => CHARACTERS[name] ?? written));
    }
  }
  return root;
}
