"use strict";

// On every page of the desk: forgets the copies of what was saved, which the desk says
// with a cookie, and at signing out, having asked, those of whoever signs out. Nobody
// has read what a session left behind that only ran out.
(() => {
  const { user, path, asks } = document.currentScript.dataset;

  const copies = () => {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith("newsroom:unsaved:"));
    } catch {
      return [];
    }
  };

  for (const cookie of document.cookie.split("; ")) {
    const sent = /^saved-([0-9a-f]{32})=/.exec(cookie)?.[1];
    if (!sent) continue;
    for (const key of copies()) {
      if (localStorage.getItem(key).includes(`"sending":"${sent}"`)) localStorage.removeItem(key);
    }
    document.cookie = `saved-${sent}=; path=${path}; max-age=0`;
  }

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "logout-form") return;
    const own = copies().filter((key) => key.startsWith(`newsroom:unsaved:${user}:`));
    if (own.length && !window.confirm(asks)) event.preventDefault();
    else for (const key of own) localStorage.removeItem(key);
  });
})();
