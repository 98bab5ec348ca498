// The rows of quotes below or beside the text: Django's inline forms, which are filled
// in, shown and offered for removal as their marks come and go.
import { sameWords, wordsOf } from "newsroom/passages";

const GROUP = "#quotes-group";

export class Rows {
  constructor(words) {
    this.words = words;
    this.group = document.querySelector(GROUP);
    for (const row of this.all()) if (row.isRemoved) row.remove();
  }

  all() {
    const rows = this.group?.querySelectorAll(".inline-related:not(.empty-form)") ?? [];
    return [...rows].map((element) => new Row(element, this.words));
  }

  live() {
    return this.all().filter((row) => row.mark && !row.isRemoved);
  }

  byMark(mark) {
    return this.live().find((row) => row.mark === mark);
  }

  // An unfilled row if there is one, else a new one.
  add() {
    const blank = this.all().find((row) => row.isBlank);
    if (blank) return blank;
    this.group.querySelector(".add-row a").click();
    return this.all().at(-1);
  }

  // Shows what the text now says of each row. `passages` is by mark.
  follow(passages) {
    const order = [...passages.keys()];
    const heading = this.group?.querySelector("h2");
    if (heading) heading.textContent = heading.textContent.replace(/\d+/u, this.live().length);
    for (const row of this.all()) {
      if (!row.mark) continue;
      const passage = passages.get(row.mark);
      const place = order.indexOf(row.mark);
      row.setNumber(place < 0 ? "" : String(place + 1));
      if (passage) {
        if (row.follows) row.setWords(wordsOf(passage));
        row.showFound(row.isChanged(passage));
      } else if (row.wasMarked) {
        row.offerRemoval();
      }
      row.wasMarked ||= Boolean(passage);
    }
  }
}

// What a row remembers between two looks at it.
const memory = new WeakMap();

class Row {
  constructor(element, words) {
    this.element = element;
    this.phrases = words;
    if (!memory.has(element)) {
      memory.set(element, { wasMarked: false, follows: false, removedHere: false });
    }
  }

  get #kept() {
    return memory.get(this.element);
  }
  get wasMarked() {
    return this.#kept.wasMarked;
  }
  set wasMarked(was) {
    this.#kept.wasMarked = was;
  }
  get follows() {
    return this.#kept.follows;
  }

  field(name) {
    return this.element.querySelector(`[name$="-${name}"]`);
  }
  value(name) {
    return this.field(name)?.value ?? "";
  }
  get mark() {
    return this.value("mark");
  }
  get isNew() {
    return !this.element.classList.contains("has_original");
  }
  get isBlank() {
    return this.isNew && !this.mark && !this.value("words").trim() && !this.isRemoved;
  }
  get isRemoved() {
    return this.field("DELETE")?.checked ?? false;
  }
  get notice() {
    return this.element.querySelector(".quote-notice");
  }

  // A row that was made here follows its words until it is saved.
  isChanged(passage) {
    return !this.follows && !sameWords(this.value("words"), wordsOf(passage));
  }
  isOpen(passage) {
    return this.element.dataset.state === "open" || this.isChanged(passage);
  }

  fill({ mark, kind, segments, speaker, organisation, unnamed, position, role, saidOn }) {
    this.#set("mark", mark);
    this.#set("kind", kind);
    this.#choose("speaker", speaker);
    this.#choose("organisation", organisation);
    this.#choose("position", position);
    this.#set("unnamed_source", unnamed ?? "");
    this.#set("role", role ?? "");
    this.#set("said_on", saidOn ?? "");
    this.setWords(segments.map(({ text }) => text).join("\n"));
    Object.assign(this.#kept, { wasMarked: true, follows: true });
    this.field("words").addEventListener("input", (event) => {
      if (event.isTrusted) this.#kept.follows = false;
    });
    this.element.dataset.mark = mark;
    this.element.dataset.kind = kind;
    this.element.dataset.state = "new";
    this.element.querySelector("details.quote-fields").open = false;
    const name = speaker?.name ?? organisation?.name ?? unnamed;
    this.#print(".quote-speaker", [name, role].filter(Boolean).join(", "));
  }

  setWords(words) {
    if (this.value("words") === words) return;
    this.#set("words", words);
    this.#print(".quote-words", words.replaceAll("\n", " … "));
  }

  setNumber(number) {
    this.#print(".quote-number", number);
  }

  showFound(isChanged) {
    if (this.#kept.removedHere) this.#restore();
    this.element.toggleAttribute("data-changed", isChanged);
    this.#say(isChanged && this.element.dataset.state !== "open" ? this.phrases.changed : "");
  }

  offerRemoval() {
    const isSettled = ["gone", "kept"].includes(this.notice?.dataset.kind);
    if (this.isRemoved || !this.notice || isSettled) return;
    this.#say(this.phrases.gone, "gone");
    const remove = this.#button(this.phrases.remove_row, () => this.remove().focus());
    const keep = this.#button(this.phrases.keep_row, () => {
      this.#say("", "kept");
      this.#summary.focus();
    });
    this.notice.append(" ", remove, " ", keep);
  }

  // Answers the button that takes it back. Undoing in the text does so too.
  remove() {
    this.field("DELETE").checked = true;
    this.#kept.removedHere = true;
    this.element.classList.add("to-be-removed");
    this.#say(this.phrases.to_be_removed, "removed");
    const keep = this.#button(this.phrases.keep_row, () => {
      this.#restore();
      this.#summary.focus();
    });
    this.notice.append(" ", keep);
    return keep;
  }

  get #summary() {
    return this.element.querySelector("details.quote-fields > summary");
  }

  show() {
    const fields = this.element.querySelector("details.quote-fields");
    if (fields) fields.open = true;
    this.element.scrollIntoView({ block: "nearest" });
    this.field("words").focus();
  }

  #restore() {
    this.field("DELETE").checked = false;
    this.#kept.removedHere = false;
    this.element.classList.remove("to-be-removed");
    this.#say("");
  }

  #say(text, kind = "") {
    if (!this.notice) return;
    this.notice.dataset.kind = kind;
    this.notice.textContent = text;
    this.notice.hidden = !text;
  }

  #button(text, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  }

  #print(place, text) {
    const element = this.element.querySelector(place);
    if (!element || element.textContent === text) return;
    element.textContent = text;
    element.hidden = !text;
  }

  #set(name, value) {
    const field = this.field(name);
    if (!field || field.value === value) return;
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // The chooser of a record: an option of its own, as Select2 makes one.
  #choose(name, record) {
    const field = this.field(name);
    if (!field) return;
    if (!record) {
      field.value = "";
    } else {
      const known = [...field.options].find(({ value }) => value === String(record.id));
      if (known) known.selected = true;
      else field.add(new Option(record.name, record.id, true, true));
    }
    const { django } = window;
    django.jQuery(field).trigger("change");
  }
}
