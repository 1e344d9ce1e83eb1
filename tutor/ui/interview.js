// The interview's page in the browser: it tells the server what the learner does, one thing after another, and keeps what is typed
// until the server has it. What the server draws says in data attributes what this needs to know; nothing else is remembered.
(() => {
  "use strict";
  const { $, set, say, tell, drawn: draws } = window.viva;
  const QUIET = new Set(["draft", "look", "plan"]); // nobody waits for these
  const SAVE_MS = 3000, LOOK_MS = 1000, PLAN_MS = 350, READ_MS = 1200, PATIENCE_MS = 20000;
  const UNREACHED = "Viva cannot be reached. What you typed is kept here. Try again in a moment, or reload the page.";
  const here = () => $("#viva-interview");
  const stage = () => $("#viva-stage [data-view]");
  const field = () => $("#viva-answer");
  const hex = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const idHere = () => new URLSearchParams(location.search).get("id") ?? "";
  const keep = (prompt, text) => {
    try {
      if (text) sessionStorage.setItem(`viva-draft ${prompt}`, text);
      else sessionStorage.removeItem(`viva-draft ${prompt}`);
    } catch { /* a browser that keeps nothing */ }
  };
  const kept = (prompt) => {
    try { return sessionStorage.getItem(`viva-draft ${prompt}`); } catch { return null; }
  };

  // One wish at a time, so that what comes back comes in order; of what nobody waits for, only the last.
  const queue = [];
  let now = null;
  let patience = 0;
  // Whether something is being done about what the page shows. What shows already what came of it waits for nothing.
  const acting = () => [now, ...queue].some((wish) => wish && !QUIET.has(wish.do) && wish.seen === stage()?.dataset.digest);
  const go = () => {
    if (now || !queue.length) return;
    now = queue.shift();
    patience = setTimeout(() => done(false), PATIENCE_MS);
    tell("act", JSON.stringify(now));
    tend();
  };
  const send = (wish) => {
    if (QUIET.has(wish.do)) {
      const same = queue.findIndex((other) => other.do === wish.do);
      if (same >= 0) queue.splice(same, 1);
    } else if (acting()) return;
    queue.push({ seen: stage()?.dataset.digest, ...wish });
    go();
  };
  const done = (ok) => {
    clearTimeout(patience);
    const was = now;
    now = null;
    if (was?.do === "draft" && ok) saved(was);
    if (ok || was?.do !== "look") complain(ok ? "" : UNREACHED);
    tend();
    go();
  };
  const complain = (text) => {
    const place = $("#viva-lost .viva-told");
    if (!place) return;
    place.hidden = !text;
    place.textContent = text;
  };
  const tend = () => {
    const page = here();
    if (!page) return;
    page.classList.toggle("is-busy", acting());
    const plan = $("#viva-below .viva-plan");
    if (plan) plan.classList.toggle("is-stale", [now, ...queue].some((wish) => wish?.do === "plan"));
  };

  // The draft. `clean` is what the server has of it.
  let prompt = "";
  let clean = "";
  let sending = null;
  let saving = 0;
  const of = (wish) => ({ id: stage()?.dataset.id ?? "", prompt, ...wish });
  const flush = () => {
    clearTimeout(saving);
    saving = 0;
    if (prompt && stage()?.dataset.phase === "running" && field().value !== clean) send(of({ do: "draft", text: field().value }));
  };
  const saved = ({ prompt: of, text }) => {
    if (of !== prompt) return;
    clean = text;
    if (field().value === text) hintAt("Draft saved");
  };
  const hintAt = (text) => {
    const keys = $("#viva-below .viva-keys");
    if (keys && keys.textContent !== text) keys.textContent = text;
  };
  const typed = () => {
    if (!prompt) return;
    keep(prompt, field().value);
    hintAt("Ctrl+Enter sends");
    if (!saving) saving = setTimeout(flush, SAVE_MS);
    grow();
  };
  const grow = () => {
    const box = field();
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, innerHeight * 0.4)}px`;
  };
  const answer = () => {
    const text = field().value;
    if (!prompt || acting()) return;
    clearTimeout(saving);
    saving = 0;
    if (sending?.prompt !== prompt || sending.text !== text) sending = { prompt, text, answer: hex() };
    send(of({ do: "answer", answer: sending.answer, text }));
  };

  // What a recogniser heard goes into the box as a draft, behind what is there; it is the learner who sends it.
  const put = (text) => {
    const box = field();
    if (!prompt || !text.trim()) return;
    box.value = [box.value.trimEnd(), text.trim()].filter(Boolean).join(" ");
    typed();
    flush();
    box.focus();
  };
  const current = () => (prompt ? { interview: stage().dataset.id, prompt, text: field().value } : null);

  // A new stage was drawn. Gradio may draw it into the same elements, so what tells is what they say.
  let last = "";
  let drawn = 0;
  let looking = 0;
  const shown = (part) => {
    drawn = performance.now();
    clearTimeout(looking);
    const { view, id } = part.dataset;
    if (view !== "sitting") prompt = "";
    const address = new URL(location.href);
    if (id) address.searchParams.set("id", id);
    else address.searchParams.delete("id");
    if (address.href !== location.href) history.pushState(null, "", address);
    if (view === "lobby") lobby();
    if (view === "sitting") sitting(part);
    if (view === "report") {
      fresh = "";
      reopen(part);
      if (Number(part.dataset.waiting)) looking = setTimeout(look, LOOK_MS);
    }
    tick();
  };
  const sitting = (part) => {
    fresh = "";
    const box = field();
    const before = prompt;
    prompt = part.dataset.prompt;
    if (prompt === before) {
      if (box.value === clean) box.value = part.dataset.draft;
    } else {
      leave(before, box.value, part.dataset.last);
      box.value = kept(prompt) ?? part.dataset.draft;
      const asked = $("#viva-asked");
      if (before) say(asked?.textContent ?? "");
      if (asked) document.dispatchEvent(new CustomEvent("viva:asked", { detail: { prompt, text: asked.textContent, spoken: part.dataset.spoken === "true" } }));
    }
    clean = part.dataset.draft;
    if (box.value === clean) grow();
    else typed();
    const latest = [...part.querySelectorAll(".viva-hint-given, #viva-asked")].pop();
    requestAnimationFrame(() => latest?.scrollIntoView({ block: "nearest" }));
    if (part.dataset.phase === "running" && (matchMedia("(hover: hover)").matches || before)) box.focus({ preventScroll: true });
    else if (part.dataset.phase === "paused") requestAnimationFrame(() => $("[data-do=resume]")?.focus());
  };
  // A report that is drawn again, since a verdict came, keeps open what was open, and what was typed to rehearse.
  const kinds = ".viva-q, .viva-rehearse, .viva-rehearsing textarea, .viva-rehearsing input";
  let state = { id: "" };
  const remembered = (event) => {
    const part = event.target.closest?.(".viva-outcome");
    if (!part) return;
    const all = [...part.querySelectorAll(kinds)];
    state = { id: part.dataset.id, all: all.map((one) => (one.matches("details") ? one.open : one.type === "radio" ? one.checked : one.value)) };
  };
  for (const kind of ["toggle", "input"]) document.addEventListener(kind, remembered, true);
  const reopen = (part) => {
    const all = [...part.querySelectorAll(kinds)];
    if (state.id !== part.dataset.id || state.all.length !== all.length) return;
    const was = state.all;
    all.forEach((one, n) => {
      if (one.matches("details")) one.open = was[n];
      else if (one.type === "radio") one.checked = was[n];
      else one.value = was[n];
    });
  };
  const rehearsed = () => {
    const found = $("#viva-below .viva-rehearsal");
    const form = found && $(`.viva-rehearsing[data-turn="${CSS.escape(found.dataset.turn)}"]`);
    const place = form && $(".viva-rehearsed", form.parentElement);
    if (place && place.innerHTML !== found.innerHTML) place.innerHTML = found.innerHTML;
  };
  // What was typed for a question that is past is not thrown away: it may have been overtaken by another tab.
  const leave = (before, text, last) => {
    const sent = sending?.answer === last && sending.text === text;
    if (before) keep(before, "");
    const unsent = $(".viva-unsent");
    const rest = before && !sent ? text.trim() : "";
    unsent.hidden = !rest;
    unsent.open = false;
    $("p", unsent).textContent = rest;
  };
  const look = () => {
    const part = stage();
    if (part?.dataset.id && !acting()) send({ do: "look", id: part.dataset.id, prompt });
    if (part?.dataset.view === "report" && Number(part.dataset.waiting)) looking = setTimeout(look, LOOK_MS);
  };

  // The clock. It only shows: nothing is ever cut off by it.
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const tick = () => {
    const part = stage();
    const face = part && $(".viva-clock", part);
    if (!face) return;
    const { elapsed, minutes, phase } = part.dataset;
    const run = Number(elapsed) + (phase === "running" ? (performance.now() - drawn) / 1000 : 0);
    const left = minutes && Number(minutes) * 60 - run;
    const text = !minutes ? clock(run) : left > 0 ? `${clock(left)} left` : "Time is up";
    if (face.textContent !== text) face.textContent = text;
    const over = $(".viva-over", part);
    if (over && over.hidden === (minutes && left <= 0)) over.hidden = !over.hidden;
  };
  setInterval(tick, 500);

  // Before an interview. `fresh` is the id that it will have.
  let fresh = "";
  let planning = 0;
  const form = () => {
    const given = new FormData($(".viva-setup"));
    const one = (name) => given.get(name) ?? "";
    const names = ["unit", "level", "style", "origin", "job", "resume"];
    return { topics: given.getAll("topics"), amount: Number(one("amount")), way: one("way") || "typed", ...Object.fromEntries(names.map((name) => [name, one(name)])) };
  };
  const plan = () => {
    clearTimeout(planning);
    if (!acting() && $(".viva-setup")?.checkValidity()) send({ do: "plan", id: fresh, form: form() });
  };
  const begin = () => {
    if (!$(".viva-setup").reportValidity()) return;
    clearTimeout(planning);
    const planned = queue.findIndex((wish) => wish.do === "plan"); // it would be drawn over the first question
    if (planned >= 0) queue.splice(planned, 1);
    send({ do: "begin", id: fresh, form: form() });
  };
  const lobby = () => {
    fresh ||= hex();
    if ($(".viva-setup")) plan();
  };
  const chosen = (event) => {
    const amount = $(".viva-setup [name=amount]");
    if (event.target.name === "unit") {
      amount.max = amount.dataset[event.target.value];
      amount.value = event.target.value === "minutes" ? 20 : 6;
    }
    clearTimeout(planning);
    planning = setTimeout(plan, event.target.matches("textarea") && event.type === "input" ? READ_MS : PLAN_MS);
  };

  const ask = (title, text, no, yes, act) => {
    const asked = document.body.appendChild(document.createElement("dialog"));
    asked.className = "viva-dialog";
    asked.innerHTML = '<form method="dialog"><h2></h2><p></p><div><button value="no"></button><button value="yes"></button></div></form>';
    const [keepOn, goOn] = asked.querySelectorAll("button");
    $("h2", asked).textContent = title;
    $("p", asked).textContent = text;
    keepOn.textContent = no;
    goOn.textContent = yes;
    goOn.className = "is-bad";
    asked.setAttribute("aria-label", title);
    asked.addEventListener("close", () => {
      if (asked.returnValue === "yes") act();
      else field()?.offsetParent && field().focus();
      asked.remove();
    });
    asked.showModal();
  };
  const DO = {
    begin,
    hint: (button) => send(of({ do: "hint", step: Number(button.dataset.step) })),
    pass: () => send(of({ do: "pass" })),
    skip: () => send(of({ do: "skip" })),
    pause: () => {
      flush();
      send(of({ do: "pause" }));
    },
    resume: () => send(of({ do: "resume" })),
    end: () => {
      const unsent = field().value.trim() ? " What is in the box has not been sent and will not count." : "";
      ask("End the interview?", `What you answered is judged, and you get the report.${unsent}`, "Go on", "End it", () => send(of({ do: "end" })));
    },
    delete: (button) => ask("Delete this interview?", "It is deleted for good, with its answers and its marks.", "Keep it", "Delete", () => {
      send({ do: "delete", id: button.dataset.id });
    }),
    forget: (button) => ask("Delete this recording?", "The sound is deleted for good.", "Keep it", "Delete", () => {
      send({ do: "forget", item: button.dataset.item });
    }),
  };
  const REPORT = {
    ".viva-rejudge": (button) => send(of({ do: "rejudge", turn: button.dataset.turn })),
    ".viva-later": (button) => send(of({ do: "later", item: button.dataset.item })),
  };

  const visit = (address) => {
    if (address.href !== location.href) history.pushState(null, "", address);
    send(JSON.parse(arrival()));
  };
  const arrival = () => JSON.stringify({ do: "arrive", id: idHere() });
  document.addEventListener("click", (event) => {
    if (!here()?.contains(event.target)) return;
    const button = event.target.closest("[data-do]");
    if (button) return DO[button.dataset.do](button);
    for (const [selector, act] of Object.entries(REPORT)) {
      const found = event.target.closest(selector);
      if (found) return act(found);
    }
    const link = event.target.closest("a[href]");
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (link && plain && new URL(link.href).pathname === location.pathname) {
      event.preventDefault();
      visit(new URL(link.href));
    }
  });
  addEventListener("popstate", () => { if (here()) send(JSON.parse(arrival())); });
  document.addEventListener("submit", (event) => {
    if (!here()?.contains(event.target)) return;
    event.preventDefault();
    if (event.target.matches(".viva-box")) answer();
    else if (event.target.matches(".viva-rehearsing")) {
      const given = new FormData(event.target);
      send(of({ do: "rehearse", turn: event.target.dataset.turn, seconds: Number(given.get("seconds")), text: given.get("text") }));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== field() || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    answer();
  });
  for (const kind of ["input", "change"])
    document.addEventListener(kind, (event) => {
      if (event.target === field()) typed();
      else if (event.target.closest?.(".viva-setup")) chosen(event);
    });
  document.addEventListener("focusout", (event) => { if (event.target === field()) flush(); });
  document.addEventListener("visibilitychange", () => (document.hidden ? here() && flush() : look()));
  addEventListener("pagehide", () => { if (here()) flush(); });

  draws.push(() => {
    if (!here()) return;
    const part = stage();
    const says = part && JSON.stringify(part.dataset);
    if (part && says !== last) {
      last = says;
      set(document.documentElement, "data-viva", "");
      shown(part);
    }
    rehearsed();
    tend();
  });
  window.viva.interview = { done, arrival, put, current };
})();
