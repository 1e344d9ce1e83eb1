// The interviewer's voice: a question is read aloud by a voice of this device, else by whoever the server has, else by nobody, and the page
// says so. The text is there in any case. A click switches it off and on, and that is remembered.
(() => {
  "use strict";
  const { $, set, recall, remember, interview, mended } = window.viva;
  const KEY = "viva-aloud", START_MS = 6000;
  const SILENT = "Questions cannot be read aloud here: this browser has no voice, and Viva has no other.";
  const BLOCKED = "Your browser plays nothing until you have clicked. Press the loudspeaker to hear the question.";
  const spoken = () => $("#viva-stage [data-spoken]")?.dataset.spoken === "true";
  const wanted = () => (recall(KEY) ?? (spoken() ? "on" : "off")) === "on";
  let turn = 0;
  let player = null;
  const tell = (text) => {
    const line = $(".viva-unheard");
    if (!line) return;
    line.textContent = text;
    line.hidden = !text;
  };
  const hush = () => {
    turn++;
    window.speechSynthesis?.cancel();
    player?.pause();
    player = null;
    document.documentElement.classList.remove("is-speaking");
  };

  // Voices that are not of this device send the text to somebody else: they are not used.
  const ours = () => {
    const voices = speechSynthesis.getVoices();
    const local = voices.filter((voice) => voice.localService && voice.lang.toLowerCase().startsWith("en"));
    return voices.length && !local.length ? null : local.find((voice) => voice.default) ?? local[0];
  };
  const bySynthesis = (text) => new Promise((settle) => {
    const voice = window.speechSynthesis && ours();
    if (!window.speechSynthesis || voice === null) return settle(false);
    const said = new SpeechSynthesisUtterance(text);
    said.lang = voice?.lang ?? "en-US";
    if (voice) said.voice = voice;
    said.onstart = () => settle(true);
    said.onend = () => document.documentElement.classList.remove("is-speaking");
    said.onerror = (event) => settle(event.error === "canceled" || event.error === "interrupted");
    setTimeout(() => settle(false), START_MS);
    speechSynthesis.speak(said);
  });
  const bySound = async (where, mine) => {
    let answer;
    try {
      answer = await fetch(`/voice?${new URLSearchParams({ interview: where.interview, prompt: where.prompt })}`);
    } catch {
      return SILENT;
    }
    if (mine !== turn) return "";
    if (answer.status === 204) return SILENT;
    if (!answer.ok) return (await answer.json().catch(() => null))?.problem ?? SILENT;
    const address = URL.createObjectURL(await answer.blob());
    if (mine !== turn) return "";
    player = new Audio(address);
    player.onended = () => {
      URL.revokeObjectURL(address);
      document.documentElement.classList.remove("is-speaking");
    };
    try {
      await player.play();
    } catch (error) {
      return mine !== turn || error.name === "AbortError" ? "" : error.name === "NotAllowedError" ? BLOCKED : SILENT;
    }
    return "";
  };
  const read = async (text) => {
    hush();
    const mine = turn;
    const where = interview.current();
    if (!text || !where || window.viva.recording?.()) return;
    tell("");
    document.documentElement.classList.add("is-speaking");
    if ((await bySynthesis(text)) || mine !== turn) return;
    window.speechSynthesis?.cancel();
    const problem = await bySound(where, mine);
    if (mine !== turn) return;
    tell(problem);
    if (problem) document.documentElement.classList.remove("is-speaking");
  };
  document.addEventListener("viva:asked", (event) => { if (wanted()) read(event.detail.text); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".viva-aloud")) return;
    const blocked = wanted() && !$(".viva-unheard")?.hidden && $(".viva-unheard").textContent === BLOCKED;
    if (!blocked) remember(KEY, wanted() ? "off" : "on");
    paint();
    if (wanted()) read($("#viva-asked")?.textContent ?? "");
    else {
      hush();
      tell("");
    }
  });
  const paint = () => set($(".viva-aloud"), "aria-pressed", String(wanted()));
  let before = false;
  mended.push(() => {
    paint();
    const running = Boolean($('#viva-stage [data-phase="running"]'));
    if (before && !running) {
      hush();
      tell("");
    }
    before = running;
  });
  addEventListener("pagehide", hush);
  window.viva.hush = hush;
})();
