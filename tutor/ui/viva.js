// What Gradio leaves open in the browser: dark mode that is remembered, citations that open, copying, focus, and names for
// controls that have none. It listens on the document, since Gradio builds and rebuilds the page beneath it. conversations.js,
// which comes after it, does the same for the list of conversations.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const set = (element, name, value) => {
    if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const box = () => $("#viva-question textarea");
  const recall = (key) => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const remember = (key, value) => {
    try { localStorage.setItem(key, value); } catch { /* a browser that keeps nothing */ }
  };

  // What is said to Viva without being typed: a hidden button of Gradio's is clicked, and its event takes the words from here.
  const told = [];
  const tell = (button, words, again = 10) => {
    const one = { words };
    told.push(one);
    // A page that has just been drawn may not listen to its buttons yet: a click that nobody took is made again.
    const click = (left) => {
      if (!told.includes(one)) return;
      $(`#viva-${button}`)?.click();
      if (left) setTimeout(() => click(left - 1), 2000);
      else setTimeout(() => told.includes(one) && told.splice(told.indexOf(one), 1), 2000);
    };
    click(again);
  };
  const take = (given) => {
    const words = told.shift()?.words ?? "";
    return Array.isArray(words) ? words : [words, ...given.slice(1)];
  };

  // How deep answers go is remembered here, not on the server: it is this reader's habit.
  const DEPTHS = ["simple", "interview", "deep"];
  let picked = null;
  const depth = () => picked ?? (DEPTHS.includes(recall("viva-depth")) ? recall("viva-depth") : "interview");
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("#viva-depth input")) return;
    picked = event.target.value;
    remember("viva-depth", picked);
  });

  // A question goes with the depth that is chosen now: Gradio hears of a choice a moment later.
  const asked = (given) => {
    const [words, typed, , ...rest] = take(given);
    return [words, typed, depth(), ...rest];
  };

  // Dark or light: what was chosen, or else what the system has.
  const KEY = "viva-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const dark = (recall(KEY) ?? (system.matches ? "dark" : "light")) === "dark";
    for (const element of [document.documentElement, document.body])
      if (element && element.classList.contains("dark") !== dark) element.classList.toggle("dark", dark);
    set($(".viva-theme"), "aria-pressed", String(dark));
  };
  const toggle = () => {
    const dark = document.documentElement.classList.contains("dark");
    remember(KEY, dark ? "light" : "dark");
    paint();
  };

  // Said aloud to those who cannot see the page change.
  const say = (text) => {
    let live = $("#viva-live");
    if (!live) {
      live = document.body.appendChild(document.createElement("div"));
      live.id = "viva-live";
      live.className = "viva-sr";
      live.setAttribute("role", "status");
    }
    if (live.textContent !== text) live.textContent = text;
  };

  // A number in the answer opens its source at its mark; Escape there goes back to the number.
  let cameFrom = null;
  const openSource = (chip) => {
    const mark = document.getElementById(chip.getAttribute("href").slice(1));
    const source = mark?.closest(".viva-source");
    if (!source) return;
    for (let fold = source; fold; fold = fold.parentElement.closest("details")) fold.open = true;
    for (const other of document.querySelectorAll("mark.is-now")) other.classList.remove("is-now");
    let part = mark;
    while (part?.matches("mark")) {
      part.classList.add("is-now");
      const all = [...source.querySelectorAll("mark")];
      part = all[all.indexOf(part) + 1];
      if (part?.id) break;
    }
    cameFrom = chip;
    source.scrollIntoView({ block: "nearest" });
    $("summary", source).focus({ preventScroll: true });
    mark.scrollIntoView({ block: "nearest" });
  };
  const backToChip = (source) => {
    source.open = false;
    if (cameFrom?.isConnected && document.getElementById(cameFrom.getAttribute("href").slice(1))?.closest(".viva-source") === source)
      cameFrom.focus();
    else $("summary", source).focus();
  };

  const copy = async (button) => {
    const text = $(".viva-raw", button.closest(".viva-turn")).textContent;
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.body.appendChild(document.createElement("textarea"));
      area.value = text;
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = done ? "Copied" : "Not copied";
    say(done ? "Answer copied" : "The answer could not be copied");
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };

  // The box begins with these words, for the learner to go on. What was typed already is kept behind them.
  const begin = (words) => {
    const field = box();
    if (!field.value.startsWith(words)) field.value = words + field.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  };

  const clicked = {
    ".viva-theme": toggle,
    "a.viva-cite": openSource,
    ".viva-copy": copy,
    ".viva-again": () => tell("again", ""),
    ".viva-move": (button) => tell("say", button.textContent),
    ".viva-disagree": () => begin("I disagree: "),
    ".viva-use": (button) => {
      tell("use", [button.dataset.url, button.dataset.model]);
      $("#viva-address :is(input, textarea)")?.focus();
    },
    ".viva-skip": () => (box() ?? $("#viva-main :is(input, textarea, button)"))?.focus(),
  };
  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(clicked)) {
      const found = event.target.closest?.(selector);
      if (!found) continue;
      event.preventDefault();
      act(found);
    }
    // Whoever asked with a button that is now gone goes on in the box.
    if (event.target.closest?.(".viva-again, .viva-move, .option, .example, .viva-new") && (event.detail === 0 || matchMedia("(hover: hover)").matches))
      setTimeout(() => box()?.focus(), 50);
  });
  document.addEventListener("keydown", (event) => {
    const source = event.key === "Escape" && event.target.closest?.(".viva-source[open]");
    if (source) backToChip(source);
  });
  document.addEventListener("mouseover", (event) => {
    const chip = event.target.closest?.("a.viva-cite");
    if (chip && !chip.title) chip.title = chip.textContent.trim();
  });

  // A new question moves to the top, with room below it for the answer to grow into.
  let turns = 0;
  const follow = (log) => {
    const rows = log.querySelectorAll(".user-row");
    const wrap = $(".message-wrap", log);
    if (!rows.length || !wrap) {
      turns = 0;
      return;
    }
    const last = rows[rows.length - 1];
    const used = wrap.getBoundingClientRect().bottom - parseFloat(getComputedStyle(wrap).paddingBottom) - last.getBoundingClientRect().top;
    const room = `${Math.max(24, log.clientHeight - used - 24)}px`;
    if (Math.abs(parseFloat(wrap.style.paddingBottom) - parseFloat(room)) > 1 || !wrap.style.paddingBottom) wrap.style.paddingBottom = room;
    if (rows.length !== turns) {
      const place = last.getBoundingClientRect();
      log.scrollTop += Math.max(place.top - 20, place.bottom - log.clientHeight * 0.4) - log.getBoundingClientRect().top;
    }
    turns = rows.length;
  };

  const announce = () => {
    const all = document.querySelectorAll(".viva-turn");
    const last = all[all.length - 1];
    if (!last) return;
    const waiting = $(".viva-wait", last);
    const notice = $(".viva-notice", last);
    const sources = last.querySelectorAll(".viva-source").length;
    if (last.classList.contains("is-busy")) say(waiting ? waiting.textContent : "The answer is being written");
    else if (notice) say(notice.textContent);
    else say(`The answer is complete${sources ? `, with ${sources} source${sources > 1 ? "s" : ""}` : ""}`);
  };

  // Names and roles that Gradio does not give, or gives wrongly.
  const mend = () => {
    paint();
    if ($("#viva-page")) set(document.documentElement, "data-viva", "");
    const log = $("#viva-chat [role=log]");
    if (!box() || !log) return;
    set(log, "aria-label", "Conversation");
    set(log, "aria-live", "off"); // every step of an answer would be read out; announce() says what is needed
    set(log, "tabindex", "0");
    for (const element of document.querySelectorAll("#viva-chat [data-testid][aria-label]")) element.removeAttribute("aria-label");
    for (const element of document.querySelectorAll("#viva-chat .placeholder-content[role], #viva-chat .examples[role=list]"))
      element.removeAttribute("role");
    for (const element of document.querySelectorAll("#viva-chat .example[aria-label]")) element.removeAttribute("aria-label");
    const options = $("#viva-chat .options");
    set(options, "role", "group");
    const turn = options && [...document.querySelectorAll(".viva-turn")].pop();
    if (turn) set(options, "aria-label", $(".viva-flag.is-refusal", turn) ? "Ask instead" : "Ask next");
    const moves = [...document.querySelectorAll("#viva-chat .viva-moves")].pop();
    set(moves, "role", "group");
    set(moves, "aria-label", "Go on");
    set($("#viva-question .submit-button"), "aria-label", "Send");
    set($("#viva-question .stop-button"), "aria-label", "Stop");
    set(box(), "aria-describedby", "viva-hint");
    set($("#viva-depth"), "role", "radiogroup");
    set($("#viva-depth"), "aria-label", "How deep to answer");
    for (const radio of document.querySelectorAll("#viva-depth input")) set(radio, "name", "viva-depth"); // one group, one tab stop
    set($("#viva-hint"), "role", "status");
    follow(log);
    announce();
    set(document.documentElement, "data-viva", "");
  };
  let due = false;
  const soon = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      mend();
      for (const also of window.viva.mended) also();
    });
  };
  // What a page remembers of what it shows must be right before anybody can act upon it: a frame later is too late, and a tab in
  // the background has no frames.
  const changed = () => {
    for (const learn of window.viva.drawn) learn();
    soon();
  };

  window.viva = { $, set, say, tell, take, asked, depth, recall, remember, box, begin, mended: [], drawn: [] };
  paint();
  system.addEventListener("change", paint);
  addEventListener("storage", paint);
  addEventListener("resize", soon);
  new MutationObserver(changed).observe(document, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["aria-label", "role", "class"],
  });
})();
