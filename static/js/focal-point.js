"use strict";

// A click on the picture sets the point that crops keep; the two fields beside it do so
// from the keyboard. A picture that was just chosen is shown before it is uploaded, and
// the copies that are being made are asked after.
(() => {
  const EVERY = 2000; // milliseconds
  const preview = document.querySelector("[data-preview]");
  const across = document.getElementById("id_focal_x");
  const down = document.getElementById("id_focal_y");
  const upload = document.getElementById("id_image");
  if (!preview) return;
  const frame = preview.querySelector(".photo-frame");
  const point = preview.querySelector(".focal-point");
  const canvas = preview.querySelector("canvas");
  const says = preview.querySelector(".photo-says");
  const saved = frame.querySelector("img");
  const shown = () => (canvas.hidden ? saved : canvas);

  const place = () => {
    point.hidden = !shown() || !across;
    if (point.hidden) return;
    point.style.insetInlineStart = "auto";
    point.style.left = `${across.value || 50}%`;
    point.style.top = `${down.value || 50}%`;
  };

  const perCent = (part, whole) => Math.min(100, Math.max(0, Math.round((100 * part) / whole)));

  const invite = () => {
    if (across && shown()) says.textContent = preview.dataset.says;
    frame.classList.toggle("takes-clicks", Boolean(across && shown()));
    place();
  };

  frame.addEventListener("click", (event) => {
    if (!across || !shown()) return;
    const box = shown().getBoundingClientRect();
    across.value = perCent(event.clientX - box.left, box.width);
    down.value = perCent(event.clientY - box.top, box.height);
    for (const field of [across, down]) {
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    place();
  });
  for (const field of [across, down]) field?.addEventListener("input", place);

  upload?.addEventListener("change", async () => {
    const [file] = upload.files;
    canvas.hidden = true;
    try {
      if (file) {
        const bitmap = await createImageBitmap(file);
        const scale = Math.min(1, 960 / bitmap.width);
        canvas.width = Math.round(bitmap.width * scale);
        canvas.height = Math.round(bitmap.height * scale);
        canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
        bitmap.close();
        canvas.hidden = false;
        if (across) across.value = down.value = 50;
      }
    } catch {
      // The browser cannot show it. The server says what is wrong with it, if anything.
    }
    if (saved) saved.hidden = !canvas.hidden;
    invite();
  });

  const copies = preview.querySelector(".photo-copies");
  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(copies.dataset.address);
        const isOurs = answer.ok && !answer.redirected;
        if (isOurs) copies.innerHTML = await answer.text();
      } catch {
        // No connection: the next time.
      }
    }
    if (copies.querySelector("[data-waits]")) setTimeout(look, EVERY);
  };
  if (copies?.querySelector("[data-waits]")) setTimeout(look, EVERY);
  invite();
})();
