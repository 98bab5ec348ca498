// The small dialogs that ask whose words these are, or whom a name means. All of it works
// from the keyboard: letters filter, arrows move, Enter takes what is shown, Escape
// returns to the text.
const PAUSE = 120; // milliseconds of typing before the desk is asked
const PATIENCE = 15_000; // milliseconds until it is said not to answer

const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("aria-") || name === "role" || name === "for") {
      element.setAttribute(name, value);
    } else {
      element[name] = value;
    }
  }
  element.append(...children);
  return element;
};

let made = 0;

// Answers {kind, id, slug, name, posts, role}, of a record that exists or was just made,
// or {kind: "unnamed", name}.
class NameField {
  constructor(label, { kinds, words, addresses, question, mayBeUnnamed, suggested }) {
    Object.assign(this, { kinds, words, addresses, question, mayBeUnnamed, suggested });
    this.id = `chooser-${(made += 1)}`;
    this.chosen = null;
    this.options = [];
    this.active = -1;
    this.input = make("input", {
      id: this.id,
      type: "text",
      autocomplete: "off",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": `${this.id}-list`,
    });
    this.list = make("ul", { id: `${this.id}-list`, role: "listbox", "aria-label": label, hidden: true });
    this.element = make(
      "div",
      { className: "chooser-field chooser-names" },
      make("label", { for: this.id, textContent: label }),
      this.input,
      this.list,
    );
    this.input.addEventListener("input", () => {
      this.chosen = null;
      this.isStale = true;
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.search(), PAUSE);
    });
    this.input.addEventListener("keydown", (event) => this.#onKey(event));
  }

  // Proposes whom the text around the passage names, or who spoke last.
  async start(query) {
    this.starting = this.#propose(query);
    await this.starting;
    this.starting = null;
  }

  async #propose(query) {
    this.input.value = query;
    const found = (await this.#find(query)) ?? [];
    const best = query
      ? found.find((option) => isIn(option, query))
      : (found.find(({ kind }) => kind === "person") ??
        (await this.#again(this.suggested)) ??
        found[0]);
    if (this.input.value !== query) return;
    if (best) {
      this.#take(best);
      this.input.select();
    } else {
      this.#offer(found);
    }
  }

  // What the desk knows now of somebody chosen before: other words stand around them.
  async #again(chosen) {
    if (!chosen || chosen.kind === "unnamed") return chosen;
    const found = await this.#find(chosen.name);
    return found?.find(({ kind, id }) => kind === chosen.kind && String(id) === String(chosen.id));
  }

  async search() {
    const typed = this.input.value;
    const found = await this.#find(typed);
    if (found && typed === this.input.value) this.#offer(found);
  }

  async #find(query) {
    const answer = await this.#ask(this.addresses.find, {
      query: query.trim(),
      kinds: this.kinds,
      ...this.question(),
    });
    if (answer) this.onAnswer?.(answer);
    return answer?.found;
  }

  async #ask(address, asked) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    try {
      const response = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify(asked),
        signal: AbortSignal.timeout(PATIENCE),
      });
      const answer = await response.json();
      if (!response.ok) this.say(answer.message);
      return response.ok ? answer : null;
    } catch {
      this.say(this.words.no_answer);
      return null;
    }
  }

  say(message) {
    this.onMessage?.(message);
  }

  #offer(found) {
    const typed = this.input.value.trim();
    const added = [];
    this.isStale = false;
    if (typed) {
      if (this.mayBeUnnamed) {
        added.push({ kind: "unnamed", name: typed, label: this.words.unnamed });
      }
      for (const kind of this.kinds.filter((each) => each !== "photo")) {
        added.push({ kind, name: typed, isNew: true, label: this.words[`new_${kind}`] });
      }
    }
    this.options = [...found, ...added];
    this.active = found.length ? 0 : -1;
    this.say(typed && !found.length ? (this.words[`none_${this.kinds}`] ?? this.words.nobody) : "");
    this.#paint();
  }

  #paint() {
    this.list.replaceChildren(
      ...this.options.map((option, at) => {
        const post = option.posts?.[0]?.title;
        const detail = option.label
          ? ""
          : [option.meant !== option.name && option.meant, post ?? this.words[`is_${option.kind}`]]
              .filter(Boolean)
              .join(" · ");
        const item = make(
          "li",
          { id: `${this.id}-${at}`, role: "option", "aria-selected": String(at === this.active) },
          option.label ? option.label.replace("{}", () => option.name) : option.name,
          ...(detail ? [" ", make("small", { textContent: detail })] : []),
        );
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          this.#pick(option);
        });
        return item;
      }),
    );
    const isOpen = this.options.length > 0;
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    if (isOpen && this.active >= 0) {
      this.input.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
      this.list.children[this.active].scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  #close() {
    this.options = [];
    this.#paint();
  }

  #onKey(event) {
    const isOpen = this.options.length > 0;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen || this.isStale) {
        this.search();
        return;
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.active = (this.active + step + this.options.length) % this.options.length;
      this.#paint();
    } else if (event.key === "Enter" && (isOpen || !this.chosen)) {
      event.preventDefault();
      this.#enter();
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    }
  }

  // Enter may come before the answer of the desk: then it waits for it. A second one
  // meanwhile adds nobody twice but accepts who was chosen, as it would have later; and
  // what was found by fewer letters is not taken.
  async #enter() {
    if (this.isEntering) {
      this.isAccepted = true;
      return;
    }
    this.isEntering = true;
    this.isAccepted = false;
    try {
      await this.#takeShown();
    } finally {
      this.isEntering = false;
    }
    const { form } = this.input;
    if (this.isAccepted && this.chosen && form.isConnected) form.requestSubmit();
  }

  async #takeShown() {
    await this.starting;
    if (this.chosen && !this.options.length) {
      this.input.form.requestSubmit();
      return;
    }
    if (!this.options.length || this.isStale) {
      clearTimeout(this.waiting);
      await this.search();
      if (this.isStale) return;
    }
    if (this.active >= 0) await this.#pick(this.options[this.active]);
  }

  async #pick(option) {
    if (option.isNew) {
      const slug = window.URLify?.(option.name, 90) ?? "";
      const answer = await this.#ask(this.addresses.add, { kind: option.kind, name: option.name, slug });
      if (!answer) return;
      this.#take(answer.found[0]);
    } else {
      this.#take(option);
    }
    this.input.focus();
    this.onPicked?.();
  }

  #take(option) {
    clearTimeout(this.waiting);
    this.isStale = false;
    this.chosen = option;
    this.input.value = option.name;
    this.say("");
    this.#close();
    this.onChosen?.(option);
  }
}

const isIn = ({ name, meant }, text) =>
  [name, meant].some((each) => text.toLocaleLowerCase().includes(each.toLocaleLowerCase()));

// Shows the dialog; answers what `result` makes of it, or null when it is left.
const ask = ({ title, words, passage, fields, start, isReady, result }) =>
  new Promise((resolve) => {
    const titleId = `chooser-${(made += 1)}-title`;
    const message = make("p", { className: "chooser-message", role: "status" });
    const cancel = make("button", { type: "button", textContent: words.cancel });
    const accept = make("button", { type: "submit", textContent: words.accept, className: "default" });
    const form = make(
      "form",
      { method: "dialog", noValidate: true },
      make("h2", { id: titleId, textContent: title }),
      ...(passage ? [make("p", { className: "chooser-words", textContent: passage })] : []),
      ...fields.map((field) => field.element),
      message,
      make("p", { className: "chooser-buttons" }, accept, cancel),
    );
    const dialog = make("dialog", { className: "chooser", "aria-labelledby": titleId }, form);
    const say = (text) => {
      message.textContent = text;
    };
    for (const field of fields) field.onMessage = say;
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const trouble = isReady();
      if (trouble) {
        say(trouble);
        fields[0].input.focus();
        return;
      }
      const answer = result();
      dialog.addEventListener("close", () => resolve(answer), { once: true });
      dialog.close("accepted");
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.returnValue !== "accepted") resolve(null);
    });
    document.body.append(dialog);
    dialog.showModal();
    fields[0].input.focus();
    start?.();
  });

const plainField = (label, input) => {
  input.id = `chooser-${(made += 1)}`;
  const element = make(
    "div",
    { className: "chooser-field" },
    make("label", { for: input.id, textContent: label }),
    input,
  );
  return { element, input };
};

// Who says these words: {kind, speaker | organisation | unnamed, position, role}.
export const askWhoSays = ({ config, picked, kind, day, suggested }) => {
  const { words, addresses, kinds } = config;
  const passage = picked.segments.map(({ text }) => text).join(" … ");
  const name = new NameField(words.speaker, {
    kinds: ["person", "organisation"],
    words,
    addresses,
    mayBeUnnamed: true,
    suggested,
    question: () => ({
      day,
      before: picked.before,
      passage: picked.segments.map(({ text }) => text).join(" "),
      after: picked.after,
    }),
  });
  const kindField = plainField(words.kind, make("select", {}, ...kinds.map(([value, label]) => new Option(label, value, false, value === kind))));
  const post = plainField(words.post, make("select"));
  const role = plainField(words.role, make("input", { type: "text", maxLength: 300 }));
  const saidOn = plainField(words.said_on, make("input", { type: "text", maxLength: 30 }));
  const typed = new Set();
  for (const { input } of [role, saidOn]) {
    input.addEventListener("input", () => typed.add(input));
  }
  name.onAnswer = ({ said_on: named }) => {
    if (!typed.has(saidOn.input)) saidOn.input.value = named;
  };
  name.onChosen = (chosen) => {
    const posts = chosen.posts ?? [];
    post.input.replaceChildren(
      ...posts.map(({ id, title }) => new Option(title, id)),
      new Option(words.no_post, ""),
    );
    post.element.hidden = posts.length === 0;
    role.element.hidden = chosen.kind !== "person";
    if (!typed.has(role.input)) role.input.value = chosen.role ?? "";
  };
  post.element.hidden = true;
  return ask({
    title: kind === "indirect" ? words.who_reported : words.who_says,
    words,
    passage,
    fields: [name, kindField, post, role, saidOn],
    start: () => name.start(""),
    isReady: () => (name.chosen ? "" : words.choose_speaker),
    result: () => {
      const { chosen } = name;
      const isPerson = chosen.kind === "person";
      const held = isPerson && post.input.value;
      return {
        kind: kindField.input.value,
        speaker: isPerson ? chosen : null,
        organisation: chosen.kind === "organisation" ? chosen : null,
        unnamed: chosen.kind === "unnamed" ? chosen.name : "",
        position: held
          ? { id: held, name: post.input.selectedOptions[0].textContent }
          : null,
        role: isPerson ? role.input.value.trim() : "",
        saidOn: saidOn.input.value.trim(),
        chosen,
      };
    },
  });
};

// Which record a name in the text means, or which photo.
export const askWhich = ({ config, kind, query }) => {
  const { words, addresses } = config;
  const name = new NameField(words[`name_${kind}`] ?? words.name, {
    kinds: [kind],
    words,
    addresses,
    mayBeUnnamed: false,
    question: () => ({}),
  });
  name.onPicked = () => name.input.form.requestSubmit();
  return ask({
    title: words[`which_${kind}`],
    words: { ...words, accept: words[`accept_${kind}`] ?? words.accept },
    passage: query,
    fields: [name],
    start: () => name.start(query),
    isReady: () => (name.chosen ? "" : (words[`none_${kind}`] ?? words.nobody)),
    result: () => name.chosen,
  });
};

export const askAddress = ({ config, address }) => {
  const { words } = config;
  const field = plainField(words.address, make("input", { type: "url", value: address }));
  return ask({
    title: words.where_to,
    words,
    fields: [field],
    isReady: () => "",
    result: () => whole(field.input.value.trim()),
  });
};

// An address as people say it (news.example, desk@news.example), which a browser would
// take for a page of this site.
const whole = (address) => {
  if (!address || /^(?:[a-z][a-z0-9+-]*:|[/#?])/iu.test(address)) return address;
  return /^[^/\s]+@[^/\s]+$/u.test(address) ? `mailto:${address}` : `https://${address}`;
};
