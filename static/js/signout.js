// Signing out wipes the browser's copies; whoever has unsent text is asked first, in the page.

import { all, wipe } from "./store.js";

async function unsent(person) {
  const kept = [...(await all("copy:")), ...(await all("op:"))];
  return kept.filter(([key]) => !person || key.split(":")[1] === person).map(([, value]) => value);
}

function ask(form, waiting) {
  if (form.querySelector(".notice")) return;
  const notice = document.createElement("div");
  notice.className = "notice notice-attention";
  notice.tabIndex = -1;
  notice.setAttribute("role", "alert");
  const body = document.createElement("div");
  body.append(form.querySelector("template").content.cloneNode(true));
  notice.append(body);
  form.append(notice);
  notice.focus();
  notice.querySelector("[data-stay]").addEventListener("click", () => {
    const page = waiting.find((value) => value.page)?.page;
    if (page && page !== location.pathname + location.search) location.assign(page);
    else notice.remove();
  });
}

async function leave(form) {
  await wipe();
  dispatchEvent(new Event("oneday:leaving"));
  form.submit();
}

for (const form of document.querySelectorAll("form[data-signout]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const confirmed = event.submitter?.closest(".notice");
    const waiting = confirmed ? [] : await unsent(form.dataset.person);
    if (waiting.length) ask(form, waiting);
    else await leave(form);
  });
}
