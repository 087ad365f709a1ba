/** Answers as language models write them, with all that Markdown has. */

export const ANSWERS: Readonly<Record<string, string>> = {
  "prose with emphasis": `A **process** is a running program; the *kernel* keeps a table of them. In __short__: it has _its own_
memory, see [the chapter on memory](/memory#pages "Memory") and <https://example.org/a_b_c>.

Costs are $5 and $6, or ~5 to ~10 minutes; 2 * 3 = 6, AT&T &amp; R&D, snake_case_name and 2**3.

***Both*** at once, **bold with *emphasis* inside**, ~~struck~~ and \`code with * and _\` \`\`with \` a tick\`\`.
A line\\
broken, an escaped \\* star, an [^1] odd note and an item [1] of a list.`,

  "headings and lists": `# The plan

Do this first:

1. Install the **tools**
   - on Linux: \`apt install\`
   - on macOS: [Homebrew](/brew)
2. Run \`make\`
3. Open the page

---

## Then

* one
* two with a very long line that goes on and *on*

  and a second paragraph
* three

- [ ] open
- [x] done

10. ten
11. eleven

> A quote with **bold**
> over two lines
>
> - and a list

Rule below this line
---
The end.`,

  "a table": `The figures:

| Name | Count | Share |
| :--- | ---: | :---: |
| \`a\` | 1 | **10 %** |
| b | 22 | *20 %* |
| [c](/c) | 333 | 70 % |

After it. A line | with a bar is no table.

|a|b|
|-|-|
|1|2|`,

  code: `Use \`fork()\`:

\`\`\`python title="a.py"
def main() -> None:
    print("**not bold**", 1 | 2)  # [not](a link)


if __name__ == "__main__":
    main()
\`\`\`

1. In a list:

   \`\`\`sh
   $ make \`x\`
   \`\`\`

2. Next

~~~
plain
\`\`\`
still plain
~~~

Done.`,

  maths: `The sum $\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}$ is known. With \\(a^2 + b^2 = c^2\\) we get:

$$
x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}
$$

and then
\\[ E = mc^2 \\]
as well as $5x + 3$ for $10.

\`\`\`math
\\int_0^1 x\\,dx
\`\`\`

Done.`,

  html: `Tags like <b> and <a href="/x"> are shown, a < b too, and 1 << 2.

<div>
raw
</div>

![A picture](/pic.png) of ![another](https://elsewhere.example/x.png) place! Done!`,
};
