// Keeps a copy of what is typed into the form of a story, offers back what was not
// saved, and lets the form go only when the desk takes it.
import { Copies, forget } from "newsroom/copies";
import { canSend } from "newsroom/signing-in";
import { newKey, openTabs, tab } from "newsroom/tabs";

const PAUSE = 500;
const NOT_KEPT = ["csrfmiddlewaretoken", "_copy", "_put_back"];
const NOT_TEXT = /^_revision$|^state-\d+$|-(?:TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$|^initial-|-(?:id|article)$/u;

const form = document.getElementById("article_form");
const beside = document.getElementById("beside-the-text");
const banner = beside?.querySelector(".unsaved");

const isKept = ({ name, type, disabled }) =>
  name && !disabled && !NOT_KEPT.includes(name) && !name.includes("__prefix__")
  && !["password", "file", "submit", "button", "reset"].includes(type);

const chosen = (field, isServed) => {
  const options = [...field.options].filter((option) =>
    isServed ? option.defaultSelected : option.selected,
  );
  const isOne = !field.multiple && !options.length;
  return isOne ? [...field.options].slice(0, 1) : options;
};

const valuesOf = (field, isServed) => {
  if (["checkbox", "radio"].includes(field.type)) {
    return (isServed ? field.defaultChecked : field.checked) ? [field.value] : [];
  }
  if (field.options) return chosen(field, isServed).map(({ value }) => value);
  return [isServed ? field.defaultValue : field.value];
};

// [[name, value], …] as they are now, or as the desk served them: a browser may have
// filled in by itself what was typed before.
const fieldsOf = (isServed = false) =>
  [...form.elements]
    .filter(isKept)
    .flatMap((field) => valuesOf(field, isServed).map((value) => [field.name, value]));

const byName = (fields) => {
  const values = new Map();
  for (const [name, value] of fields) {
    if (NOT_TEXT.test(name)) continue;
    const said = value.replaceAll("\r\n", "\n");
    values.set(name, values.has(name) ? `${values.get(name)}\0${said}` : said);
  }
  return values;
};

// The names of the fields in which the two differ; an empty field is as good as none.
const differences = (one, other) => {
  const [ours, theirs] = [byName(one), byName(other)];
  return [...new Set([...ours.keys(), ...theirs.keys()])].filter(
    (name) => (ours.get(name) ?? "") !== (theirs.get(name) ?? ""),
  );
};

const headingOf = (group) =>
  (group.closest("details.fold")?.querySelector("summary h2") ?? group.querySelector("h2"))
    ?.textContent.replace(/[,\s]*\d+\s*$/u, "").trim();

// What an editor calls the place: the label of a field, the heading of a row.
const partOf = (name) => {
  const group = document.getElementById(`${/^(\w+)-\d+-/u.exec(name)?.[1]}-group`);
  if (group) return headingOf(group);
  const field = form.elements[name];
  const id = (field?.id ?? "").replace(/_\d$/u, "");
  const label = document.querySelector(`label[for="${id}"], label[for="${id}_0"]`);
  return label?.textContent.trim().replace(/:$/u, "");
};

const clock = (at) => {
  const { language, zone } = beside.dataset;
  const day = (time) => new Intl.DateTimeFormat("en", { dateStyle: "short", timeZone: zone }).format(time);
  const isToday = day(at) === day(Date.now());
  return new Intl.DateTimeFormat(language, {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(isToday ? {} : { day: "numeric", month: "long" }),
  }).format(at);
};

class Unsaved {
  constructor(key) {
    const { user, story, isUnsaved } = beside.dataset;
    this.key = key;
    this.copies = new Copies(user, story);
    this.served = fieldsOf(true);
    this.wasRefused = isUnsaved !== undefined;
    this.isLeaving = false;
    this.timer = null;
    this.sending = "";
  }

  get isDirty() {
    return this.wasRefused || differences(fieldsOf(), this.served).length > 0;
  }

  note({ type }) {
    if (type === "input" || type === "change") this.sending = ""; // No longer what was sent.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  flush() {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
    if (this.isDirty) this.keep();
    else forget(this.copies.keyOf(this.key));
  }

  keep() {
    this.copies.keep(this.key, { fields: fieldsOf(), sending: this.sending });
  }

  // What an earlier page of this tab left behind is not written over before somebody
  // has decided on it.
  setAside() {
    const own = this.copies.newestFirst().find(({ key }) => key === this.copies.keyOf(this.key));
    if (this.wasRefused) this.keep();
    else if (own) this.copies.move(own, newKey());
  }

  async offer() {
    const open = await openTabs();
    banner.hidden = true;
    for (const copy of this.copies.newestFirst()) {
      const from = this.copies.tabOf(copy);
      if (from === this.key || open.has(from)) continue;
      const names = differences(copy.fields, this.served);
      if (names.length) {
        this.show(copy, names);
        return;
      }
      forget(copy.key);
    }
  }

  show(copy, names) {
    this.offered = copy;
    const parts = [...new Set(names.map(partOf).filter(Boolean))];
    const [said, about] = banner.querySelectorAll("[data-says]");
    said.textContent = said.dataset.says.replace("{at}", clock(copy.at));
    about.textContent = about.dataset.says.replace("{parts}", parts.join(", "));
    about.hidden = !parts.length;
    const base = copy.fields.find(([name]) => name === "_revision")?.[1];
    banner.querySelector(".unsaved-merge").hidden = base === form.elements._revision.value;
    banner.hidden = false;
  }

  // The desk fills in the form, rows and all, as it does after a mistake in it.
  async putBack() {
    if (!(await canSend())) return;
    this.flush();
    if (this.isDirty) this.copies.keep(newKey(), { fields: fieldsOf() });
    this.copies.move(this.offered, this.key);
    const sending = document.createElement("form");
    sending.method = "post";
    const token = form.elements.csrfmiddlewaretoken.value;
    const more = [["csrfmiddlewaretoken", token], ["_put_back", "yes"]];
    for (const [name, value] of [...this.offered.fields, ...more]) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      sending.append(field);
    }
    document.body.append(sending);
    this.isLeaving = true;
    sending.submit();
  }

  async throwAway() {
    forget(this.offered.key);
    await this.offer();
    if (banner.hidden) form.elements.headline?.focus();
  }

  // Sent by the browser itself, once the desk has said who is signed in.
  async send(submitter) {
    this.sending = newKey();
    form.elements._copy.value = this.sending;
    clearTimeout(this.timer);
    this.timer = null;
    if (this.isDirty) this.keep();
    if (!(await canSend())) return;
    this.isLeaving = true;
    form.requestSubmit(submitter);
  }
}

const start = async () => {
  const unsaved = new Unsaved(await tab);
  unsaved.setAside();
  for (const event of ["input", "change", "click", "focusout", "formset:added", "formset:removed"]) {
    form.addEventListener(event, (happened) => unsaved.note(happened));
  }
  // Select2 tells jQuery only.
  window.django?.jQuery(form).on("change", (happened) => unsaved.note(happened));
  form.addEventListener("submit", (event) => {
    if (unsaved.isLeaving) return;
    event.preventDefault();
    unsaved.send(event.submitter);
  });
  document.addEventListener("submit", (event) => {
    const signsOut = event.target.id === "logout-form" && !event.defaultPrevented;
    if (!signsOut) return;
    clearTimeout(unsaved.timer);
    unsaved.timer = null;
    unsaved.isLeaving = true;
  });
  document.addEventListener("visibilitychange", () => document.hidden && unsaved.flush());
  addEventListener("pagehide", () => unsaved.flush());
  addEventListener("pageshow", () => {
    unsaved.isLeaving = false;
  });
  addEventListener("beforeunload", (event) => {
    if (!unsaved.isLeaving && unsaved.isDirty) event.preventDefault();
  });
  banner.querySelector("[name=put-back]").addEventListener("click", () => unsaved.putBack());
  banner.querySelector("[name=throw-away]").addEventListener("click", () => unsaved.throwAway());
  await unsaved.offer();
};

if (form && banner) start();
