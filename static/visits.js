// Visits: a card is dragged onto somebody's day; the telephone says where it is and when. Everything works without it:
// the Plan button of a card, and a line that says why there is no position.
(() => {
  // The board. Dropping only opens the plan, with day and person filled in; what conflicts is named there.
  let dragged = null;
  const place = (event) => event.target.closest?.("[data-drop]");

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-visit]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.visit);
    dragged.classList.add("is-dragged");
  });
  document.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    document.querySelector(".is-over")?.classList.remove("is-over");
  });
  document.addEventListener("dragover", (event) => {
    const cell = dragged && place(event);
    document.querySelector(".is-over")?.classList.remove("is-over");
    if (!cell) return;
    event.preventDefault();
    cell.classList.add("is-over");
  });
  document.addEventListener("drop", (event) => {
    const cell = dragged && place(event);
    if (!cell) return;
    event.preventDefault();
    const asked = new URLSearchParams({ on: cell.dataset.on, lead: cell.dataset.lead });
    htmx.ajax("GET", `${dragged.dataset.visit}?${asked}`, { target: "#plan", swap: "innerHTML show:#plan:top" });
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "plan") document.querySelector("#plan select, #plan input:not([type=hidden])")?.focus();
  });

  const field = (form, name) => form.querySelector(`[name="${name}"]`);
  const now = () => new Date().toISOString();

  // Arriving: the form goes off once the telephone has said where it is, or why it does not.
  const fill = (form, position) => {
    field(form, "latitude").value = position.coords.latitude.toFixed(6);
    field(form, "longitude").value = position.coords.longitude.toFixed(6);
    field(form, "accuracy_m").value = position.coords.accuracy.toFixed(1);
  };
  const explain = (form, why) => {
    const line = field(form, "explanation");
    if (!line.value.trim()) line.value = why;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-arrive]");
    if (!form || form.dataset.located) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.locating) return;
    form.dataset.locating = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    const go = () => {
      field(form, "device_at").value = now();
      form.dataset.located = "1";
      form.requestSubmit();
    };
    if (!navigator.geolocation) {
      explain(form, form.dataset.none);
      go();
      return;
    }
    navigator.geolocation.getCurrentPosition(
      (position) => { fill(form, position); go(); },
      (error) => {
        explain(form, error.code === error.PERMISSION_DENIED ? form.dataset.denied : form.dataset.unknown);
        go();
      },
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
    );
  }, true);

  // A photo says when it was taken: a file that was made just now was taken now.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-photo-form]");
    const file = event.target.files?.[0];
    if (!form || !file) return;
    field(form, "device_at").value = new Date(file.lastModified || Date.now()).toISOString();
  });
})();
