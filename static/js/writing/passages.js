// Passages: where the marks of quotes stand in the text, and what to mark.

const OPENING = "\"“„«‘‹‚'";
const DOUBLE = /["“”„«»]/u;

// Typography only, one character for one: the server folds in the same way and decides.
const FOLDS = [
  [/[“”„‟«»]/gu, '"'],
  [/[‘’‚‛‹›]/gu, "'"],
  [/[‐‑‒–—―−]/gu, "-"],
  [/…/gu, "..."],
  [/[\u00ad\u200b-\u200d\u2060\ufeff]/gu, ""],
  [/\s+/gu, " "],
];
const folded = (text) =>
  FOLDS.reduce((kept, [from, to]) => kept.replace(from, to), text).trim().replace(/[.,]$/u, "");

export const sameWords = (one, other) => {
  const [ours, theirs] = [one, other].map((words) =>
    words.split("\n").map(folded).filter(Boolean),
  );
  return ours.length === theirs.length && ours.every((line, i) => line === theirs[i]);
};

// {mark: {type, segments: [{from, to, text}]}}, in the order in which they begin.
export const passagesIn = (doc) => {
  const passages = new Map();
  doc.descendants((block, position) => {
    if (!block.isTextblock) return true;
    block.forEach((inline, offset) => {
      const from = position + 1 + offset;
      for (const { type, attrs } of inline.marks) {
        if (type.name !== "quote" && type.name !== "reported") continue;
        const passage = passages.get(attrs.record) ?? { type: type.name, segments: [] };
        const last = passage.segments.at(-1);
        const text = inline.isText ? inline.text : " ";
        if (last?.to === from) {
          last.to = from + inline.nodeSize;
          last.text += text;
        } else {
          passage.segments.push({ from, to: from + inline.nodeSize, text });
        }
        passages.set(attrs.record, passage);
      }
    });
    return false;
  });
  return passages;
};

export const wordsOf = (passage) => passage.segments.map(({ text }) => text).join("\n");

// Where a note about the words goes: past the marks that close them.
export const placeAfter = (doc, end) => {
  const place = doc.resolve(end);
  const rest = textOf(place.parent).slice(place.parentOffset);
  return end + rest.match(/^[.,;:!?]?["”“»'’]?[.,;]?/u)[0].length;
};

// The text of a block, one character for each position in it.
export const textOf = (block) =>
  block.textBetween(0, block.content.size, undefined, () => "\n");

const blocksBetween = (doc, from, to) => {
  const blocks = [];
  doc.nodesBetween(from, to, (block, position) => {
    if (!block.isTextblock) return true;
    blocks.push({ text: textOf(block), start: position + 1 });
    return false;
  });
  return blocks;
};

// The words without their quotation marks, and without a comma that belongs to the
// sentence around them. The comma may stand inside the marks or outside. Marks
// inside double marks belong to the words, and so does an apostrophe.
const trimmed = (text, from, to, isInside) => {
  const isBlank = (at) => /[\s\u00a0]/u.test(text[at]);
  const tighten = () => {
    while (from < to && isBlank(from)) from += 1;
    while (from < to && (isBlank(to - 1) || text[to - 1] === ",")) to -= 1;
  };
  tighten();
  if (isInside) return { from, to };
  while (from < to && DOUBLE.test(text[from])) from += 1;
  while (from < to && DOUBLE.test(text[to - 1])) to -= 1;
  tighten();
  const [first, last] = [text[from], text[to - 1]];
  const opens = "‘‹‚".includes(first) || (first === "'" && last === "'");
  if (opens) from += 1;
  if ((opens || "‘‹‚'".includes(text[from - 1] || " ")) && "’›'".includes(last)) to -= 1;
  tighten();
  return { from, to };
};

// What closes each of the marks, in the languages that open with it.
export const CLOSES = {
  '"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "”": "”",
  "'": "'’", "‘": "’", "‚": "‘’", "‹": "›", "›": "‹", "’": "’",
};
const IS_OPEN = /^$|[\s\u00a0([{‐-―"“”„«»‘‹‚'-]/u;

// The outermost pairs of double quotation marks of a text, as what stands between them.
// A mark that also closes, or means inches, opens only where words may begin.
const quotedIn = (text) => {
  const found = [];
  let open = null;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at];
    if (!DOUBLE.test(mark)) continue;
    if (!open) {
      const may = "“„«".includes(mark) || IS_OPEN.test(text[at - 1] ?? "");
      if (may) open = { mark, from: at + 1, depth: 0 };
    } else if (CLOSES[open.mark].includes(mark)) {
      open.depth -= 1;
      if (open.depth >= 0) continue;
      found.push({ from: open.from, to: at });
      open = null;
    } else if (mark === open.mark) open.depth += 1;
  }
  if (open && open.from < text.length) found.push({ from: open.from, to: text.length });
  return found;
};

const isQuoted = (text, from, to) => {
  const before = text.slice(0, from).trimEnd().at(-1) ?? "";
  const after = text.slice(to).replace(/^[\s,]+/u, "").at(0) ?? "";
  return (
    (OPENING.includes(before) && before !== "") || (DOUBLE.test(after) && after !== "")
  );
};

// What to mark for a selection: the segments, whether quotation marks stand around them,
// and the text before and after. A caret alone means the quotation around it, or for a
// reported passage nothing; a selection by lines ends at the first letter of the next
// paragraph and means nothing of it.
export const segmentsFor = (doc, from, to, isReported) => {
  const isCaret = from === to;
  const blocks = blocksBetween(doc, from, to).filter(
    ({ text, start }) => isCaret || (from < start + text.length && start < to),
  );
  const segments = [];
  let quoted = false;
  for (const { text, start } of blocks) {
    let first = Math.max(from - start, 0);
    let last = Math.min(to - start, text.length);
    if (isCaret && !isReported) {
      const around = quotedIn(text).find((q) => q.from - 1 <= first && first <= q.to + 1);
      if (!around) continue;
      [first, last] = [around.from, around.to];
    }
    const parts = isReported ? [{ from: first, to: last }] : partsOf(text, first, last);
    for (const part of parts) {
      const edges = isReported
        ? trimmedBlank(text, part.from, part.to)
        : trimmed(text, part.from, part.to, part.isInside);
      if (edges.from >= edges.to) continue;
      quoted ||= part.isInside || isQuoted(text, edges.from, edges.to);
      segments.push({
        from: start + edges.from,
        to: start + edges.to,
        text: text.slice(edges.from, edges.to).replaceAll("\n", " "),
      });
    }
  }
  if (!segments.length) return null;
  const [first, last] = [segments[0].from, segments.at(-1).to];
  const blockAt = (place) => blocks.findLast(({ start }) => start <= place);
  return {
    segments,
    quoted,
    before: blockAt(first).text.slice(0, first - blockAt(first).start),
    after: blockAt(last).text.slice(last - blockAt(last).start),
  };
};

// The quotations that a selection holds; all of it where it has quotation marks only
// somewhere in its middle.
const partsOf = (text, first, last) => {
  const parts = quotedIn(text)
    .map(({ from, to }) => ({ from: Math.max(from, first), to: Math.min(to, last), isInside: true }))
    .filter(({ from, to }) => text.slice(from, to).trim());
  const rest = (from, to) => text.slice(from, to).replace(/[\s\u00a0,"“”„«»]/gu, "");
  const isInMiddle =
    parts.length === 1 && rest(first, parts[0].from) && rest(parts[0].to, last);
  return parts.length && !isInMiddle ? parts : [{ from: first, to: last }];
};

const trimmedBlank = (text, from, to) => {
  while (from < to && /\s/u.test(text[from])) from += 1;
  while (from < to && /[\s,.]/u.test(text[to - 1])) to -= 1;
  return { from, to };
};

// The name around a caret: the run of capitalised words in which it stands.
export const nameAt = (doc, position) => {
  const [block] = blocksBetween(doc, position, position);
  if (!block) return null;
  const at = position - block.start;
  const names = /\p{Lu}[\p{L}\p{M}\p{N}’'.-]*(?: \p{Lu}[\p{L}\p{M}\p{N}’'.-]*)*/gu;
  for (const found of block.text.matchAll(names)) {
    const end = found.index + found[0].replace(/[’']s$|[.,]$/u, "").length;
    if (found.index <= at && at <= end) {
      return { from: block.start + found.index, to: block.start + end };
    }
  }
  return null;
};

export const kindOf = (segments, quoted) => {
  if (!quoted) return "indirect";
  const first = segments[0].text.match(/\p{L}/u)?.[0] ?? "";
  return first === first.toLocaleUpperCase() ? "direct" : "partial";
};
