// Marking a passage: from a selection to a mark in the text and a row in the form.
import { Extension, Plugin, pm } from "django-prose-editor/editor";
import { askAddress, askWhich, askWhoSays } from "newsroom/chooser";
import { kindOf, nameAt, passagesIn, placeAfter, segmentsFor, wordsOf } from "newsroom/passages";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

export const newMark = () => {
  const drawn = crypto.getRandomValues(new Uint32Array(5));
  return `q${[...drawn].map((number) => LETTERS[number % LETTERS.length]).join("")}`;
};

// The day for which a post is offered: that of the dateline, or the story's own.
const dayOfStory = ({ day }) => document.querySelector("[name=dateline_date]")?.value || day;

export const Marking = Extension.create({
  name: "marking",
  addOptions: () => ({ config: null, rows: null, say: () => {} }),

  addStorage: () => ({ asking: false, lastSpeaker: null }),

  addCommands() {
    const { config, rows, say } = this.options;
    const { words } = config;
    const { editor, storage } = this;

    const isTaken = (segments, type) =>
      segments.some(({ from, to }) => editor.state.doc.rangeHasMark(from, to, type));

    // One dialog at a time; whatever comes of it, the caret is back in the text.
    const asking = async (question) => {
      if (storage.asking) return null;
      storage.asking = true;
      try {
        return await question();
      } finally {
        storage.asking = false;
        editor.view.focus();
      }
    };

    const setMarks = (segments, mark) => {
      const tr = editor.state.tr;
      for (const { from, to } of segments) tr.addMark(from, to, mark);
      tr.setSelection(pm.state.TextSelection.create(tr.doc, segments.at(-1).to));
      tr.setStoredMarks([]);
      editor.view.dispatch(tr);
    };

    const markQuote = async (isReported) => {
      const { doc, selection, schema } = editor.state;
      const here = markAt(editor.state, ["quote", "reported"]);
      if (selection.empty && here) {
        rows.byMark(here.mark.attrs.record)?.show();
        return;
      }
      const picked = segmentsFor(doc, selection.from, selection.to, isReported);
      if (!picked) {
        say(words.select_words);
        return;
      }
      const kind = isReported ? "indirect" : kindOf(picked.segments, picked.quoted);
      const suggested = storage.lastSpeaker ?? lastIn(rows, doc, picked.segments[0].from);
      const answer = await asking(() =>
        askWhoSays({ config, picked, kind, day: dayOfStory(config), suggested }),
      );
      if (!answer) return;
      const type = schema.marks[answer.kind === "indirect" ? "reported" : "quote"];
      if (isTaken(picked.segments, type)) {
        say(words.taken);
        return;
      }
      const record = newMark();
      storage.lastSpeaker = answer.chosen;
      rows.add().fill({ ...answer, mark: record, segments: picked.segments });
      setMarks(picked.segments, type.create({ record }));
      say(words.marked);
    };

    const markName = async (kind) => {
      const { doc, selection, schema } = editor.state;
      const range = selection.empty ? nameAt(doc, selection.from) : selection;
      const isInBlock = range && doc.resolve(range.from).sameParent(doc.resolve(range.to));
      if (!isInBlock || range.from === range.to) {
        say(words.one_block);
        return;
      }
      const query = doc.textBetween(range.from, range.to);
      const chosen = await asking(() => askWhich({ config, kind, query: query.trim() }));
      if (!chosen) return;
      // At a caret all capitals in a row were taken for the name: NATO Alexander Grushko.
      const at = selection.empty ? query.indexOf(chosen.meant) : -1;
      const from = range.from + Math.max(at, 0);
      const to = at < 0 ? range.to : from + chosen.meant.length;
      setMarks([{ from, to }], schema.marks[kind].create({ record: chosen.slug }));
      say(words.marked);
    };

    const joinQuote = () => {
      const { doc, selection, schema } = editor.state;
      const passages = [...passagesIn(doc)];
      const before = passages.findLast(([, { segments }]) => segments[0].from < selection.from);
      if (!before) {
        say(words.no_quote_before);
        return;
      }
      const [record, passage] = before;
      const picked = segmentsFor(doc, selection.from, selection.to, passage.type === "reported");
      if (!picked) {
        say(words.select_words);
        return;
      }
      const type = schema.marks[passage.type];
      if (isTaken(picked.segments, type)) {
        say(words.taken);
        return;
      }
      const row = rows.byMark(record);
      const agreed = row && row.value("words").trim() === wordsOf(passage).trim();
      setMarks(picked.segments, type.create({ record }));
      if (agreed) row.setWords(wordsOf(passagesIn(editor.state.doc).get(record)));
      say(words.marked);
    };

    const removeMark = () => {
      const found = markAt(editor.state, ["quote", "reported", "person", "organisation"]);
      if (!found) {
        say(words.no_mark_here);
        return;
      }
      const { mark, from, to } = found;
      const passage = passagesIn(editor.state.doc).get(mark.attrs.record);
      const tr = editor.state.tr;
      for (const piece of passage?.segments ?? [{ from, to }]) {
        tr.removeMark(piece.from, piece.to, mark);
      }
      editor.view.dispatch(tr);
      say(words.unmarked);
    };

    const setLink = async () => {
      const address = editor.getAttributes("link").href ?? "";
      const answer = await asking(() => askAddress({ config, address }));
      if (answer === null) return;
      const chain = editor.chain().focus().extendMarkRange("link");
      if (answer) chain.setLink({ href: answer }).run();
      else chain.unsetLink().run();
    };

    // Below the block that the caret stands in.
    const addPhoto = async () => {
      const chosen = await asking(() => askWhich({ config, kind: "photo", query: "" }));
      if (!chosen) return;
      const { $to, to } = editor.state.selection;
      const photo = editor.schema.nodes.photo.create({ record: chosen.slug });
      editor.view.dispatch(editor.state.tr.insert($to.depth ? $to.after(1) : to, photo));
      say(words.inserted);
    };

    // After the transaction in which every command runs: these make their own.
    const command = (act) => (...args) => () => {
      queueMicrotask(() => act(...args));
      return true;
    };
    return {
      markQuote: command(markQuote),
      markName: command(markName),
      joinQuote: command(joinQuote),
      removeMark: command(removeMark),
      addLink: command(setLink),
      addPhoto: command(addPhoto),
    };
  },

  addKeyboardShortcuts: () => ({
    "Alt-q": ({ editor }) => editor.commands.markQuote(false),
    "Alt-r": ({ editor }) => editor.commands.markQuote(true),
    "Alt-p": ({ editor }) => editor.commands.markName("person"),
    "Alt-o": ({ editor }) => editor.commands.markName("organisation"),
    "Alt-a": ({ editor }) => editor.commands.joinQuote(),
    "Alt-x": ({ editor }) => editor.commands.removeMark(),
    "Alt-i": ({ editor }) => editor.commands.addPhoto(),
    "Mod-k": ({ editor }) => editor.commands.addLink(),
  }),

  onCreate() {
    this.options.rows.follow(passagesIn(this.editor.state.doc));
  },

  onUpdate() {
    this.options.rows.follow(passagesIn(this.editor.state.doc));
  },

  addProseMirrorPlugins() {
    const { rows } = this.options;
    const { Decoration, DecorationSet } = pm.view;

    // The number of each quote after its last words, and the ones that do not hold.
    const decorate = (doc) => {
      const decorations = [...passagesIn(doc)].flatMap(([record, passage], at) => {
        const { segments } = passage;
        const isOpen = rows.byMark(record)?.isOpen(passage) ?? false;
        const number = () => {
          const figure = document.createElement("span");
          figure.className = isOpen ? "quote-figure open" : "quote-figure";
          figure.dataset.number = String(at + 1);
          return figure;
        };
        const key = `${record}-${at}-${isOpen}`;
        return [
          Decoration.widget(placeAfter(doc, segments.at(-1).to), number, { side: 1, key, marks: [], ignoreSelection: true }),
          ...(isOpen
            ? segments.map(({ from, to }) => Decoration.inline(from, to, { class: "quote-open" }))
            : []),
        ];
      });
      return DecorationSet.create(doc, decorations);
    };

    return [
      new Plugin({
        state: {
          init: (_config, { doc }) => decorate(doc),
          apply: (tr, kept, _was, { doc }) =>
            tr.docChanged || tr.getMeta("marking") ? decorate(doc) : kept,
        },
        props: {
          decorations(state) {
            return this.getState(state);
          },
        },
      }),
    ];
  },
});

// The innermost of these marks at the caret, and the piece of text that carries it.
const markAt = ({ doc, selection, schema }, names) => {
  const { from, to, empty } = selection;
  let found = null;
  doc.nodesBetween(empty ? Math.max(from - 1, 0) : from, empty ? from + 1 : to, (node, position) => {
    if (!node.isText || found) return;
    const end = position + node.nodeSize;
    if (empty && (from < position || from > end)) return;
    const types = names.map((name) => schema.marks[name]);
    const mark = node.marks.findLast(({ type }) => types.includes(type));
    if (mark) found = { mark, from: position, to: end };
  });
  return found;
};

// Who speaks in the nearest quote before a place.
const lastIn = (rows, doc, place) => {
  const before = [...passagesIn(doc)].findLast(([, { segments }]) => segments[0].from < place);
  const row = before && rows.byMark(before[0]);
  for (const [kind, name] of [["person", "speaker"], ["organisation", "organisation"]]) {
    const option = row?.field(name)?.selectedOptions?.[0];
    if (option?.value) return { kind, id: option.value, name: option.textContent.trim() };
  }
  return null;
};
