// Asks the desk who is signed in before a form is sent. Where that is nobody, or
// somebody else, or no answer comes, a dialog lets it be mended beside the text.

const dialog = document.getElementById("signing-in");
const PATIENCE = 15_000;

const ask = async (address, options = {}) => {
  const signal = AbortSignal.timeout?.(PATIENCE);
  const answer = await fetch(address, { cache: "no-store", signal, ...options });
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (answer.status >= 500) throw new Error(answer.statusText);
  return answer.ok && isJson ? answer.json() : null;
};

const takeToken = (token) => {
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) {
    field.value = token;
  }
};

// What is the matter: nothing (""), nobody is signed in ("out"), somebody else ("other"),
// or no answer ("silent").
const trouble = async () => {
  try {
    const { user, name, token } = await ask(dialog.dataset.ask);
    if (user === null) return "out";
    dialog.querySelector(".signed-in-as").textContent = name;
    if (String(user) !== dialog.dataset.user) return "other";
    takeToken(token);
    return "";
  } catch {
    return "silent";
  }
};

const show = (matter) => {
  for (const part of dialog.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(matter);
  }
};

const say = (text) => {
  dialog.querySelector("[role=alert]").textContent = text;
};

const signIn = async (form) => {
  try {
    const { token } = await ask(dialog.dataset.ask);
    const data = new FormData(form);
    data.set("csrfmiddlewaretoken", token);
    data.set("next", dialog.dataset.ask);
    const { user } = (await ask(form.action, { method: "POST", body: data })) ?? {};
    return user ? trouble() : "refused";
  } catch {
    return "silent";
  }
};

const mend = (matter) =>
  new Promise((resolve) => {
    const form = dialog.querySelector("form");
    const { refused } = dialog.querySelector("[role=alert]").dataset;
    const over = new AbortController();
    const listen = (target, event, act) =>
      target.addEventListener(event, act, { signal: over.signal });
    const settle = (next) => {
      if (next === "refused") {
        say(refused);
        form.elements.password.select();
        return;
      }
      say("");
      if (next) show(next);
      else dialog.close("mended");
    };
    dialog.returnValue = "";
    listen(form, "submit", async (event) => {
      event.preventDefault();
      settle(await signIn(form));
    });
    listen(form.elements.again, "click", async () => settle(await trouble()));
    listen(form.elements.later, "click", () => dialog.close());
    listen(dialog, "close", () => {
      over.abort();
      say("");
      form.elements.password.value = "";
      resolve(dialog.returnValue === "mended");
    });
    show(matter);
    dialog.showModal();
    const first = matter === "silent" ? form.elements.again : form.elements.password;
    first.focus();
  });

let asking = null;

// Whether the form can be sent now, by the one who wrote in it. One dialog at a time.
export const canSend = () => {
  asking ??= (async () => {
    const matter = await trouble();
    return matter === "" || mend(matter);
  })().finally(() => {
    asking = null;
  });
  return asking;
};

// The same question in the background: takes the present token along, opens nothing.
export const whatIsTheMatter = trouble;
