import { describe, expect, it } from "vitest";
import { resultOf } from "../src/lazy/tools.ts";
import type { ClientToolCall } from "../src/protocol.ts";

const call = (name: string, args: Record<string, unknown> = {}): ClientToolCall => ({
  id: "i",
  thread_id: "t",
  created_at: "",
  type: "client_tool_call",
  status: "pending",
  call_id: "c",
  name,
  arguments: args,
});

describe("a tool of the page", () => {
  it("gives its result as JSON says it", async () => {
    const tools = {
      add: async ({ a, b }: Readonly<Record<string, unknown>>) => ({ sum: Number(a) + Number(b), no: undefined }),
    };
    expect(await resultOf(call("add", { a: 1, b: 2 }), tools)).toEqual({ sum: 3 });
  });

  it("gives null for nothing", async () => {
    expect(await resultOf(call("none"), { none: () => undefined })).toBeNull();
  });

  it("that fails, hangs, is not there or says too much gives an error, never nothing", async () => {
    const tools = {
      fails: () => {
        throw new TypeError("broken");
      },
      odd: () => {
        throw "a word";
      },
      hangs: () => new Promise(() => undefined),
      code: () => () => 1,
      long: () => "x".repeat(300_000),
      big: () => 1n,
    };
    const said = async (name: string) => (await resultOf(call(name), tools, 20)) as { error: string };
    expect((await said("fails")).error).toBe("broken");
    expect((await said("odd")).error).toBe("a word");
    expect((await said("hangs")).error).toContain("no result within");
    expect((await said("code")).error).toContain("not JSON");
    expect((await said("long")).error).toContain("too long");
    expect((await said("big")).error).toContain("BigInt");
    for (const name of ["nobody", "toString", "__proto__"]) expect((await said(name)).error).toContain("has no tool");
  });
});
