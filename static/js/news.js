// Asks again and again whether a page has news, and exchanges the parts that changed, found by their ids.
// data-news: where to ask; data-mark: what the page shows now; data-every: after how many milliseconds to ask again.
// Without JavaScript the page is reloaded by hand.

const EVERY = 3000;
const root = document.querySelector("[data-news]");
let mark = root?.dataset.mark ?? "";

function exchange(html) {
  const news = document.createElement("template");
  news.innerHTML = html;
  const focused = document.activeElement?.id;
  for (const part of news.content.querySelectorAll("[id]")) {
    const shown = document.getElementById(part.id);
    // A part inside an exchanged part has come along with it and is the same by now.
    if (shown && part.innerHTML !== shown.innerHTML) shown.innerHTML = part.innerHTML;
  }
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

async function ask() {
  if (document.hidden) return;
  try {
    const reply = await fetch(root.dataset.news, { headers: { "If-None-Match": mark }, redirect: "manual" });
    if (reply.type === "opaqueredirect") return location.reload();
    if (reply.status !== 200) return;
    mark = reply.headers.get("ETag") ?? "";
    exchange(await reply.text());
  } catch {
    // The network is gone for a moment; the next question finds it again.
  }
}

if (root) setInterval(ask, Number(root.dataset.every) || EVERY);
