// OpenAI's component, pointed at a Bookside server: the settings that it needs, and nothing else.

/** Where the Bookside server is. It must allow this page's origin: BOOKSIDE_ALLOWED_ORIGINS, or SITE_BASE_URL. */
const SERVER = "http://127.0.0.1:8000";

/** From OpenAI's dashboard, for the domain that this page is served from; on localhost any text will do. */
const DOMAIN_KEY = "local-trial";

const TOKEN = "bookside-token";

/** The reader's token: fetched once and kept, so that their threads are theirs on the next page, too. */
async function token() {
  const kept = localStorage.getItem(TOKEN);
  if (kept !== null) return kept;
  const response = await fetch(`${SERVER}/assistant/session`, { method: "POST" });
  if (!response.ok) throw new Error(`no session: HTTP ${response.status}`);
  const { token } = await response.json();
  localStorage.setItem(TOKEN, token);
  return token;
}

/**
 * Every request of the component goes through here: it gets the reader's token, and the page that the reader is on.
 *
 * @type {typeof fetch}
 */
async function send(address, options = {}) {
  const body = withPage(options.body);
  const attempt = async () => {
    const headers = new Headers(options.headers);
    headers.set("Authorization", `Bearer ${await token()}`);
    return fetch(address, { ...options, headers, body });
  };
  const response = await attempt();
  if (response.status !== 401) return response;
  localStorage.removeItem(TOKEN); // it has expired: once more, as a new reader
  return attempt();
}

/**
 * ChatKit leaves `metadata` of a request to the integration; Bookside reads the reader's place from it.
 *
 * @param {BodyInit | null | undefined} body
 */
function withPage(body) {
  if (typeof body !== "string") return body;
  const request = JSON.parse(body);
  const page = { url: location.href, title: document.title };
  return JSON.stringify({ ...request, metadata: { ...request.metadata, page_context: page } });
}

await customElements.whenDefined("openai-chatkit");
const assistant = document.querySelector("openai-chatkit");
assistant?.setOptions({
  api: { url: `${SERVER}/chatkit`, domainKey: DOMAIN_KEY, fetch: send, uploadStrategy: { type: "two_phase" } },
  theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
  header: { title: { text: "Ask the book" } },
  history: { enabled: true, showDelete: true, showRename: true },
  startScreen: {
    greeting: "What would you like to know?",
    prompts: [{ label: "What is this book about?", prompt: "What is this book about?", icon: "book-open" }],
  },
  threadItemActions: { feedback: true, retry: true },
  composer: {
    placeholder: "Ask a question…",
    attachments: { enabled: true, maxSize: 1_000_000, accept: { "text/*": [".txt", ".md", ".csv", ".py"] } },
  },
});
