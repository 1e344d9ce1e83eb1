// The chat page takes a question from its address, /?ask=. Where a link of Viva's own led here the question is sent, once; an address from
// anywhere else only puts it into the box, since no other site may ask in the learner's name.
(() => {
  "use strict";
  const { $, tell, box, begin, recall, remember, mended } = window.viva;
  const KEY = "viva-ask";
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="/?ask="]');
    if (link) remember(KEY, new URL(link.href).searchParams.get("ask"));
  });
  let open = true;
  mended.push(() => {
    const address = new URL(location.href);
    const question = address.searchParams.get("ask");
    if (!open || question === null || !$("#viva-chat") || !box() || !document.documentElement.hasAttribute("data-viva")) return;
    open = false;
    address.searchParams.delete("ask");
    history.replaceState(history.state, "", address);
    const ours = recall(KEY) === question;
    remember(KEY, "");
    if (ours && question.trim()) tell("say", question);
    else begin(question);
  });
})();
