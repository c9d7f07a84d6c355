// The few things that need a script; every page works without them.
(() => {
  const root = document.documentElement;

  // Theme: the machine's own until somebody chooses.
  const button = document.querySelector("[data-theme-toggle]");
  const show = () => button?.setAttribute("aria-pressed", String(root.dataset.bsTheme === "dark"));
  button?.addEventListener("click", () => {
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.bsTheme);
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    if (localStorage.getItem("theme")) return;
    root.dataset.bsTheme = event.matches ? "dark" : "light";
    show();
  });
  show();

  // "/" goes to the search box, unless somebody is typing.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const search = document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  // A form is sent once, however often its button is pressed; the wait is shown on the button.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const busy of document.querySelectorAll("button[aria-busy]")) busy.removeAttribute("aria-busy");
  });

  // Copy a value shown once, such as a temporary password.
  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    if (!copy) return;
    await navigator.clipboard.writeText(document.querySelector(copy.dataset.copy).textContent.trim());
    copy.textContent = copy.dataset.copied;
  });
})();
