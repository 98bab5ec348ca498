// What is pasted arrives clean: paragraphs, links and emphasis, the words untouched.
// What was cut from this story keeps its marks; a copy, or another story's, does not.
import { Extension, Plugin, pm } from "django-prose-editor/editor";
import { passagesIn } from "newsroom/passages";

const BLOCKS = new Set(
  (
    "ADDRESS ARTICLE ASIDE BLOCKQUOTE CENTER DD DIV DL DT FIGCAPTION FIGURE FOOTER H1 H2 " +
    "H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION TABLE TBODY TD TFOOT TH THEAD TR UL"
  ).split(" "),
);
const DROPPED = new Set(
  "SCRIPT STYLE TEMPLATE IFRAME OBJECT NOSCRIPT SVG MATH TITLE META LINK HEAD".split(" "),
);
const HARD_WRAP = 45; // characters: a shorter line was ended on purpose

// What Word took out, hid, noted beside the text, or drew before an item of a list.
const UNSEEN_STYLE =
  /(?<![\w-])(?:display\s*:\s*none|mso-hide\s*:\s*all|mso-list\s*:\s*ignore|mso-element\s*:\s*comment)/iu;
const isUnseen = (element) =>
  element.matches("del, [hidden], .msoDel, .MsoCommentReference") ||
  UNSEEN_STYLE.test(element.getAttribute("data-was-style") ?? "");
const BULLET = /^\s*[·•▪◦]\s*\u00a0\s*/u;

// An attribute and a tag as browsers read them: a value may hold what ends a tag. Each
// step of the tag is taken for good, or a tag without end would be tried in every way.
const ATTRIBUTE = String.raw`[^\s/>][^\s/>=]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>][^\s>]*)?)?`;
const EVERY_ATTRIBUTE = new RegExp(ATTRIBUTE, "gu");
const TAG = new RegExp(String.raw`<[a-z][^\s/>]*(?:(?=([\s/]+|${ATTRIBUTE}))\1)*>`, "giu");

// A style or a handler would be refused by the policy as it is parsed, and with the style
// would go what it says of emphasis: Google Docs puts all into a <b> of normal weight.
const harmless = (html) =>
  html
    .replace(/<!--(?:-?>|.*?--!?>)|<(style|script)\b.*?<\/\1\s*>/gisu, "")
    .replace(TAG, (tag) =>
      tag.replace(EVERY_ATTRIBUTE, (attribute) => attribute.replace(/^(?=style|on)/iu, "data-was-")),
    );

const emphasis = (element, was) => {
  const style = (element.getAttribute("data-was-style") ?? "").toLowerCase();
  const weight = style.match(/(?<![\w-])font-weight\s*:\s*([a-z0-9]+)/u)?.[1];
  const slant = style.match(/(?<![\w-])font-style\s*:\s*([a-z]+)/u)?.[1];
  let { strong, em } = was;
  if (/^(?:B|STRONG)$/u.test(element.tagName)) strong = true;
  if (/^(?:I|EM|CITE)$/u.test(element.tagName)) em = true;
  if (weight) strong = weight === "bold" || Number(weight) >= 600;
  if (slant) em = slant === "italic" || slant === "oblique";
  return { strong, em };
};

const addressOf = (element) => {
  const address = element.getAttribute("href") ?? "";
  return /^(?:https?:\/\/|mailto:)/iu.test(address.trim()) ? address.trim() : "";
};

// Clean HTML of what another program put on the clipboard.
export const cleaned = (html) => {
  const from = new DOMParser().parseFromString(harmless(html), "text/html");
  const into = document.implementation.createHTMLDocument("");
  let paragraph = null;
  const end = () => {
    paragraph = null;
  };
  const put = (node) => {
    paragraph ??= into.body.appendChild(into.createElement("p"));
    paragraph.append(node);
  };
  const breakLine = () => paragraph && put(into.createElement("br"));
  const isAtBreak = () => paragraph?.lastChild.nodeName === "BR";
  const walk = (node, format) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replace(/[\t\n\r ]+/gu, " ");
      if (!text.trim() && (!paragraph || isAtBreak())) return;
      let piece = into.createTextNode(text);
      for (const tag of ["em", "strong"].filter((name) => format[name])) {
        const element = into.createElement(tag);
        element.append(piece);
        piece = element;
      }
      if (format.href) {
        const link = into.createElement("a");
        link.setAttribute("href", format.href);
        link.append(piece);
        piece = link;
      }
      put(piece);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.tagName.toUpperCase())) return;
    if (isUnseen(node)) return;
    if (node.tagName === "BR") {
      if (isAtBreak()) end();
      else breakLine();
      return;
    }
    if (node.tagName === "PRE") {
      for (const line of node.querySelectorAll("br")) line.replaceWith("\n");
      for (const lines of paragraphsOf(node.textContent)) {
        end();
        lines.forEach((line, at) => {
          if (at) breakLine();
          walk(into.createTextNode(line), format);
        });
      }
      end();
      return;
    }
    const isBlock = BLOCKS.has(node.tagName);
    if (isBlock) end();
    const href = node.tagName === "A" ? addressOf(node) : format.href;
    const heading = /^H[1-6]$/u.test(node.tagName);
    const within = heading ? { ...format, strong: false } : emphasis(node, format);
    for (const child of node.childNodes) walk(child, { ...within, href });
    if (isBlock) end();
  };
  walk(from.body, { strong: false, em: false, href: "" });
  for (const block of [...into.body.children]) {
    block.normalize();
    while (block.lastChild?.nodeName === "BR") block.lastChild.remove();
    const start = into.createTreeWalker(block, NodeFilter.SHOW_TEXT).nextNode();
    if (start) start.data = start.data.replace(BULLET, "");
    const [first, last] = [block.firstChild, block.lastChild];
    if (first?.nodeType === Node.TEXT_NODE) first.data = first.data.trimStart();
    if (last?.nodeType === Node.TEXT_NODE) last.data = last.data.trimEnd();
    if (!block.textContent.trim()) block.remove();
  }
  return into.body.innerHTML;
};

// The paragraphs of plain text. Where empty lines part them, a long line that ends inside
// a paragraph was wrapped by the wire and is joined with the next; a short one is kept.
export const paragraphsOf = (text) => {
  const lines = text.replace(/\r\n?/gu, "\n");
  if (!/\n[ \t]*\n/u.test(lines)) {
    return lines.split("\n").filter((line) => line.trim()).map((line) => [line.trim()]);
  }
  return lines
    .split(/\n(?:[ \t]*\n)+/u)
    .filter((block) => block.trim())
    .map((block) => {
      const kept = [];
      let joins = false;
      for (const line of block.split("\n").map((each) => each.trim()).filter(Boolean)) {
        if (joins) kept.push(`${kept.pop()} ${line}`);
        else kept.push(line);
        joins = line.length >= HARD_WRAP;
      }
      return kept;
    });
};

export const PasteClean = Extension.create({
  name: "pasteClean",
  addOptions: () => ({ story: "", mayCarry: () => false }),
  addProseMirrorPlugins() {
    const { editor, options } = this;
    const { DOMSerializer, Fragment, Slice } = pm.model;
    const ours = DOMSerializer.fromSchema(editor.schema);

    const fromThisEditor = (html) => {
      const from = new DOMParser().parseFromString(harmless(html), "text/html");
      const here = passagesIn(editor.state.doc);
      const bare = (text) => text.replace(/\s+/gu, "");
      const isHere = (mark, words) =>
        here.get(mark)?.segments.some(({ text }) => bare(text).includes(bare(words)));
      for (const marked of from.querySelectorAll("[data-quote]")) {
        const mark = marked.getAttribute("data-quote");
        const isOurs = marked.getAttribute("data-story") === options.story;
        marked.removeAttribute("data-story");
        if (isOurs && !isHere(mark, marked.textContent) && options.mayCarry(mark)) continue;
        marked.replaceWith(...marked.childNodes);
      }
      return from.body.innerHTML;
    };

    return [
      new Plugin({
        props: {
          clipboardSerializer: {
            serializeFragment(fragment, context) {
              const serialized = ours.serializeFragment(fragment, context);
              for (const block of serialized.children) block.setAttribute("data-desk", "");
              for (const marked of serialized.querySelectorAll("[data-quote]")) {
                marked.setAttribute("data-story", options.story);
              }
              return serialized;
            },
          },
          transformPastedHTML: (html) =>
            /<[^>]*\bdata-desk\b/u.test(html) ? fromThisEditor(html) : cleaned(html),
          clipboardTextParser(text, context) {
            const { schema } = editor.state;
            const marks = context.marks();
            const paragraphs = paragraphsOf(text).map((lines) => {
              const inlines = lines.flatMap((line, at) => [
                ...(at ? [schema.nodes.hardBreak.create()] : []),
                schema.text(line, marks),
              ]);
              return schema.nodes.paragraph.create(null, inlines);
            });
            return new Slice(Fragment.from(paragraphs), 1, 1);
          },
          // A copy dragged inside the story leaves its marks where they were.
          transformPasted(slice, view) {
            if (!view.dragging || view.dragging.move) return slice;
            const { quote, reported } = view.state.schema.marks;
            const bare = (fragment) =>
              Fragment.fromArray(
                fragment.content.map((node) =>
                  node.isText
                    ? node.mark(quote.removeFromSet(reported.removeFromSet(node.marks)))
                    : node.copy(bare(node.content)),
                ),
              );
            return new Slice(bare(slice.content), slice.openStart, slice.openEnd);
          },
        },
      }),
    ];
  },
});
