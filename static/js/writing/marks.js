// The marks of a body as the editor holds them. The table of marks comes from the
// server, where the same table drives the sanitiser and the renderer.
import { Link, Mark, Node } from "django-prose-editor/editor";

const recordMark = (name, { element, attribute }, options) =>
  Mark.create({
    name,
    ...options,
    addAttributes: () => ({
      record: {
        default: null,
        parseHTML: (found) => found.getAttribute(attribute),
        renderHTML: ({ record }) => ({ [attribute]: record }),
      },
    }),
    parseHTML: () => [{ tag: `${element}[${attribute}]` }],
    renderHTML: ({ HTMLAttributes }) => [element, HTMLAttributes, 0],
  });

// A high priority puts an element outside those of lower ones: bold inside a quote must
// not split it. Words typed at the end of a quote stand before its closing mark and
// belong to it; those after a reported passage or a name do not.
export const recordMarks = (table) => [
  recordMark("reported", table.reported, { priority: 2100, inclusive: false }),
  recordMark("quote", table.quote, { priority: 2000, inclusive: true }),
  recordMark("person", table.person, {
    priority: 1900,
    inclusive: false,
    excludes: "person organisation link",
  }),
  recordMark("organisation", table.organisation, {
    priority: 1900,
    inclusive: false,
    excludes: "person organisation link",
  }),
];

export const StoryLink = Link.extend({ excludes: "link person organisation" });

export const photoNode = ({ element, attribute }, label) =>
  Node.create({
    name: "photo",
    group: "block",
    atom: true,
    draggable: true,
    addAttributes: () => ({
      record: {
        default: null,
        parseHTML: (found) => found.getAttribute(attribute),
        renderHTML: ({ record }) => ({ [attribute]: record }),
      },
    }),
    parseHTML: () => [{ tag: `${element}[${attribute}]` }],
    renderHTML: ({ HTMLAttributes }) => [element, HTMLAttributes],
    addNodeView: () => ({ node }) => {
      const dom = document.createElement(element);
      dom.textContent = `${label}: ${node.attrs.record}`;
      return { dom };
    },
  });
