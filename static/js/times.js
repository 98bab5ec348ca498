"use strict";

// A button says what will happen at the time that is chosen beside it. The server knows
// the words; where it has not said them yet, its next page does.
(() => {
  for (const form of document.querySelectorAll("form[data-says]")) {
    const button = form.querySelector("button");
    const said = form.querySelector("[name$='-said']");
    const problem = form.querySelector(".time-problem");
    const parts = [...form.querySelectorAll("[type=date], [type=time]")];
    if (!parts.length) continue;
    let asked = 0;
    let waits;

    const show = (words, key, text) => {
      button.textContent = words;
      said.value = key;
      problem.textContent = text;
    };

    const isHalf = () =>
      [...form.querySelectorAll("fieldset")].some((field) => {
        const values = [...field.querySelectorAll("input")].map((part) => part.value);
        return values.some(Boolean) && !values.every(Boolean);
      });

    const ask = async () => {
      const number = ++asked;
      const chosen = new URLSearchParams({ do: form.elements.do.value });
      for (const part of parts) chosen.set(part.name, part.value);
      try {
        const response = await fetch(`${form.dataset.says}?${chosen}`);
        const answer = await response.json();
        const isEmpty = parts.every((part) => !part.value);
        if (number === asked) {
          show(answer.button, answer.key, isEmpty ? "" : answer.problem);
        }
      } catch {
        // Offline or signed out: sending the form says it.
      }
    };

    form.addEventListener("input", (event) => {
      if (!parts.includes(event.target)) return;
      asked += 1;
      clearTimeout(waits);
      show(form.dataset.unsaid, "", "");
      form.querySelector(".asks-again")?.remove();
      if (!isHalf()) waits = setTimeout(ask, 150);
    });
  }
})();
