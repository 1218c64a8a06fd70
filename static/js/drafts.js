// Autosave of <form data-autosave="URL" data-person="ID" data-target="KEY" data-version="N"> with one textarea.
// Every keystroke is first kept by the browser, then sent; the copy goes when the server has acknowledged it.
// A write whose answer was lost is sent again under its operation id, so that the server knows it.

import { newId, post, renew, retries } from "./post.js";
import { all, put, remove } from "./store.js";
import { Status, askWhich } from "./saving.js";
import { countWords } from "./words.js";

const PAUSE = 800;

class Draft {
  constructor(form) {
    this.form = form;
    this.area = form.querySelector("textarea[data-draft]") ?? form.querySelector("textarea");
    this.status = new Status(form);
    this.version = Number(form.dataset.version ?? 0);
    this.acknowledged = this.area.defaultValue;
    this.attempt = null;
    this.conflict = null;
    this.blocked = false;
    this.running = null;
    this.ready = false;
    this.person = `form[data-person="${form.dataset.person}"]`;
    this.shelf = `copy:${form.dataset.person}:${form.dataset.target}:`;
    this.key = this.shelf + tab();
    this.adopted = null;
    this.retries = retries(() => this.save());
  }

  get clean() {
    return !this.attempt && !this.conflict && this.area.value === this.acknowledged;
  }

  async start() {
    // Going back must not fill in an old text on top of a newer version: what was not saved is on the shelf.
    this.form.autocomplete = "off";
    this.area.addEventListener("input", () => this.typed());
    this.form.addEventListener("submit", (event) => this.submit(event));
    addEventListener("beforeunload", (event) => {
      if (!this.clean && !this.leaving) event.preventDefault();
    });
    addEventListener("oneday:leaving", () => (this.leaving = true));
    document.addEventListener("visibilitychange", () => this.returned());
    addEventListener("focus", () => this.returned());
    this.restored = this.restore();
    await this.restored;
  }

  // What the browser kept: ours first, else the newest of another tab.
  async restore() {
    const kept = await all(this.shelf);
    this.ready = true;
    // On a slow line somebody writes before this script is there.
    const typed = this.area.value;
    const early = typed !== this.acknowledged;
    const own = kept.find(([key]) => key === this.key);
    const [key, copy] = own ?? kept.sort(([, a], [, b]) => b.at - a.at)[0] ?? [];
    if (!copy) return early ? this.typed() : undefined;
    this.adopted = key;
    if (copy.text === this.acknowledged) {
      await this.forget(copy.text);
      return early ? this.typed() : undefined;
    }
    const text = early && typed !== copy.text ? `${copy.text}\n\n${typed}` : copy.text;
    // The server's newer version may be our own last write, whose answer never came.
    const ours = copy.base_version === this.version || copy.attempt?.text === this.acknowledged;
    if (!ours) return this.differs({ version: this.version, text: this.acknowledged }, text);
    this.area.value = text;
    countWords(this.area);
    if (copy.base_version === this.version) this.attempt = copy.attempt ?? null;
    this.status.say("restored");
    await this.keep();
    return this.save(true);
  }

  keep() {
    return put(this.key, {
      text: this.area.value,
      base_version: this.version,
      attempt: this.attempt,
      at: Date.now(),
      page: location.pathname + location.search,
    });
  }

  // The copy goes only if it still holds what was acknowledged: another tab may have written on.
  async forget(text) {
    for (const [key, copy] of await all(this.shelf)) {
      if ((key === this.key || key === this.adopted) && copy.text === text) await remove(key);
    }
  }

  async typed() {
    // What an earlier page kept is read before it is written over.
    if (!this.ready) return;
    await this.keep();
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  save(quiet = false) {
    clearTimeout(this.timer);
    this.running ??= this.send(quiet).finally(() => (this.running = null));
    return this.running;
  }

  async send(quiet) {
    while (!this.clean && !this.conflict) {
      this.attempt ??= { text: this.area.value, base_version: this.version, operation_id: newId() };
      await this.keep();
      if (!quiet) this.status.say("saving");
      const reply = await post(this.form.dataset.autosave, this.attempt);
      if (!(await this.heard(reply)) || (!this.flushing && !this.clean)) break;
    }
  }

  async heard({ outcome, data }) {
    const { text } = this.attempt;
    this.outcome = outcome;
    if (outcome === "saved") {
      this.retries.reset();
      this.blocked = false;
      this.attempt = null;
      this.version = data.version;
      this.acknowledged = text;
      if (this.area.value === text) {
        this.status.saved(data.saved_at);
        await this.forget(text);
      } else {
        this.wait();
      }
      return true;
    }
    if (outcome === "conflict") {
      this.attempt = null;
      return this.differs(data, this.area.value);
    }
    this.blocked = outcome === "signed-out";
    this.status.say(outcome);
    if (outcome === "unreachable") this.retries.later();
    // A refused text is not sent again by itself; the next keystroke makes a new attempt.
    if (outcome === "refused") this.attempt = null;
    return false;
  }

  // Two texts: both are shown, the person decides, and until then nothing is sent.
  // The version stays the old one until then, so that a reload asks again.
  async differs(theirs, yours) {
    const accept = () => {
      this.version = theirs.version;
      this.acknowledged = theirs.text;
    };
    if (theirs.text === yours) {
      accept();
      await this.forget(yours);
      this.status.saved();
      return true;
    }
    this.area.value = yours;
    countWords(this.area);
    await this.keep();
    this.status.say("differs");
    this.conflict = askWhich(this.form, this.area, yours, theirs.text, async (mine) => {
      this.conflict = null;
      accept();
      if (!mine) {
        const dropped = this.area.value;
        this.area.value = theirs.text;
        countWords(this.area);
        await this.forget(dropped);
        this.status.saved();
      }
      this.area.focus();
      await this.save();
    });
    return false;
  }

  async returned() {
    if (!this.blocked || document.visibilityState === "hidden") return;
    if (await renew(this.person)) {
      this.blocked = false;
      await this.save();
    }
  }

  // Handing in waits for the draft, so that no copy stays behind; if the server refuses drafts, the form goes on its own.
  async submit(event) {
    if (this.leaving || (this.ready && this.clean)) {
      this.leaving = true;
      return;
    }
    event.preventDefault();
    await this.restored;
    if (this.conflict) return this.conflict.focus();
    this.flushing = true;
    await this.running;
    await this.save();
    this.flushing = false;
    if (!this.clean && this.outcome !== "refused") return;
    this.leaving = true;
    this.form.requestSubmit(event.submitter);
  }
}

function tab() {
  try {
    const known = sessionStorage.getItem("oneday:tab") ?? newId();
    sessionStorage.setItem("oneday:tab", known);
    return known;
  } catch {
    return "one";
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) new Draft(form).start();
