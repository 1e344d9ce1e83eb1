// Who is learning. Without accounts a name is chosen here and kept in a cookie, which goes with every request; with accounts the page
// leaves for the log-in as soon as the server says that nobody is logged in any more.
(() => {
  "use strict";
  const { $, remember } = window.viva;
  const CHANGED = "viva-learner";

  const choose = async (name, problem) => {
    const answer = await fetch("/learner", { method: "POST", body: new URLSearchParams({ name }) });
    if (!answer.ok) {
      problem.textContent = await answer.text();
      problem.hidden = false;
      return;
    }
    remember(CHANGED, String(Date.now())); // other tabs hear of it
    location.href = "/";
  };

  const open = (button) => {
    const asked = document.body.appendChild(document.createElement("dialog"));
    asked.className = "viva-dialog viva-names";
    asked.innerHTML =
      '<form method="dialog"><h2 id="viva-names-title">Who is learning?</h2>' +
      "<p>Each name has its own conversations. It is no protection: whoever uses this screen can choose any name.</p>" +
      '<ul></ul><label for="viva-new-name">Another name</label><input id="viva-new-name" maxlength="40" autocomplete="off" dir="auto">' +
      '<p class="viva-names-problem" role="alert" hidden></p>' +
      '<div><button type="button" class="viva-names-close">Cancel</button><button type="submit" class="viva-names-go">Learn as this</button></div></form>';
    asked.setAttribute("aria-labelledby", "viva-names-title");
    const problem = $(".viva-names-problem", asked);
    const now = button.dataset.name;
    for (const name of new Set(["", now, ...JSON.parse(button.dataset.known)])) {
      const choice = $("ul", asked).appendChild(document.createElement("li")).appendChild(document.createElement("button"));
      choice.type = "button";
      choice.dir = "auto";
      choice.textContent = name || "Without a name";
      if (name === now) choice.setAttribute("aria-current", "true");
      choice.addEventListener("click", () => (name === now ? asked.close() : choose(name, problem)));
    }
    $("form", asked).addEventListener("submit", (event) => {
      event.preventDefault();
      const name = $("input", asked).value.trim();
      if (name) choose(name, problem);
      else $("input", asked).focus();
    });
    $(".viva-names-close", asked).addEventListener("click", () => asked.close());
    asked.addEventListener("close", () => {
      asked.remove();
      $(".viva-as")?.focus();
    });
    asked.showModal();
    $("input", asked).focus();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".viva-as");
    if (button) open(button);
  });
  addEventListener("storage", (event) => {
    if (event.key === CHANGED) location.href = "/";
  });

  const fetched = window.fetch;
  window.fetch = async (...given) => {
    const answer = await fetched(...given);
    // Somebody else has logged in from another tab: this page is still the one before's.
    if (answer.status === 403 && String(given[0]?.url ?? given[0]).includes("/gradio_api/queue/")) location.reload();
    if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    return answer;
  };
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // it may be another learner's by now
  });
})();
