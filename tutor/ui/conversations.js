// The side of the page: it folds away or is a drawer, and its list of conversations can be opened, searched, renamed, downloaded
// and deleted without leaving the page. What is wished is told to the server in one JSON object; the list comes back as HTML.
(() => {
  "use strict";
  const { $, set, say, tell, recall, remember, box, mended } = window.viva;
  const root = document.documentElement;
  const narrow = matchMedia("(max-width: 60rem)");
  const go = (wish) => tell("go", JSON.stringify(wish));
  const inChat = () => Boolean($("#viva-chat"));

  // Open or folded on a wide screen, which is remembered; a drawer on a narrow one, which is not.
  let drawer = false;
  const lay = () => {
    const open = narrow.matches ? drawer : recall("viva-side") !== "folded";
    set(root, "data-side", open ? "open" : "folded");
    set($(".viva-toggle"), "aria-expanded", String(open));
    const side = $("#viva-side");
    if (side && side.inert === open) side.inert = !open;
    const main = $("#viva-main");
    const covered = open && narrow.matches;
    if (main && main.inert !== covered) main.inert = covered;
    if (!side) return;
    if (covered) set(side, "role", "dialog");
    else side.removeAttribute("role");
    set(side, "aria-label", "Conversations and pages");
  };
  const toggle = () => {
    if (narrow.matches) drawer = !drawer;
    else remember("viva-side", recall("viva-side") === "folded" ? "open" : "folded");
    lay();
    if (narrow.matches && drawer) $("#viva-side .viva-new")?.focus();
  };
  const closeDrawer = () => {
    if (!drawer) return;
    drawer = false;
    lay();
    $(".viva-toggle")?.focus();
  };

  const open = (id) => {
    drawer = false;
    lay();
    if (inChat()) go({ do: "open", id });
    else location.href = id ? `/?chat=${encodeURIComponent(id)}` : "/";
  };
  const idOf = (row) => new URL($("a", row).href).searchParams.get("chat");
  const titleOf = (row) => $(".viva-title", row).textContent;

  // The conversation on the screen is in the page's address. What the address says at first is only read.
  let shown = null;
  const keepAddress = () => {
    const id = $("#viva-chats")?.dataset.chat;
    if (!inChat() || id === undefined) return;
    if (id === shown) return;
    shown = id;
    root.removeAttribute("data-opening");
    const address = new URL(location.href);
    if (id) address.searchParams.set("chat", id);
    else address.searchParams.delete("chat");
    if (address.href !== location.href) history.replaceState(history.state, "", address);
    remember("viva-chat", id);
  };
  if (new URLSearchParams(location.search).get("chat")) {
    set(root, "data-opening", "");
    setTimeout(() => root.removeAttribute("data-opening"), 8000);
  }
  const leadBack = () => {
    const link = $("#viva-pages nav a[href^='/?chat='], #viva-pages nav a[href='/']");
    const id = inChat() ? shown : recall("viva-chat");
    if (link) set(link, "href", id ? `/?chat=${encodeURIComponent(id)}` : "/");
  };

  // A title is changed where it stands. The list may be drawn anew meanwhile; the field is then put back.
  let editing = null;
  const rowOf = (id) => [...document.querySelectorAll("#viva-chats li")].find((row) => idOf(row) === id);
  const edit = () => {
    const row = editing && rowOf(editing.id);
    if (!row || $(".viva-rename", row)) return;
    const field = document.createElement("input");
    field.className = "viva-rename";
    field.value = editing.text;
    field.maxLength = 120;
    field.setAttribute("aria-label", "New title");
    row.append(field);
    row.classList.add("is-edited");
    field.focus();
    field.select();
    field.addEventListener("input", () => { editing.text = field.value; });
    field.addEventListener("blur", () => { if (field.isConnected) endEdit(true); });
  };
  const endEdit = (keep) => {
    if (!editing) return;
    const { id, text, before } = editing;
    editing = null;
    const row = rowOf(id);
    if (row) {
      row.classList.remove("is-edited");
      $(".viva-rename", row)?.remove();
      $(".viva-dots", row).focus();
    }
    if (!keep || !text.trim() || text.trim() === before) return;
    if (row) $(".viva-title", row).textContent = text.trim();
    go({ do: "rename", id, text: text.trim() });
    say("Renamed");
  };

  const dialog = (row) => {
    const asked = document.body.appendChild(document.createElement("dialog"));
    asked.className = "viva-dialog";
    asked.innerHTML = '<form method="dialog"><h2></h2><p>It is deleted for good.</p><div><button value="no">Keep it</button><button value="yes" class="is-bad">Delete</button></div></form>';
    $("h2", asked).textContent = `Delete “${titleOf(row)}”?`;
    asked.setAttribute("aria-label", $("h2", asked).textContent);
    const id = idOf(row);
    asked.addEventListener("close", () => {
      if (asked.returnValue === "yes") {
        go({ do: "delete", id });
        say("Deleted");
        if (!narrow.matches) box()?.focus();
      } else {
        $(".viva-dots", rowOf(id) ?? document)?.focus();
      }
      asked.remove();
    });
    asked.showModal();
  };

  // One menu for all rows.
  const CHOICES = {
    Rename: (row) => {
      editing = { id: idOf(row), text: titleOf(row), before: titleOf(row) };
      edit();
    },
    "Download as Markdown": (row) => {
      const link = document.body.appendChild(document.createElement("a"));
      link.href = `/conversations/${encodeURIComponent(idOf(row))}.md`;
      link.download = "";
      link.click();
      link.remove();
      $(".viva-dots", row).focus();
    },
    Delete: dialog,
  };
  let menu = null;
  const closeMenu = (focus) => {
    if (!menu) return;
    const { element, dots } = menu;
    menu = null;
    element.remove();
    dots.removeAttribute("aria-expanded");
    if (focus) dots.focus();
  };
  const openMenu = (dots) => {
    if (menu?.dots === dots) return closeMenu(true);
    closeMenu(false);
    const row = dots.closest("li");
    const element = document.body.appendChild(document.createElement("div"));
    element.className = "viva-menu";
    element.setAttribute("role", "menu");
    element.setAttribute("aria-label", dots.getAttribute("aria-label"));
    for (const [name, act] of Object.entries(CHOICES)) {
      const item = element.appendChild(document.createElement("button"));
      item.type = "button";
      item.tabIndex = -1;
      item.setAttribute("role", "menuitem");
      item.textContent = name;
      item.addEventListener("click", () => {
        closeMenu(false);
        act(row.isConnected ? row : rowOf(idOf(row)) ?? row);
      });
    }
    const place = dots.getBoundingClientRect();
    const below = place.bottom + element.offsetHeight < innerHeight;
    element.style.top = `${below ? place.bottom + 4 : place.top - element.offsetHeight - 4}px`;
    element.style.left = `${Math.max(8, Math.min(place.right - element.offsetWidth, innerWidth - element.offsetWidth - 8))}px`;
    dots.setAttribute("aria-expanded", "true");
    menu = { element, dots };
    element.firstChild.focus();
  };
  const moveInMenu = (event) => {
    const items = [...menu.element.children];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  };

  // Search, when nothing was typed for a moment.
  let typing = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.(".viva-find input")) return;
    clearTimeout(typing);
    typing = setTimeout(() => {
      if (inChat()) go({ do: "search", text: event.target.value });
    }, 150);
  });

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    if (menu && !at(".viva-menu, .viva-dots")) closeMenu(false);
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (at(".viva-toggle")) toggle();
    else if (at(".viva-new")) open("");
    else if (at(".viva-dots")) openMenu(at(".viva-dots"));
    else if (at(".viva-rest")) go({ do: "more" });
    else if (at("a.viva-chat") && plain) {
      event.preventDefault();
      open(idOf(at("li")));
    } else if (drawer && at("#viva-body") && !at("#viva-side")) closeDrawer();
  });
  document.addEventListener("keydown", (event) => {
    if (menu && event.key === "Escape") closeMenu(true);
    else if (menu && event.key === "Tab") closeMenu(false);
    else if (menu) moveInMenu(event);
    else if (editing && event.target.matches?.(".viva-rename") && ["Enter", "Escape"].includes(event.key)) {
      event.preventDefault();
      endEdit(event.key === "Enter");
    } else if (drawer && event.key === "Escape" && !$("dialog[open]")) closeDrawer();
  });

  const nameTab = () => {
    const part = inChat() ? $("#viva-chats a[aria-current] .viva-title") : $(".viva-page-title");
    const title = part ? `${part.textContent} · Viva` : "Viva";
    if (document.title !== title && (part || !$(".viva-find input")?.value)) document.title = title;
  };

  mended.push(() => {
    lay();
    nameTab();
    keepAddress();
    leadBack();
    edit();
  });
  narrow.addEventListener("change", () => {
    drawer = false;
    lay();
  });
  addEventListener("storage", lay);
  lay();
})();
