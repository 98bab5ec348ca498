"use strict";

// The server prints how long the headline is; typing keeps the number true.
(() => {
  const headline = document.getElementById("id_headline");
  const shown = document.querySelector(".headline-length");
  if (!headline || !shown) return;
  const count = () => {
    const length = [...headline.value.replace(/\s+/g, " ").trim()].length;
    shown.firstElementChild.textContent = length;
    shown.classList.toggle("is-long", length > Number(shown.dataset.most));
  };
  headline.addEventListener("input", count);
  count();
})();
