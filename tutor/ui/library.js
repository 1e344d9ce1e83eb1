// The library's page in the browser: it sends files one after the other and tells the server what the learner does.
(() => {
  "use strict";
  const { $, set, say, tell, mended } = window.viva;
  const LOOK_MS = 1000, LIMIT = 50_000_000;
  const page = () => $("#viva-library");
  const busy = () => Boolean($('#viva-work [data-work="busy"]'));

  // One wish at a time; of looks, one is enough.
  const queue = [];
  let now = null;
  let looking = 0;
  let focus = "";
  // The shared documents that are open: their questions come when they are opened, and what is drawn anew must not shut them.
  const unfolded = new Set();
  let opened = "";
  const go = () => {
    if (now || !queue.length) return;
    now = queue.shift();
    const seen = ["waiting-files", "documents", "shared"].map((part) => $(`#viva-${part} [data-digest]`)?.dataset.digest).filter(Boolean);
    tell("shelve", JSON.stringify({ ...now, seen, unfolded: [...unfolded] }));
  };
  const send = (wish) => {
    if (wish.do === "look" && [now, ...queue].some((other) => other?.do === "look")) return;
    queue.push(wish);
    go();
  };
  const done = (ok) => {
    const was = now;
    now = null;
    if (!ok && was?.do !== "look") refuse("Viva cannot be reached. Try again in a moment, or reload the page.");
    if (ok && was?.do === "points") say("The points are saved.");
    if (ok && ["open", "seek", "points"].includes(was?.do)) focus = was.do === "seek" ? ".viva-found" : ".viva-item";
    watch();
    go();
  };
  // While the index changes, the page is drawn anew now and then.
  const watch = () => {
    if (looking || !busy()) return;
    looking = setTimeout(() => {
      looking = 0;
      send({ do: "look" });
    }, LOOK_MS);
  };

  // Files.
  const refuse = (text) => {
    const list = $(".viva-refused");
    if (list) list.appendChild(document.createElement("li")).textContent = text;
  };
  const sending = (text, share) => {
    const place = $(".viva-sending");
    if (!place) return;
    place.hidden = !text;
    $("progress", place).value = share;
    $("p", place).textContent = text;
  };
  const upload = (file, replaces, told) => new Promise((resolve) => {
    if (file.size > LIMIT) return resolve(`${file.name} is larger than 50 MB. Split it into smaller files.`);
    const request = new XMLHttpRequest();
    request.open("POST", `/library/files?${new URLSearchParams({ name: file.name, replaces })}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => told(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => {
      try { resolve(JSON.parse(request.responseText).problem); } catch { resolve(`${file.name}: ${request.responseText || "not taken"}`); }
    };
    request.onerror = () => resolve(`${file.name} could not be sent. Try again in a moment.`);
    request.send(file);
  });
  const sendAll = async (files, replaces = "") => {
    const list = $(".viva-refused");
    if (list) list.replaceChildren();
    if (files.length > 1000) return refuse("That is more than 1,000 documents. Choose fewer.");
    let taken = 0;
    for (const [number, file] of files.entries()) {
      const name = files.length > 1 ? `${file.name} (${number + 1} of ${files.length})` : file.name;
      const problem = await upload(file, replaces, (share) =>
        sending(share < 1 ? `Sending ${name}` : `Reading ${name}`, (number + share) / files.length));
      if (problem) refuse(problem);
      else taken += 1;
    }
    sending("", 0);
    if (taken) say(`${taken} ${taken === 1 ? "document" : "documents"} found. Add them, or leave them out.`);
    send({ do: "look" });
  };

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches?.('#viva-library input[type="file"]')) return;
    const files = [...input.files];
    input.value = "";
    if (files.length) sendAll(files, input.dataset.replaces ?? "");
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"])
    document.addEventListener(kind, (event) => {
      if (!page() || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.stopPropagation();
      $(".viva-drop-here")?.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop") sendAll([...event.dataTransfer.files]);
    }, true);

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#viva-library [data-do]");
    if (!button) return;
    const { do: what, ids, id, item, text, name } = button.dataset;
    if (what === "remove" && !confirm(`Remove ${name}? Its questions leave the tutor, too.`)) return;
    if (what === "seek") $(".viva-seek input").value = text;
    if (what === "restore") return send({ do: "points", item: button.closest(".viva-item").dataset.item, text: "" });
    send({ do: what, ids: ids ? ids.split(" ") : [], id, item, text });
  });
  document.addEventListener("toggle", (event) => {
    const part = event.target;
    if (!part.matches?.("#viva-shared [data-file]") || !part.isConnected) return;
    const { file } = part.dataset;
    if (!part.open) return unfolded.delete(file);
    unfolded.add(file);
    if ($(".viva-questions", part)) return;
    opened = file;
    send({ do: "unfold" });
  }, true);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches?.(".viva-seek, .viva-points")) return;
    event.preventDefault();
    if (form.matches(".viva-seek")) send({ do: "seek", text: form.elements.text.value });
    else send({ do: "points", item: form.closest(".viva-item").dataset.item, text: form.elements.points.value });
  });

  mended.push(() => {
    watch();
    const target = focus && $(`#viva-hits ${focus}`);
    if (target) {
      focus = "";
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: "nearest" });
    }
    const part = opened && [...document.querySelectorAll("#viva-shared [data-file]")].find((one) => one.dataset.file === opened);
    if (part && $(".viva-questions", part)) {
      opened = "";
      if (document.activeElement === document.body) $("summary", part).focus({ preventScroll: true });
    }
    // "Practise" leads to the interview's page with the topics in the address.
    const address = new URL(location.href);
    const topics = address.searchParams.getAll("topic");
    const boxes = [...document.querySelectorAll('#viva-interview input[name="topics"]')];
    if (!topics.length || !boxes.length) return;
    address.searchParams.delete("topic");
    history.replaceState(history.state, "", address);
    for (const box of boxes) box.checked = topics.includes(box.value);
    boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
  });
  window.viva.library = { done };
  set(document.documentElement, "data-viva-library", "");
})();
