// What every form that saves itself says and asks: the quiet status line and the two texts side by side.
// All words come from the page (components/grading.html, save_state).

const KINDS = {
  saving: "saving", restored: "restored", differs: "differs",
  unreachable: "kept", "signed-out": "signedOut", refused: "refused",
};

function clock(moment) {
  if (moment && !/^\d{4}-/.test(moment)) return moment;
  const time = moment ? new Date(moment) : new Date();
  return time.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
}

export class Status {
  constructor(form) {
    this.line = form.querySelector("[data-save-state]") ?? document.querySelector("[data-save-state]");
  }

  show(text, state) {
    if (!this.line) return;
    this.line.dataset.state = state;
    if (this.line.textContent !== text) this.line.textContent = text;
  }

  saved(moment) {
    this.show(`${this.line?.dataset.saved} ${clock(moment)}`, "saved");
  }

  say(kind) {
    // Whoever came from an LMS comes in there again; there is nothing to sign in to.
    const launched = kind === "signed-out" && "launched" in document.body.dataset;
    const text = this.line?.dataset[launched ? "openAgain" : KINDS[kind]];
    this.show(text, ["saving", "restored"].includes(kind) ? kind : "kept");
    if (kind !== "signed-out" || launched || !this.line) return;
    const link = document.createElement("a");
    link.href = `${this.line.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = this.line.dataset.signInAgain;
    // The text is kept here: the browser need not ask whether to leave.
    link.addEventListener("click", () => dispatchEvent(new Event("oneday:leaving")));
    this.line.append(" ", link);
  }
}

// Shows both texts after `control`; calls `decided(true)` for mine. Returns the shown element.
export function askWhich(form, control, yours, theirs, decided) {
  const template = form.querySelector("template[data-conflict]") ?? document.querySelector("template[data-conflict]");
  const box = template.content.firstElementChild.cloneNode(true);
  box.querySelector("[data-yours]").textContent = yours;
  box.querySelector("[data-theirs]").textContent = theirs;
  for (const button of box.querySelectorAll("[data-keep]")) {
    button.addEventListener("click", () => {
      box.remove();
      decided(button.dataset.keep === "yours");
    });
  }
  control.after(box);
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest" });
  return box;
}
