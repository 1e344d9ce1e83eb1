// The pages of progress and review in the browser: they tell the server what the learner does, one thing after another, and keep what
// is typed until the server has judged it.
(() => {
  "use strict";
  const { $, set, say, tell, drawn } = window.viva;
  const PATIENCE_MS = 120000;
  const UNREACHED = "Viva cannot be reached. What you typed is kept here. Try again in a moment, or reload the page.";
  const here = () => $("#viva-practice");
  const stage = () => $("#viva-stage [data-view]");
  const page = () => location.pathname.split("/").pop();
  const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  const store = (key, text) => {
    try {
      if (text) sessionStorage.setItem(key, text);
      else sessionStorage.removeItem(key);
    } catch { /* a browser that keeps nothing */ }
  };
  const stored = (key) => {
    try { return sessionStorage.getItem(key); } catch { return null; }
  };
  const draft = (review) => `viva-review ${review}`;

  let now = null;
  let patience = 0;
  const wish = (told) => JSON.stringify({ page: page(), zone: zone(), ...told });
  const send = (told) => {
    if (now) return;
    now = told;
    patience = setTimeout(() => done(false), PATIENCE_MS);
    here().classList.add("is-busy");
    tell("practise", wish(told));
  };
  const done = (ok) => {
    clearTimeout(patience);
    const was = now;
    now = null;
    here()?.classList.remove("is-busy");
    if (!ok) say(UNREACHED);
    else if (was) settle(was);
  };
  // The keyboard goes on where the new part begins, and what came is said aloud.
  const settle = (was) => {
    const part = stage();
    const note = $("#viva-note .viva-told")?.textContent;
    if (was.do === "erase" && part?.dataset.view === "progress" && !$(".viva-now")) $("#viva-chats")?.replaceChildren();
    if (note) say(note);
    else if (was.do === "answer" || was.do === "pass") {
      store(draft(was.review), "");
      say($("#viva-came")?.textContent ?? "");
      $("[data-do=next]")?.focus();
    } else if (was.do === "overrule") {
      say($(".viva-again-on")?.textContent ?? "");
      $(`[data-rating="${was.rating}"]`)?.focus();
    } else if (part?.dataset.view === "question") $(".viva-replying textarea")?.focus();
    else if (was.card) ($(`[data-do=${was.do}][data-card="${CSS.escape(was.card)}"]`) ?? $("#viva-stage a, #viva-stage button"))?.focus();
  };

  const about = (button) => ({ review: stage()?.dataset.review ?? "", card: button.dataset.card ?? "", rating: button.dataset.rating ?? "good" });
  const answer = (form) => {
    const text = new FormData(form).get("text");
    send({ do: "answer", review: stage().dataset.review, text });
  };
  document.addEventListener("click", (event) => {
    const button = here()?.contains(event.target) && event.target.closest("button[data-do]");
    if (button) send({ do: button.dataset.do, ...about(button) });
  });
  document.addEventListener("submit", (event) => {
    if (!here()?.contains(event.target)) return;
    event.preventDefault();
    const form = event.target;
    const given = new FormData(form);
    if (form.dataset.do === "answer") answer(form);
    else if (form.dataset.do === "limit") send({ do: "limit", new: Number(given.get("new")), total: Number(given.get("total")) });
    else if (form.dataset.do === "erase") send({ do: "erase", text: given.get("text") });
  });
  document.addEventListener("keydown", (event) => {
    const form = here() && event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest?.(".viva-replying");
    if (!form) return;
    event.preventDefault();
    answer(form);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(".viva-replying textarea")) store(draft(stage().dataset.review), event.target.value);
  });

  let last = "";
  drawn.push(() => {
    if (!here()) return;
    const part = stage();
    if (!part) return;
    const says = `${part.dataset.view} ${part.dataset.review ?? ""}`;
    if (says === last) return;
    last = says;
    set(document.documentElement, "data-viva", "");
    const field = $(".viva-replying textarea");
    const kept = field && stored(draft(part.dataset.review));
    if (kept) field.value = kept;
    $("#viva-main").scrollTop = 0;
  });
  window.viva.practice = { done, arrival: () => wish({ do: "arrive" }) };
  window.viva.zone = zone;
})();
