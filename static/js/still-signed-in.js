"use strict";

// Lets a form of the desk go only when the desk knows who sends it: where the session
// has ended, a dialog lets one sign in beside the text.
(() => {
  const signingIn = import(document.currentScript.dataset.signingIn);
  let going = null;

  document.addEventListener("submit", async (event) => {
    const { target: form, submitter, defaultPrevented } = event;
    const isOther = form.method !== "post" || form.id === "logout-form" || form.closest("dialog");
    if (isOther || defaultPrevented || form === going) return;
    event.preventDefault();
    const { canSend } = await signingIn;
    if (!(await canSend())) return;
    going = form;
    form.requestSubmit(submitter);
  });
  addEventListener("pageshow", () => {
    going = null;
  });
})();
