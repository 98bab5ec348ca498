"use strict";

// A link to a field opens what it lies folded in, also in browsers that only scroll, and
// the field takes the focus.
(() => {
  const FIELDS = "input:not([type=hidden]), select, textarea, button, summary";

  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) {
      if (part.matches("details")) part.open = true;
    }
    target.scrollIntoView();
    const field = target.matches(FIELDS) ? target : target.querySelector(FIELDS);
    field?.focus({ preventScroll: true });
  };

  window.addEventListener("hashchange", open);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash && link.hash === location.hash) open();
  });
  if (location.hash) open();
})();
