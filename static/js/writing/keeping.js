// Keeps passages whole. What is put between two words of a passage is of the passage, and
// so is what is put between a quotation mark and the words that it opens or closes:
// readers take all of it for the speaker's.
import { Extension, Plugin, pm } from "django-prose-editor/editor";
import { CLOSES, textOf } from "newsroom/passages";

const RECORDS = ["quote", "reported", "person", "organisation"];
const OPENED = /(["“”„«»'‘’‚‹›])[\u00a0\u202f]*$/u; // French sets a space that is no word
const CLOSED = /^[\u00a0\u202f]*(["“”«»'‘’‹›])/u;
const NO_WORDS = /^[\u00a0\u202f]*$/u;

// The marks that stood around or on what was replaced, as typing over it keeps them.
const heldAt = (doc, from, to) => {
  const [start, end] = [doc.resolve(from), doc.resolve(to)];
  let held = null;
  if (from === to) {
    held = start.nodeBefore?.marks.filter((mark) => mark.isInSet(start.nodeAfter?.marks ?? []));
  } else {
    held = start.marksAcross(end);
    doc.nodesBetween(from, to, ({ isInline, marks }) => {
      if (isInline) held = held?.filter((mark) => mark.isInSet(marks));
    });
  }
  return (held ?? []).filter(({ type }) => RECORDS.includes(type.name));
};

// {mark, from, to} of what was put inside the quotation marks of a quote, but outside its
// mark. Who puts a quotation mark there has begun or ended another quotation.
const edgeAt = (doc, from, to) => {
  const place = doc.resolve(from);
  if (!place.parent.isTextblock || !place.sameParent(doc.resolve(to))) return null;
  const start = place.start();
  const text = textOf(place.parent);
  const [first, last] = [from - start, to - start];
  const put = text.slice(first, last);
  const opens = OPENED.test(text.slice(0, first)) && !/["“”„«»]$/u.test(put);
  const closing = text.slice(last).match(CLOSED)?.[1];
  const closes = closing && !/^["“”„«»]/u.test(put);
  if (NO_WORDS.test(put) || !(opens || closes)) return null;
  const quotes = quotesIn(place.parent);
  const after = quotes.find((quote) => quote.from >= last);
  if (opens && after && NO_WORDS.test(text.slice(last, after.from))) {
    return { mark: after.mark, from, to: start + after.from };
  }
  const before = quotes.findLast((quote) => quote.to <= first);
  if (!closes || !before || !/^,?\s*$/u.test(text.slice(before.to, first))) return null;
  const opening = text.slice(0, before.from).match(OPENED)?.[1];
  if (!CLOSES[opening]?.includes(closing)) return null;
  return { mark: before.mark, from: start + before.to, to };
};

// The quotes of one block, in whole, with positions in its text.
const quotesIn = (block) => {
  const found = [];
  block.forEach(({ marks, nodeSize }, from) => {
    const mark = marks.find(({ type }) => type.name === "quote");
    if (!mark) return;
    const last = found.at(-1);
    if (last?.to === from && mark.eq(last.mark)) last.to = from + nodeSize;
    else found.push({ mark, from, to: from + nodeSize });
  });
  return found;
};

export const Keeping = Extension.create({
  name: "keeping",
  addProseMirrorPlugins: () => [
    new Plugin({
      appendTransaction(transactions, _was, { doc, tr }) {
        if (transactions.some((each) => pm.history.isHistoryTransaction(each))) return null;
        const maps = transactions.flatMap(({ mapping }) => mapping.maps);
        const docs = transactions.flatMap((each) => each.docs);
        maps.forEach((map, at) => {
          const later = new pm.transform.Mapping(maps.slice(at + 1));
          map.forEach((oldFrom, oldTo, newFrom, newTo) => {
            const [from, to] = [later.map(newFrom, 1), later.map(newTo, -1)];
            if (from >= to) return;
            for (const mark of heldAt(docs[at], oldFrom, oldTo)) tr.addMark(from, to, mark);
            const edge = edgeAt(doc, from, to);
            if (edge) tr.addMark(edge.from, edge.to, edge.mark);
          });
        });
        return tr.steps.length ? tr : null;
      },
    }),
  ],
});
