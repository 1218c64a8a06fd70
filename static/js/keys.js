// The keys of the grading screen. Single keys can be switched off (WCAG 2.1.4) and this device remembers it.

const REMEMBERED = "oneday-single-keys";

function allowed() {
  try {
    return localStorage.getItem(REMEMBERED) !== "off";
  } catch {
    return true;
  }
}

function remember(on) {
  try {
    localStorage.setItem(REMEMBERED, on ? "on" : "off");
  } catch {
    // Not remembered, but good for this page.
  }
}

const writes = (element) => element.matches("textarea, select, input:not([type=radio], [type=checkbox])");
const pressed = (element) => element.matches("a, button, summary");

export function keys(form) {
  const criteria = [...form.querySelectorAll("[data-criterion]")];
  const sheet = document.querySelector("[data-keys] details");
  const toggle = document.querySelector("[data-keys-switch]");
  let on = allowed();
  let current = criteria.find((one) => !one.querySelector(":checked")) ?? criteria[0];

  const mark = (criterion) => {
    current = criterion;
    for (const one of criteria) one.classList.toggle("current", one === criterion);
  };

  const level = (digit) => {
    const radio = [...current.querySelectorAll("input[type=radio]")].find((one) => one.value === digit);
    if (!radio) return;
    if (!radio.checked) {
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const next = criteria[criteria.indexOf(current) + 1];
    if (next) mark(next);
    const seat = next ? (next.querySelector(":checked") ?? next.querySelector("input[type=radio]")) : radio;
    seat.focus({ preventScroll: true });
    seat.closest("[data-criterion]").scrollIntoView({ block: "nearest" });
  };

  const done = () => form.requestSubmit(form.querySelector("[data-done]") ?? undefined);

  if (toggle) {
    toggle.closest("[hidden]")?.removeAttribute("hidden");
    toggle.checked = on;
    toggle.addEventListener("change", () => {
      on = toggle.checked;
      remember(on);
    });
  }
  form.addEventListener("focusin", ({ target }) => {
    const criterion = target.closest("[data-criterion]");
    if (criterion) mark(criterion);
  });
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.defaultPrevented || event.isComposing || event.altKey || event.repeat) return;
    if (key === "Enter" && (event.ctrlKey || event.metaKey || !(writes(target) || pressed(target)))) {
      event.preventDefault();
      done();
      return;
    }
    if (!on || event.ctrlKey || event.metaKey || writes(target)) return;
    if (/^[1-4]$/.test(key) && current) {
      event.preventDefault();
      level(key);
    } else if (key === "?" && sheet) {
      event.preventDefault();
      sheet.open = !sheet.open;
    }
  });
  if (current) mark(current);
}
