// One way to send JSON to the server, and one set of words for what came of it.

const PATIENCE = 20_000;

function token() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

// An operation's id. crypto.randomUUID is missing where the room is served by plain http.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function outcome(status) {
  if (status >= 200 && status < 300) return "saved";
  if (status === 409) return "conflict";
  // 0 is the redirect to the sign-in page, which is not followed.
  if ([0, 400, 401, 403].includes(status)) return "signed-out";
  if (status === 408 || status === 429 || status >= 500) return "unreachable";
  return "refused";
}

// Resolves to {outcome: saved | conflict | signed-out | unreachable | refused, data}; never rejects.
export async function post(url, body) {
  try {
    const reply = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": token() },
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    return { outcome: outcome(reply.status), data: text.startsWith("{") ? JSON.parse(text) : {} };
  } catch {
    return { outcome: "unreachable", data: {} };
  }
}

// After signing in again in another tab this page's token is stale: fetch a new one, but only if `selector`
// (which names the person) is still on the page, so that nobody's text is sent in somebody else's name.
export async function renew(selector) {
  try {
    const reply = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.querySelector('meta[name="csrf-token"]')?.content;
    if (!fresh || !page.querySelector(selector)) return false;
    document.querySelector('meta[name="csrf-token"]').content = fresh;
    for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = fresh;
    return true;
  } catch {
    return false;
  }
}

// 1 s, 2 s, 4 s ... 30 s, and at once when the connection is back.
export function retries(attempt) {
  let step = 0;
  let timer;
  const run = () => {
    clearTimeout(timer);
    attempt();
  };
  addEventListener("online", run);
  return {
    later() {
      clearTimeout(timer);
      timer = setTimeout(run, Math.min(30_000, 1000 * 2 ** step));
      step += 1;
    },
    reset() {
      clearTimeout(timer);
      step = 0;
    },
  };
}
