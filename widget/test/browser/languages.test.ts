/** The languages that the widget speaks: the catalogues themselves, and a page in each of them in a real Chromium. */

import { describe, expect, it } from "vitest";
import { ATTACHING_WORDS } from "../../src/lazy/attaching.ts";
import { BESIDE_WORDS } from "../../src/lazy/beside.ts";
import { FEEDBACK_WORDS } from "../../src/lazy/feedback.ts";
import de from "../../src/lazy/lang-de.ts";
import es from "../../src/lazy/lang-es.ts";
import ur from "../../src/lazy/lang-ur.ts";
import zh from "../../src/lazy/lang-zh.ts";
import { THREADS_WORDS } from "../../src/lazy/threads.ts";
import { ENGLISH } from "../../src/strings.ts";
import { ITEMS_WORDS } from "../../src/widgets/words.ts";
import { canSkip } from "../support/browser.ts";
import { onPage } from "../support/reader.ts";

const ALL: Readonly<Record<string, string>> = {
  ...ENGLISH,
  ...ATTACHING_WORDS,
  ...BESIDE_WORDS,
  ...FEEDBACK_WORDS,
  ...ITEMS_WORDS,
  ...THREADS_WORDS,
};
const CATALOGUES: Readonly<Record<string, Readonly<Record<string, string>>>> = { de, es, ur, zh };

describe("a catalogue", () => {
  for (const [tag, catalogue] of Object.entries(CATALOGUES)) {
    it(`${tag} has every sentence, with the same places in it`, () => {
      expect(Object.keys(catalogue).sort()).toEqual(Object.keys(ALL).sort());
      const places = (sentence = "") => (sentence.match(/\{\w+\}/g) ?? []).sort();
      for (const [key, sentence] of Object.entries(ALL)) {
        expect(places(catalogue[key]), key).toEqual(places(sentence));
        expect(catalogue[key]?.trim(), key).not.toBe("");
      }
    });
  }
});

describe.skipIf(canSkip)("a page", () => {
  const reader = onPage();
  const { chat } = reader;

  async function openIn(lang: string, attributes = ""): Promise<void> {
    reader.server.addPage("/lang", reader.html("<h1>x</h1>").replace('lang="en"', `lang="${lang}" ${attributes}`));
    await reader.page.goto(`${reader.server.url}/lang`);
    await chat().locator(".opener").click();
  }

  for (const [tag, catalogue] of Object.entries(CATALOGUES)) {
    it(`in ${tag} has an assistant that speaks it`, async () => {
      await openIn(tag === "zh" ? "zh-CN" : tag);
      expect(await chat().locator("h2").textContent()).toBe(catalogue.heading);
      expect(await chat().locator(".greeting").textContent()).toBe(catalogue.greeting);
      await chat()
        .getByRole("button", { name: catalogue.threads ?? "" })
        .click();
      await expect.poll(() => chat().locator(".none").textContent()).toBe(catalogue.noThreads);
      expect(await chat().locator("dialog").getAttribute("dir")).toBe(tag === "ur" ? "rtl" : "ltr");
    });
  }

  it("in a language that nobody has added is served in English", async () => {
    await openIn("tlh");
    expect(await chat().locator("h2").textContent()).toBe("Ask this book");
  });

  it("in a language that its author has added has those words, and English for the rest", async () => {
    await openIn("fr-CA");
    await reader.page.evaluate(async () => {
      await customElements.whenDefined("bookside-chat");
      const { addLanguage } = customElements.get("bookside-chat") as unknown as {
        addLanguage: (tag: string, words: object) => void;
      };
      addLanguage("fr", { heading: "Interrogez ce livre" });
      document.documentElement.lang = "fr";
    });
    await expect.poll(() => chat().locator("h2").textContent()).toBe("Interrogez ce livre");
    expect(await chat().locator(".greeting").textContent()).toBe("What would you like to know?");
  });

  it("that changes its language takes the assistant along", async () => {
    await openIn("de");
    await reader.page.evaluate(() => {
      document.documentElement.lang = "es";
    });
    await expect.poll(() => chat().locator("h2").textContent()).toBe(es.heading);
    await reader.page.evaluate(() => {
      document.documentElement.lang = "en";
    });
    await expect.poll(() => chat().locator("h2").textContent()).toBe("Ask this book");
  });

  it("may say the direction itself", async () => {
    await openIn("en", 'dir="rtl"');
    expect(await chat().locator("dialog").getAttribute("dir")).toBe("rtl");
  });
});
