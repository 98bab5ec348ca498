// The copies of unsaved text that this browser keeps: one for each user, story and tab.
// A browser that keeps nothing, or has no room, keeps no copy, and the form works.

const PREFIX = "newsroom:unsaved:";
const KEPT_FOR = 7 * 24 * 60 * 60 * 1000;

const read = (key) => {
  try {
    const copy = JSON.parse(localStorage.getItem(key));
    return Array.isArray(copy?.fields) ? { key, ...copy } : null;
  } catch {
    return null;
  }
};

const keys = () => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
};

export const forget = (key) => {
  try {
    localStorage.removeItem(key);
  } catch {
    // It was not kept either.
  }
};

export class Copies {
  constructor(user, story) {
    this.prefix = `${PREFIX}${user}:${story}:`;
    for (const key of keys()) {
      const copy = read(key);
      if (!copy || copy.at < Date.now() - KEPT_FOR) forget(key);
    }
  }

  keyOf(tab) {
    return this.prefix + tab;
  }

  tabOf({ key }) {
    return key.slice(this.prefix.length);
  }

  newestFirst() {
    return keys()
      .filter((key) => key.startsWith(this.prefix))
      .map(read)
      .filter(Boolean)
      .sort((one, other) => other.at - one.at);
  }

  keep(tab, { at = Date.now(), fields, sending = "" }) {
    try {
      localStorage.setItem(this.keyOf(tab), JSON.stringify({ at, fields, sending }));
      return true;
    } catch {
      return false;
    }
  }

  move(copy, tab) {
    if (copy.key === this.keyOf(tab)) return;
    forget(copy.key); // First: there may not be room for both.
    if (!this.keep(tab, copy)) this.keep(this.tabOf(copy), copy);
  }
}
