// The desk by keyboard. An element with data-key is pressed, or focused, when its key is struck and nobody is typing.
(() => {
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
  const rows = () => [...document.querySelectorAll("tr[data-href]")];

  function go(step) {
    const all = rows();
    if (!all.length) return false;
    const here = all.indexOf(document.activeElement.closest?.("tr[data-href]"));
    all[Math.min(Math.max(here + step, 0), all.length - 1)].focus();
    return true;
  }

  function press(element) {
    if (element.matches("input, textarea, select")) {
      element.closest("details")?.setAttribute("open", "");
      element.focus();
      element.select?.();
    } else {
      element.click();
    }
    return true;
  }

  const always = {
    j: () => go(1),
    k: () => go(-1),
    Enter: () => {
      const row = document.activeElement.closest?.("tr[data-href]");
      if (row === document.activeElement) location.assign(row.dataset.href);
      return row === document.activeElement;
    },
    "?": () => {
      document.querySelector("dialog[data-keys]")?.showModal();
      return true;
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    const done = named ? press(named) : always[event.key]?.();
    if (done) event.preventDefault();
  });

  // A click anywhere in a row of the queue opens its case.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a, button")) location.assign(row.dataset.href);
  });

  // Nobody looks at a page that is hidden, so its list is not asked for; and who is writing an answer does not lose it
  // to what happens elsewhere meanwhile.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const asks = event.detail.elt.id;
    const writes = asks === "live-head" && document.activeElement.matches("#live-body :is(input, select, textarea)");
    if (writes || (document.hidden && asks === "queue")) event.preventDefault();
  });

  // The list is drawn anew every few seconds; whoever stood on a row stands there still.
  let stoodOn = null;
  document.addEventListener("htmx:beforeSwap", () => {
    stoodOn = document.activeElement.closest?.("tr[data-row]")?.dataset.row ?? null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    // Without scrolling: somebody may be reading further down.
    if (stoodOn) document.querySelector(`tr[data-row="${stoodOn}"]`)?.focus({ preventScroll: true });
    document.querySelector("#desk [autofocus]")?.matches("#line") && !document.activeElement.closest("input, textarea")
      && document.querySelector("#line").focus();
  });

  // What other rooms say about a case is asked for again when something happened to it, and says so when it cannot be had.
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target.id !== "live-body") return;
    for (const panel of document.querySelectorAll(".case-panel")) htmx.trigger(panel, "refresh");
  });
  for (const failed of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(failed, (event) => {
      if (!event.target.matches(".case-panel")) return;
      const note = document.createElement("p");
      note.className = "hint";
      note.textContent = event.target.dataset.failed;
      event.target.replaceChildren(note);
    });
  }

  // What may be taken back for some seconds only.
  for (const form of document.querySelectorAll("[data-expires]")) {
    setTimeout(() => form.remove(), 1000 * Number(form.dataset.expires));
  }
})();
