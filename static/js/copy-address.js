"use strict";

// A button that copies the address beside it. Without it one selects and copies.
for (const field of document.querySelectorAll("[data-copy-label]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = field.dataset.copyLabel;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = field.dataset.copiedLabel;
  });
  field.after(button);
}
