"use strict";

// The choosers that Select2 makes have no name for a screen reader: they take the label
// of the field that they stand for, or in a row of a table the field's own name.
(() => {
  const labelOf = (container) => container?.previousElementSibling?.labels?.[0];

  const takeName = (chooser, name) => {
    if (!name) return;
    const text = chooser.querySelector(".select2-selection__rendered");
    for (const element of [chooser, text]) {
      element?.removeAttribute("aria-labelledby");
      element?.setAttribute("aria-label", name);
    }
  };

  const nameChoosers = () => {
    for (const chooser of document.querySelectorAll(".select2-selection--single")) {
      const label = labelOf(chooser.closest(".select2-container"));
      if (!label) {
        const field = chooser.closest(".select2-container")?.previousElementSibling;
        takeName(chooser, field?.getAttribute("aria-label"));
        continue;
      }
      label.id ||= `label_for_${label.htmlFor}`;
      const named = (chooser.getAttribute("aria-labelledby") || "").split(" ");
      named.unshift(label.id);
      chooser.setAttribute("aria-labelledby", [...new Set(named)].join(" "));
      chooser
        .querySelector(".select2-selection__rendered")
        ?.setAttribute("aria-labelledby", label.id);
    }
    for (const field of document.querySelectorAll(".select2-search__field")) {
      const inline = field.closest(".select2-container:not(.select2-container--open)");
      const container = inline?.previousElementSibling?.labels
        ? inline
        : document.querySelector(".select2-container--open");
      const label =
        labelOf(container)?.textContent.replace(/:\s*$/, "").trim() ||
        container?.previousElementSibling?.getAttribute("aria-label");
      if (label) field.setAttribute("aria-label", label);
    }
  };

  window.addEventListener("load", () => {
    nameChoosers();
    const changes = new MutationObserver(nameChoosers);
    changes.observe(document.body, { childList: true, subtree: true });
  });
})();
