// The grading screen: <form data-ops="URL" data-person="ID" data-target="HANDLE" data-version="N">.
// Every change of a field becomes an operation {field, value, base_version, operation_id}, kept by the browser and sent
// in order until it is acknowledged. Keys 1-4 set the level and move on; Enter is done. Fields are known by their names.

import { newId, post, renew, retries } from "./post.js";
import { all, put, remove } from "./store.js";
import { Status, askWhich } from "./saving.js";
import { keys } from "./keys.js";

const PAUSE = 800;

class Grading {
  constructor(form) {
    this.form = form;
    this.status = new Status(form);
    this.version = Number(form.dataset.version ?? 0);
    this.shelf = `op:${form.dataset.person}:${form.dataset.target}:`;
    this.person = `form[data-person="${form.dataset.person}"]`;
    this.queue = [];
    this.serial = 0;
    // What the server sent: a field may have been changed before this script was there.
    this.known = new Map(this.fields().map(({ name }) => [name, this.sent(name)]));
    this.conflicts = new Map();
    this.timers = new Map();
    this.retries = retries(() => this.drain());
  }

  get idle() {
    return !this.queue.length && !this.conflicts.size && !this.timers.size;
  }

  fields() {
    return [...this.form.elements].filter((field) => field.name && field.matches("textarea, input:not([type=hidden])"));
  }

  controls(name) {
    return this.fields().filter((field) => field.name === name);
  }

  value(name) {
    return this.read(name, "checked", "value");
  }

  sent(name) {
    return this.read(name, "defaultChecked", "defaultValue");
  }

  read(name, checked, text) {
    const [first, ...more] = this.controls(name);
    if (first?.type === "radio") {
      const chosen = [first, ...more].find((radio) => radio[checked]);
      return chosen ? Number(chosen.value) : null;
    }
    return first?.type === "checkbox" ? first[checked] : first?.[text];
  }

  write(name, value) {
    for (const control of this.controls(name)) {
      if (control.type === "radio") control.checked = Number(control.value) === value;
      else if (control.type === "checkbox") control.checked = Boolean(value);
      else control.value = value ?? "";
    }
  }

  async start() {
    // Going back must not fill in an old text on top of a newer version: what was not saved is on the shelf.
    this.form.autocomplete = "off";
    this.form.addEventListener("change", ({ target }) => this.changed(target));
    this.form.addEventListener("input", ({ target }) => target.matches("textarea") && this.typed(target));
    this.form.addEventListener("submit", (event) => this.submit(event));
    addEventListener("beforeunload", (event) => {
      if (!this.idle && !this.leaving) event.preventDefault();
    });
    addEventListener("oneday:leaving", () => (this.leaving = true));
    addEventListener("focus", () => this.returned());
    keys(this.form);
    const early = [...this.known.keys()].filter((name) => this.value(name) !== this.known.get(name));
    this.loaded = this.load(early);
    await this.loaded;
    this.ready = true;
    for (const name of early) await this.enqueue(name, false);
    await this.drain();
  }

  // What was kept goes first. Whoever presses a key before it is read waits for it.
  async load(early) {
    const kept = (await all(this.shelf)).map(([key, op]) => ({ ...op, key }));
    this.serial = Math.max(0, ...kept.map(({ key }) => Number(key.split(":").at(-1))));
    this.queue = [...kept, ...this.queue];
    for (const { field, value } of this.queue) if (!early.includes(field)) this.write(field, value);
    if (this.queue.length) this.status.say("restored");
  }

  changed(target) {
    if (!this.fields().includes(target)) return;
    clearTimeout(this.timers.get(target.name));
    this.timers.delete(target.name);
    this.enqueue(target.name);
  }

  // Typing is kept at once and sent after a pause.
  typed({ name }) {
    clearTimeout(this.timers.get(name));
    this.timers.set(name, setTimeout(() => this.flush(name), PAUSE));
    this.enqueue(name, false);
  }

  flush(name) {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
    return this.drain();
  }

  async enqueue(field, send = true) {
    const value = this.value(field);
    await this.loaded;
    if (this.value(field) !== value) this.write(field, value);
    const disputed = this.conflicts.get(field);
    // Kept under a new id on its old base: after a reload it meets the same conflict again.
    if (disputed) return this.keep(Object.assign(disputed, { value, operation_id: newId() }));
    const waiting = this.queue.findLast((op) => op.field === field && op.base_version === undefined);
    const last = this.queue.findLast((op) => op.field === field);
    const was = last ? last.value : this.known.get(field);
    if (waiting) waiting.value = value;
    else if (was === value) return;
    else this.queue.push({ field, value, was, operation_id: newId(), key: this.nextKey() });
    await this.keep(waiting ?? this.queue.at(-1));
    if (send) await this.drain();
  }

  nextKey() {
    this.serial += 1;
    return this.shelf + String(this.serial).padStart(9, "0");
  }

  keep({ key, ...op }) {
    return put(key, { ...op, page: location.pathname + location.search });
  }

  drain() {
    // A call during a run may come too late for its loop: then it runs once more.
    this.again = Boolean(this.running);
    this.running ??= this.send().finally(() => {
      this.running = null;
      return this.again ? this.drain() : undefined;
    });
    return this.running;
  }

  async send() {
    while (this.queue.length && !this.timers.has(this.queue[0].field)) {
      const op = this.queue[0];
      // The base is fixed when it is sent first: a repeated operation must be the same operation.
      op.base_version ??= this.version;
      await this.keep(op);
      this.status.say("saving");
      const { field, value, base_version, operation_id } = op;
      const { outcome, data } = await post(this.form.dataset.ops, { field, value, base_version, operation_id });
      if (outcome === "saved") await this.acknowledged(op, data);
      else if (outcome === "conflict") await this.differs(op, data);
      else if (outcome === "refused") await this.refused(op, data);
      else return this.stopped(outcome);
    }
    if (this.idle && this.submitter !== undefined) this.go();
  }

  async acknowledged(op, data) {
    this.retries.reset();
    this.blocked = false;
    this.version = data.version;
    this.known.set(op.field, op.value);
    await this.drop(op);
    if (data.name) this.named(data.name);
    if (!this.queue.length && !this.conflicts.size) this.status.saved(data.saved_at);
  }

  // It will never be taken as it is: it stays in its field with the reason, and what comes after it goes on.
  async refused(op, { error }) {
    this.submitter = undefined;
    await this.drop(op);
    if (error) this.status.show(error, "kept");
    else this.status.say("refused");
  }

  async drop(op) {
    this.queue = this.queue.filter((other) => other !== op);
    await remove(op.key);
  }

  // The name opens once the levels are set.
  named(name) {
    for (const place of document.querySelectorAll("[data-learner-name]")) place.textContent = name;
    for (const part of document.querySelectorAll("[data-when-named]")) part.hidden = false;
  }

  async differs(op, { version, theirs }) {
    this.version = version;
    if (theirs === op.value) return this.acknowledged(op, { version });
    if (theirs === undefined || theirs === op.was) {
      // Somebody changed another field: the same change, on the version that is there now.
      Object.assign(op, { base_version: undefined, operation_id: newId() });
      return this.keep(op);
    }
    this.status.say("differs");
    this.conflicts.set(op.field, op);
    for (const other of this.queue.filter(({ field }) => field === op.field)) {
      this.queue = this.queue.filter((one) => one !== other);
      if (other !== op) await remove(other.key);
    }
    await this.keep(Object.assign(op, { value: this.value(op.field) }));
    const anchor = this.controls(op.field)[0];
    const place = anchor.closest("fieldset") && anchor.type === "radio" ? anchor.closest(".levels") : anchor;
    askWhich(this.form, place ?? anchor, this.shown(op.field, this.value(op.field)), this.shown(op.field, theirs), async (mine) => {
      this.conflicts.delete(op.field);
      this.known.set(op.field, theirs);
      if (!mine) this.write(op.field, theirs);
      await remove(op.key);
      await this.enqueue(op.field);
      if (this.idle) this.status.saved();
    });
  }

  // A level is shown with its text, a tick by its label.
  shown(name, value) {
    const control = this.controls(name).find((one) => one.type !== "radio" || Number(one.value) === value);
    if (control?.type === "radio") return control.closest("label").innerText;
    return control?.type === "checkbox" ? (value ? "✓ " : "– ") + control.labels[0]?.innerText : String(value ?? "");
  }

  stopped(outcome) {
    this.blocked = outcome === "signed-out";
    this.status.say(outcome);
    if (outcome === "unreachable") this.retries.later();
    else this.submitter = undefined;
  }

  async returned() {
    if (this.blocked && (await renew(this.person))) await this.drain();
  }

  // A form that is being submitted cannot be submitted again from its own event: with nothing to wait for, let it go.
  async submit(event) {
    if (this.leaving) return;
    if (this.ready && this.idle && !this.running) {
      this.leaving = true;
      return;
    }
    event.preventDefault();
    this.submitter = event.submitter;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    if (this.conflicts.size) this.form.querySelector(".conflict")?.focus();
    await this.loaded;
    await this.running;
    await this.drain();
  }

  go() {
    if (this.leaving) return;
    this.leaving = true;
    this.form.requestSubmit(this.submitter ?? undefined);
  }
}

for (const form of document.querySelectorAll("form[data-ops]")) new Grading(form).start();
