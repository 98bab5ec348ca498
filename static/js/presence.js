// Says who else has the story open, and that somebody saved it. A tab that nobody looks
// at reports nothing and goes out of date.
import { canSend, whatIsTheMatter } from "newsroom/signing-in";
import { tab } from "newsroom/tabs";

const EVERY = 20_000;

const shown = document.querySelector(".presence[data-address]");
const form = document.getElementById("article_form");
const signedOut = document.querySelector(".signed-out");
const mend = document.querySelector(".signed-out-mend");

const say = (place, sentences) => {
  const said = [...place.children].map(({ textContent }) => textContent);
  if (said.join("\n") === sentences.join("\n")) return;
  place.replaceChildren(
    ...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    }),
  );
};

const sayEnded = (isEnded) => {
  if (!signedOut) return;
  say(signedOut, isEnded ? [signedOut.dataset.says] : []);
  mend.hidden = !isEnded;
};

const report = async (key, more = {}) => {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "_revision"]) {
    data.set(name, form.elements[name].value);
  }
  data.set("tab", key);
  for (const [name, value] of Object.entries(more)) data.set(name, value);
  return fetch(shown.dataset.address, { method: "POST", body: data, keepalive: true });
};

const look = async (key) => {
  try {
    const answer = await report(key);
    if ([401, 403].includes(answer.status)) {
      const matter = await whatIsTheMatter();
      if (matter !== "silent") sayEnded(matter !== "");
      return;
    }
    sayEnded(false);
    const { said } = await answer.json();
    if (said) say(shown, said);
  } catch {
    // No connection: saving will say so.
  }
};

const start = async () => {
  const key = await tab;
  let timer = null;
  const watch = () => {
    clearInterval(timer);
    timer = null;
    if (document.hidden) return;
    timer = setInterval(() => look(key), EVERY);
    look(key);
  };
  document.addEventListener("visibilitychange", watch);
  addEventListener("pageshow", (event) => event.persisted && watch());
  addEventListener("pagehide", () => report(key, { leaves: "yes" }).catch(() => {}));
  mend?.addEventListener("click", async () => {
    if (await canSend()) await look(key);
  });
  watch();
};

if (shown && form) start();
