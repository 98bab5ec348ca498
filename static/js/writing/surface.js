// Turns the body's text area into the page that a story is written on. Without it the
// text area holds the same body as HTML.
import {
  Blockquote, Bold, BulletList, createTextareaEditor, Document, Dropcursor, Extension,
  Gapcursor, HardBreak, Heading, History, Italic, ListItem, Menu, OrderedList, Paragraph,
  Plugin, Text,
} from "django-prose-editor/editor";
import { Keeping } from "newsroom/keeping";
import { Marking } from "newsroom/marking";
import { photoNode, recordMarks, StoryLink } from "newsroom/marks";
import { PasteClean } from "newsroom/paste";
import { Rows } from "newsroom/rows";

// The editor would write rules of its own into a <style> that the policy refuses; it
// leaves that be where one stands already. Ours are in writing-surface.css.
const standIn = () => {
  const style = document.createElement("style");
  style.nonce = document.querySelector("script[nonce]")?.nonce ?? "";
  style.dataset.tiptapStyle = "";
  document.head.append(style);
};

const ACTIONS = [
  ["voice", "quote", "Alt+Q", (c) => c.markQuote(false)],
  ["voice", "reported", "Alt+R", (c) => c.markQuote(true)],
  ["names", "person", "Alt+P", (c) => c.markName("person")],
  ["names", "organisation", "Alt+O", (c) => c.markName("organisation")],
  ["again", "join", "Alt+A", (c) => c.joinQuote(), "join_face"],
  ["again", "unmark", "Alt+X", (c) => c.removeMark(), "unmark_face"],
  ["text", "bold", "Ctrl+B", (c) => c.toggleBold(), "B"],
  ["text", "italic", "Ctrl+I", (c) => c.toggleItalic(), "I"],
  ["text", "link", "Ctrl+K", (c) => c.addLink()],
  ["blocks", "heading", "Ctrl+Alt+2", (c) => c.toggleHeading({ level: 2 }), "H2"],
  ["blocks", "subheading", "Ctrl+Alt+3", (c) => c.toggleHeading({ level: 3 }), "H3"],
  ["blocks", "bullets", "Ctrl+Shift+8", (c) => c.toggleBulletList()],
  ["blocks", "numbers", "Ctrl+Shift+7", (c) => c.toggleOrderedList(), "1."],
  ["blocks", "blockquote", "Ctrl+Shift+B", (c) => c.toggleBlockquote(), "❝"],
  ["blocks", "photo", "Alt+I", (c) => c.addPhoto()],
];
const SHOWN_ACTIVE = {
  heading: (editor) => editor.isActive("heading", { level: 2 }),
  subheading: (editor) => editor.isActive("heading", { level: 3 }),
  bullets: (editor) => editor.isActive("bulletList"),
  numbers: (editor) => editor.isActive("orderedList"),
};

const Toolbar = Extension.create({
  name: "toolbar",
  addOptions: () => ({ words: {} }),
  addMenuItems({ menu, buttons }) {
    const { words } = this.options;
    ACTIONS.forEach(([groups, name, shortcut, act, face], at) => {
      const button = buttons.text(words[face] ?? face ?? words[name], `${words[name]} (${shortcut})`);
      button.removeAttribute("style");
      button.setAttribute("aria-label", words[name]);
      button.setAttribute("aria-keyshortcuts", shortcut.replace("Ctrl", "Control"));
      button.dataset.action = name;
      if (groups === "voice") {
        const keys = document.createElement("kbd");
        keys.textContent = shortcut.replace("+", " ");
        button.append(" ", keys);
      }
      const active = SHOWN_ACTIVE[name] ?? ((editor) => editor.isActive(name));
      const isToggle = groups !== "again" && name !== "photo";
      menu.defineItem({
        name,
        groups,
        priority: 1000 - at,
        button,
        command: (editor) => act(editor.commands),
        active: isToggle ? active : () => false,
        update: (editor) => {
          if (isToggle) button.setAttribute("aria-pressed", String(active(editor)));
        },
      });
    });
  },
});

// One stop for the tab key; arrows move inside.
const asToolbar = (bar, label) => {
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", label);
  const buttons = [...bar.querySelectorAll("button")];
  const rove = (to) => {
    for (const button of buttons) button.tabIndex = button === to ? 0 : -1;
  };
  rove(buttons[0]);
  bar.addEventListener("focusin", (event) => rove(event.target));
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement);
    buttons.at((at + step) % buttons.length).focus();
  });
};

// What is typed or pasted is what stands: a dash begins no list, an asterisk is no bold.
const asTyped = (...extensions) =>
  extensions.map((extension) =>
    extension.extend({ addInputRules: () => [], addPasteRules: () => [] }),
  );

// The tab key leaves the text from everywhere, a list too.
const Item = ListItem.extend({
  addKeyboardShortcuts() {
    return { Enter: () => this.editor.commands.splitListItem(this.name) };
  },
});

const named = (label) =>
  Extension.create({
    name: "named",
    addProseMirrorPlugins: () => [
      new Plugin({
        props: {
          attributes: {
            role: "textbox",
            "aria-multiline": "true",
            "aria-label": label,
            spellcheck: "true",
          },
        },
      }),
    ],
  });

const start = (textarea) => {
  const config = JSON.parse(textarea.dataset.writingSurface);
  const { marks, words } = config;
  const rows = new Rows(words);
  const status = document.createElement("p");
  status.className = "surface-status";
  status.setAttribute("role", "status");
  const say = (text) => {
    status.textContent = text;
  };
  standIn();
  const editor = createTextareaEditor(textarea, [
    Document, Paragraph, Text, HardBreak, Item, History, Dropcursor, Gapcursor,
    ...asTyped(
      Heading.configure({ levels: [2, 3] }), Blockquote, BulletList, OrderedList, Bold, Italic,
      StoryLink.configure({ enableTarget: false, autolink: false, linkOnPaste: false }),
    ),
    ...recordMarks(marks),
    photoNode(marks.photo, words.photo),
    named(words.body),
    PasteClean.configure({ story: config.story, mayCarry: (mark) => Boolean(rows.byMark(mark)) }),
    Keeping,
    Marking.configure({ config, rows, say }),
    Toolbar.configure({ words }),
    Menu.configure({
      defaultItems: false,
      groups: ["voice", "names", "again", "text", "blocks"].map((group) => ({ group })),
    }),
  ]);
  editor.on("create", () => {
    const surface = textarea.closest(".prose-editor");
    asToolbar(surface.querySelector(".prose-menubar"), words.toolbar);
    surface.append(status);
    document.querySelector(`label[for="${textarea.id}"]`)?.addEventListener("click", () => editor.commands.focus());
  });
  // A row that was taken out or put back changes what its passage looks like.
  const repaint = () => editor.view.dispatch(editor.state.tr.setMeta("marking", true));
  rows.group?.addEventListener("change", () => setTimeout(repaint));
};

const textarea = document.querySelector("textarea[data-writing-surface]");
if (textarea) start(textarea);
