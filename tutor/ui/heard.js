// What is said becomes a draft in the box: recorded or uploaded, sent to the server, waited for, put behind what was typed, and marked
// where a misheard term was put right. It is never sent as a question or an answer from here: that is for whoever has read it.
(() => {
  "use strict";
  const { $, set, say, box, interview, record, mended } = window.viva;
  const EVERY_MS = 400, QUIET = 0.02, QUIET_S = 4, LIMIT = 50e6;
  const UNREACHED = "Viva cannot be reached, so nobody listened. Try again in a moment, or type.";
  const LARGE = "This file is larger than 50 MB. Choose a shorter recording, or type.";
  const CHECK = "Check it before you send it";
  const PATIENT = "Take your time: a pause ends nothing.";
  const SILENT = "Nothing is to be heard. Is this the right microphone, and is it on?";
  const strip = () => $(".viva-speech");
  const part = (name) => $(`.viva-${name}`, strip());
  const inChat = () => Boolean($("#viva-chat"));
  const field = () => (inChat() ? box() : $("#viva-answer"));
  const place = () => (inChat() ? { interview: "", prompt: "" } : interview.current());
  const same = (one, other) => one && other && one.prompt === other.prompt;
  const store = (key, value) => {
    try {
      if (value) sessionStorage.setItem(key, JSON.stringify(value));
      else sessionStorage.removeItem(key);
    } catch { /* a browser that keeps nothing */ }
  };
  const stored = (key) => {
    try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
  };
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  const show = (name, text = "") => {
    for (const one of ["recording", "transcribing", "heard", "refused"]) part(one).hidden = one !== name;
    strip().hidden = !name;
    if (name === "refused") write(part("refused"), text);
    set(document.documentElement, "data-speech", name ?? "");
  };
  const refuse = (text) => show("refused", text);

  // Recording.
  let running = null;
  let opening = false;
  let about = null;
  let note = "";
  let quietSince = 0;
  const levels = [];
  const told = ({ level, seconds }) => {
    if (!running || part("recording").hidden) return;
    write($("b", part("time")), clock(seconds));
    const bars = part("level").children;
    levels.push(level);
    if (levels.length > bars.length) levels.shift();
    for (let n = 0; n < bars.length; n++)
      bars[n].style.transform = `scaleY(${Math.max(0.06, Math.sqrt(levels[n - bars.length + levels.length] ?? 0))})`;
    if (level > QUIET) quietSince = seconds;
    write(part("quietly"), levels.every((one) => one <= QUIET) && seconds - quietSince > QUIET_S && quietSince === 0 ? SILENT : PATIENT);
  };
  const begin = async () => {
    if (running || opening || !place()) return;
    opening = true;
    window.viva.hush?.();
    about = place();
    try {
      const opened = await record(told, (why) => { note = why; done(); });
      running = opened;
    } catch (error) {
      refuse(error.message);
      return;
    } finally {
      opening = false;
    }
    levels.length = 0;
    note = "";
    quietSince = 0;
    $("input", part("keep")).checked = false;
    forget();
    show("recording");
    say("Recording");
    $("[data-speech=done]", strip()).focus({ preventScroll: true });
  };
  const done = () => {
    if (!running) return;
    const { file } = running.stop();
    running = null;
    upload(file, about, $("input", part("keep")).checked);
  };
  const discard = () => {
    running?.drop();
    running = null;
    show(null);
    say("The recording was discarded");
    field().focus();
  };
  const picked = (input) => {
    const [file] = input.files;
    input.value = "";
    if (!file || running || !place()) return;
    if (file.size > LIMIT) refuse(LARGE);
    else upload(file, place(), false);
  };

  // Listening. What is waited for outlives a reload.
  let waiting = null;
  const problem = async (answer) => {
    try { return (await answer.json()).problem ?? UNREACHED; } catch { return answer.status === 413 ? LARGE : UNREACHED; }
  };
  const upload = async (file, where, keep) => {
    const mine = (waiting = { ...where, text: undefined });
    forget();
    show("transcribing");
    write($("p", part("transcribing")), "Sending the recording");
    const query = new URLSearchParams({ interview: where.interview, prompt: where.prompt, keep });
    let answer;
    try {
      answer = await fetch(`/speech?${query}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
    } catch { /* told below */ }
    if (waiting !== mine) {
      if (answer?.ok) fetch(`/speech/${(await answer.json()).id}`, { method: "DELETE" });
      return;
    }
    if (!answer?.ok) return fail(answer ? await problem(answer) : UNREACHED);
    mine.id = (await answer.json()).id;
    store("viva-hearing", mine);
    wait(mine);
  };
  const fail = (text) => {
    waiting = null;
    store("viva-hearing", null);
    refuse([note, text].filter(Boolean).join(" "));
    note = "";
  };
  const wait = async (mine) => {
    let misses = 0;
    while (waiting === mine) {
      let answer;
      try {
        answer = await fetch(`/speech/${mine.id}`);
      } catch { /* told below */ }
      if (waiting !== mine) return;
      if (answer && !answer.ok) return fail(await problem(answer));
      if (!answer && ++misses > 20) return fail(UNREACHED);
      const found = answer && (await answer.json());
      if (found && "text" in found) return heard(mine, found);
      if (found) write($("p", part("transcribing")), found.place ? `Waiting: number ${found.place} in line` : "Listening to what you said");
      await new Promise((go) => setTimeout(go, EVERY_MS));
    }
  };
  const withdraw = () => {
    const { id } = waiting ?? {};
    waiting = null;
    store("viva-hearing", null);
    if (id) fetch(`/speech/${id}`, { method: "DELETE" });
    show(null);
    field().focus();
  };
  const heard = (mine, found) => {
    waiting = null;
    store("viva-hearing", null);
    const said = [note, found.notice, `${found.engine}.`, `${CHECK}${found.draft ? ": terms are often misheard." : "."}`].filter(Boolean).join(" ");
    note = "";
    if (!inChat() && !same(mine, place())) {
      refuse(`The interview has gone on. What you said before, to copy if you want it: ${found.text}`);
      return;
    }
    const target = field();
    if (!target.value.endsWith(found.text)) put(found.text); // a page that was reloaded has it from the server
    const start = target.value.length - found.text.length;
    marks = found.repairs.map((one) => ({ ...one, start: start + one.start, end: start + one.end }));
    seen = target.value;
    about = mine;
    sentence = said;
    draw();
    say(`${said} ${marks.length ? `${marks.length} put right by sound.` : ""}`);
  };
  const put = (text) => {
    if (!inChat()) return interview.put(text);
    const target = box();
    target.value = [target.value.trimEnd(), text].filter(Boolean).join(" ");
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.focus();
  };

  // The terms that were put right. They move with the text as it is edited; one that is edited itself is nobody's but the learner's.
  let marks = [];
  let seen = "";
  let sentence = "";
  const draw = () => {
    show("heard");
    write(part("by-ear"), sentence);
    const list = part("repairs");
    list.hidden = !marks.length;
    list.replaceChildren(...marks.map((mark, n) => {
      const row = document.createElement("li");
      row.innerHTML = '<button type="button" data-speech="find"><mark></mark> <span></span></button><button type="button" data-speech="undo">Undo</button>';
      $("mark", row).textContent = mark.term;
      $("span", row).textContent = `heard “${mark.heard}”`;
      $("[data-speech=undo]", row).setAttribute("aria-label", `Undo: put “${mark.heard}” back for ${mark.term}`);
      for (const button of row.children) button.dataset.n = n;
      return row;
    }));
    store("viva-heard", { prompt: about?.prompt ?? "", seen, marks, told: sentence });
  };
  const forget = () => {
    marks = [];
    sentence = "";
    store("viva-heard", null);
  };
  const moved = (now) => {
    let head = 0, tail = 0;
    const least = Math.min(now.length, seen.length);
    while (head < least && now[head] === seen[head]) head++;
    while (tail < least - head && now[now.length - 1 - tail] === seen[seen.length - 1 - tail]) tail++;
    const end = seen.length - tail, by = now.length - seen.length;
    const kept = marks.flatMap((mark) => {
      if (mark.end <= head) return [mark];
      if (mark.start >= end) return [{ ...mark, start: mark.start + by, end: mark.end + by }];
      return [];
    });
    seen = now;
    return kept;
  };
  const edited = () => {
    if (!sentence || field().value === seen) return;
    marks = moved(field().value);
    if (!seen.trim()) forget();
    if (part("heard").hidden) return;
    if (seen.trim()) draw();
    else show(null);
  };
  const find = ({ start, end }) => {
    const target = field();
    target.focus();
    target.setSelectionRange(start, end);
  };
  const undo = (mark) => {
    const target = field();
    target.value = target.value.slice(0, mark.start) + mark.heard + target.value.slice(mark.end);
    target.dispatchEvent(new Event("input", { bubbles: true }));
    find({ start: mark.start, end: mark.start + mark.heard.length });
    say(`Put back: ${mark.heard}`);
  };

  const DO = {
    record: begin,
    pick: () => $(".viva-picked").click(),
    done,
    discard,
    withdraw,
    find: (button) => find(marks[Number(button.dataset.n)]),
    undo: (button) => undo(marks[Number(button.dataset.n)]),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-speech]:not(html)");
    if (button) DO[button.dataset.speech](button);
  });
  document.addEventListener("change", (event) => { if (event.target.matches?.(".viva-picked")) picked(event.target); });
  document.addEventListener("input", (event) => { if (event.target === field()) edited(); });
  // Whoever sends while the microphone is on wants what was said to be in it.
  const early = (event) => {
    if (!running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    done();
  };
  addEventListener("submit", (event) => { if (event.target.matches(".viva-box")) early(event); }, true);
  addEventListener("keydown", (event) => {
    const sends = event.key === "Enter" && !event.shiftKey && (inChat() || event.ctrlKey || event.metaKey);
    if (event.target === field() && sends) early(event);
    if (event.key === "Escape" && running && strip().contains(event.target)) discard();
  }, true);
  addEventListener("click", (event) => { if (event.target.closest?.("#viva-question .submit-button")) early(event); }, true);

  // The page may have gone on, or have been reloaded.
  let arrived = "";
  mended.push(() => {
    if (!strip()) return;
    const now = place();
    if (running && !inChat() && !same(about, now)) done();
    if (running && $('#viva-stage [data-phase="paused"]')) done();
    const key = inChat() ? "chat" : now?.prompt ?? "";
    if (!field()) return;
    if (key === arrived) return edited(); // what was sent has left the box, and nobody typed that
    arrived = key;
    if (!inChat() && !same(about, now)) {
      forget();
      if (!running && !waiting) show(null);
    }
    const old = stored("viva-hearing");
    if (!waiting && !running && old?.id && (inChat() ? !old.prompt : same(old, now))) {
      waiting = old;
      show("transcribing");
      wait(old);
      return;
    }
    const before = stored("viva-heard");
    if (!waiting && !running && before && !inChat() && before.prompt === key && before.seen === field().value) {
      ({ marks, seen, told: sentence } = before);
      about = now;
      draw();
    }
  });
  window.viva.recording = () => Boolean(running);
})();
