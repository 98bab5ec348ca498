// A key for this tab, which a page that is loaded anew in it finds again. A duplicate of
// a tab brings its key along; a lock that the browser drops with the page tells the two
// apart, and those that still lie open from those that are gone.

const STORED = "newsroom:tab";

export const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");

const remembered = () => {
  try {
    return sessionStorage.getItem(STORED);
  } catch {
    return null;
  }
};

const remember = (key) => {
  try {
    sessionStorage.setItem(STORED, key);
  } catch {
    // Then it is another key for each page.
  }
};

const lockOf = (key) => `${STORED}:${key}`;

const hold = (key) =>
  new Promise((resolve) => {
    if (!navigator.locks) {
      resolve(true);
      return;
    }
    navigator.locks
      .request(lockOf(key), { ifAvailable: true }, (lock) => {
        resolve(Boolean(lock));
        return lock && new Promise(() => {});
      })
      .catch(() => resolve(true));
  });

export const tab = (async () => {
  let key = remembered() ?? newKey();
  if (!(await hold(key))) {
    key = newKey();
    await hold(key);
  }
  remember(key);
  return key;
})();

export const openTabs = async () => {
  const locks = await navigator.locks?.query().catch(() => null);
  const names = new Set(locks?.held.map(({ name }) => name));
  return { has: (key) => names.has(lockOf(key)) };
};
