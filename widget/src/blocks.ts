/** An answer's text cut into blocks of Markdown; of a text that grows, only the last one is read again. */

import { getDefaults, Lexer, type Token, Tokenizer, type Tokens } from "marked";
import { blockFormulaAhead, blockFormulaAt, formulaAt } from "./maths.ts";

export type Links = Lexer["tokens"]["links"];

export interface Block {
  readonly start: number;
  readonly raw: string;
  readonly type: string;
}

/** A line that may yet be an item of the list above it. */
const ITEM_BEGUN = /^\s*(?:[-*+]|\d{1,9}[.)]?)\s*$/;

/** Reads what `Tokenizer` reads, but for two things that are more often meant otherwise. */
class Reader extends Tokenizer {
  /** A line of dashes below a paragraph is a rule: taken for a heading's, it would turn the words above it into one. */
  override lheading(source: string): Tokens.Heading | undefined {
    return this.rules.block.lheading.exec(source)?.[2]?.startsWith("=") ? super.lheading(source) : undefined;
  }

  /** "~5 to ~10 minutes" strikes nothing out. */
  override del(source: string, masked: string, before?: string): Tokens.Del | undefined {
    return source.startsWith("~~") ? super.del(source, masked, before) : undefined;
  }
}

/** A new parser, with formulas. */
function newLexer(): Lexer {
  return new Lexer({
    ...getDefaults(),
    tokenizer: new Reader(),
    extensions: {
      renderers: {},
      childTokens: {},
      block: [blockFormulaAt],
      startBlock: [blockFormulaAhead],
      inline: [(source, tokens) => formulaAt(source, tokens.at(-1)?.raw.at(-1) ?? "")],
      startInline: [ahead],
    },
  });
}

function ahead(source: string): number | undefined {
  const at = source.search(/\$|\\[([]/);
  return at === -1 ? undefined : at;
}

/** The tokens of a block; what cannot be read is a paragraph of plain words. */
export function tokensOf(markdown: string, links: Links = {}): Token[] {
  const lexer = newLexer();
  Object.assign(lexer.tokens.links, links);
  try {
    return lexer.lex(markdown);
  } catch (error) {
    // Nested too deep for the stack, or for the parser's patience.
    if (!(error instanceof Error)) throw error;
    return [{ type: "html", raw: markdown, text: markdown, block: true, pre: false } satisfies Tokens.HTML];
  }
}

/** The blocks of one text. */
export class Blocks {
  blocks: readonly Block[] = [];
  /** Addresses that the text gives names to. */
  links: Links = {};
  #text = "";

  /**
   * Read a text; if it is the last one and more, its finished blocks are taken as they are.
   *
   * @param isGrowing - More will come. A text that is complete is read as a whole.
   */
  read(text: string, isGrowing: boolean): readonly Block[] {
    const source = text.replace(/\r\n?/g, (end) => " \n".slice(-end.length));
    const isMore = isGrowing && this.#text !== "" && source.startsWith(this.#text);
    const kept = isMore ? this.blocks.slice(0, settled(this.blocks)) : [];
    const start = kept.length === 0 ? 0 : (this.blocks[kept.length]?.start ?? 0);
    const lexer = newLexer();
    const blocks = [...kept];
    let offset = start;
    for (const token of blockTokens(lexer, source.slice(start))) {
      // A token's own text may have lost spaces at the ends of lines.
      const raw = source.slice(offset, offset + token.raw.length);
      if (raw.trim() !== "") blocks.push({ start: offset, raw, type: token.type });
      offset += raw.length;
    }
    this.#text = source;
    this.blocks = blocks;
    const { links } = lexer.tokens;
    if (!isMore) this.links = links;
    else if (Object.keys(links).length > 0) this.links = { ...this.links, ...links };
    return blocks;
  }
}

/** How many blocks nothing that follows can change: all but the last, and what it may yet become a part of. */
function settled(blocks: readonly Block[]): number {
  let count = Math.max(0, blocks.length - 1);
  if (blocks[count - 1]?.type === "list" && ITEM_BEGUN.test(blocks[count]?.raw ?? "")) count--;
  while (blocks[count - 1]?.type === "def") count--;
  return count;
}

function blockTokens(lexer: Lexer, source: string): Token[] {
  try {
    return lexer.blockTokens(source, []);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ type: "html", raw: source } as Token];
  }
}
