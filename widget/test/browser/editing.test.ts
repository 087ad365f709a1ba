/** A question that is asked again in other words, in a real Chromium: the draft waits, and nothing of it is lost. */

import { beforeEach, describe, expect, it } from "vitest";
import { canSkip } from "../support/browser.ts";
import { onPage } from "../support/reader.ts";

describe.skipIf(canSkip)("a question that is asked again", () => {
  const reader = onPage();
  const { chat, composer, articles, said, ask, open } = reader;
  const question = () => chat().locator(".question");
  const edit = () => chat().getByRole("button", { name: "Edit and ask again" });
  const cancel = () => chat().getByRole("button", { name: "Cancel" });
  const isEdited = () => chat().locator(".question[data-edited]").count();

  beforeEach(async () => {
    await open();
    await ask("What is a proces?");
    await expect.poll(() => articles().count()).toBe(1);
    await composer().fill("and more");
    await question().first().hover();
    await edit().first().click();
    await expect.poll(() => composer().inputValue()).toBe("What is a proces?");
  });

  it("is marked, takes the place of the draft, and is told", async () => {
    expect(await isEdited()).toBe(1);
    expect(await edit().first().getAttribute("aria-pressed")).toBe("true");
    expect(await said()).toBe("You are asking this question again.");
    expect(await composer().evaluate((field) => field.matches(":focus"))).toBe(true);
  });

  it.each(["Escape", "Cancel", "the button again"])("is left by %s, and the draft is back", async (way) => {
    if (way === "Escape") await composer().press("Escape");
    else if (way === "Cancel") await cancel().click();
    else await edit().first().click();
    await expect.poll(() => composer().inputValue()).toBe("and more");
    expect(await isEdited()).toBe(0);
    expect(await chat().locator("dialog").isVisible()).toBe(true);
    expect(await composer().evaluate((field) => field.matches(":focus"))).toBe(true);
  });

  it("is sent, and the draft is back", async () => {
    await ask("What is a process?");
    await expect.poll(() => articles().count()).toBe(2);
    expect(await question().allTextContents()).toEqual([
      expect.stringContaining("What is a proces?"),
      expect.stringContaining("What is a process?"),
    ]);
    expect(await composer().inputValue()).toBe("and more");
    expect(await isEdited()).toBe(0);
  });

  it("survives a reload with its draft, and another conversation gives the draft back", async () => {
    await composer().fill("What is a process?");
    await reader.page.waitForTimeout(100);
    await reader.page.reload();
    await expect.poll(isEdited).toBe(1);
    expect(await composer().inputValue()).toBe("What is a process?");
    await chat().getByRole("button", { name: "New conversation" }).click();
    await expect.poll(() => composer().inputValue()).toBe("and more");
    expect(await cancel().count()).toBe(0);
  });
});
