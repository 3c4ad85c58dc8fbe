// The inbox of bad cases: the case whose row has the focus is open beside the list; a key acts on it, or on the marked.
"use strict";

(() => {
  const WIDE = window.matchMedia("(min-width: 64.01rem)");
  const form = () => document.getElementById("case-form");
  const rowOf = (pk) => document.getElementById(`case-${pk}`);
  const marks = () => [...document.querySelectorAll(".case-row [name=cases]")];
  const opener = (row) => row?.querySelector("[data-open]");
  const head = () => document.getElementById("case-head");
  let sending = Promise.resolve();
  let waiting = null;

  const currentRow = () => document.querySelector(".case-row.is-current");

  // Head and rest of the panel come a moment after their row was opened. A key for a button in them waits for them.
  const isShown = (pk) => ["case-head", "case-rest"].every((id) => document.getElementById(id)?.dataset.case === pk);
  const isStale = () => Boolean(form()) && !isShown(form().elements.current.value);
  const isOfPanel = (button) => button?.value !== "enter" && Boolean(button?.closest("#case-head, #case-rest"));

  const say = (words) => {
    const said = document.getElementById("case-said");
    said.textContent = words;
    said.classList.add("is-wrong");
  };

  const dropWaiting = () => {
    if (waiting && waiting.pk !== form().elements.current.value) {
      say(document.getElementById("case-sender").dataset.dropped.replace("0", waiting.pk));
      waiting = null;
    }
  };

  const pressWaiting = () => {
    if (!waiting || !isShown(waiting.pk)) return;
    const { key } = waiting;
    waiting = null;
    document.querySelector(`#case-head [data-key="${key}"], #case-rest [data-key="${key}"]`)?.click();
  };

  const show = (row) => {
    if (!row || row.classList.contains("is-current") || !WIDE.matches) return;
    currentRow()?.classList.remove("is-current");
    row.classList.add("is-current");
    if (form()) {
      form().elements.current.value = row.dataset.case;
      form().elements.note.value = row.dataset.note;
      dropWaiting();
    }
    const href = opener(row).href;
    window.history.replaceState(window.history.state, "", href);
    window.htmx.ajax("GET", href, { source: "#case-reader", target: "#case-rest", swap: "none" }).catch(() => {});  // given up for a later one
  };

  // What a form says is taken when the key is pressed: what is open later does not change it.
  const taken = (button) => {
    const said = new FormData(form(), button);
    said.delete("seen");
    return Object.fromEntries([...new Set(said.keys())].map((name) => [name, said.getAll(name)]));
  };

  // Editions are looked up when a request leaves: the one before it may have changed these very cases.
  const send = async (url, values) => {
    const cases = values.cases || values.current;
    const seen = cases.map((pk) => `${pk}:${rowOf(pk)?.dataset.edition || head()?.dataset.edition || ""}`);
    await window.htmx.ajax("POST", url, { source: "#case-sender", target: "#case-sender", swap: "none", values: { ...values, seen } });
    if (document.querySelector("#case-said.is-wrong")) return;
    if (values.cases) clearMarks();
    if (values.do[0] === "decline" || (values.do[0] === "enter" && values.why[0])) form().elements.why.value = "";
  };

  const tell = () => {
    const bar = document.getElementById("marked");
    if (!bar) return;
    const count = marks().filter((one) => one.checked).length;
    bar.hidden = count === 0;
    bar.querySelector("[data-count]").textContent = String(count);
  };

  const clearMarks = () => {
    marks().forEach((one) => { one.checked = false; });
    tell();
  };

  const leave = () => {
    (opener(currentRow()) || document.getElementById("main")).focus();
  };

  document.addEventListener("focusin", (event) => show(event.target.closest(".case-row")));
  document.addEventListener("change", (event) => { if (event.target.name === "cases") tell(); });

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".case-row [data-open]");
    if (link && WIDE.matches && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const row = link.closest(".case-row");
      if (event.detail === 0) sending.then(() => window.location.assign(row.dataset.page));  // Enter
      else show(row);
    }
    if (event.target.closest("[data-mark]") && currentRow()) {
      const mark = currentRow().querySelector("[name=cases]");
      mark.checked = !mark.checked;
      tell();
    }
    if (event.target.closest("[data-mark-all]")) {
      const all = marks();
      const checked = !all.every((one) => one.checked);
      all.forEach((one) => { one.checked = checked; });
      tell();
    }
    if (event.target.closest("[data-clear-marks]")) clearMarks();
  });

  // A draft leaves the page: once what was done before is done, which may have put another button in place of this one.
  // As a task of its own: while the event of a mouse is still on its way the browser ignores a further submit.
  const leaveFor = (event, button) => {
    if ("ready" in button.dataset) return;
    event.preventDefault();
    const pk = form().elements.current.value;
    sending.then(() => window.setTimeout(() => {
      const now = document.querySelector(`#case-head [data-key="${button.dataset.key}"]`);
      if (!now || form().elements.current.value !== pk) return;
      now.dataset.ready = "";
      form().requestSubmit(now);
    }, 0));
  };

  document.addEventListener("submit", (event) => {
    const from = event.target;
    if (from.id !== "case-form" || !("inPlace" in from.dataset)) return;
    if (isOfPanel(event.submitter) && isStale()) {  // a mouse was quicker than the panel
      event.preventDefault();
      return;
    }
    if (event.submitter?.hasAttribute("formaction")) {
      leaveFor(event, event.submitter);
      return;
    }
    event.preventDefault();
    const values = taken(event.submitter);
    sending = sending.then(() => send(from.action, values)).catch(() => {});
    if (from.contains(document.activeElement) || document.activeElement === document.body) leave();
  });

  // What a key of the panel means depends on the case that it shows: pressed too early, it waits.
  document.addEventListener("keydown", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && document.activeElement?.matches("a, body, main, button, [type=checkbox]");
    if (!["n", "M"].includes(event.key) || !isPlain || !isStale()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { key: event.key, pk: form().elements.current.value };
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !form() || document.querySelector("dialog[open]")) return;
    if (["INPUT", "TEXTAREA", "SELECT"].includes(document.activeElement?.tagName) && document.activeElement.type !== "checkbox") {
      event.preventDefault();  // or the browser empties the search
      leave();
    } else clearMarks();
  });

  // The trace is open at the step that decided, and the note is that of the case shown.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.classList.contains("case-row") && form()) {  // htmx restores the class that the row came with
      event.target.classList.toggle("is-current", event.target.dataset.case === form().elements.current.value);
    }
    pressWaiting();
    if (event.target.id === "case-trace") {
      const step = event.target.querySelector(".is-decisive");
      if (step) event.target.scrollTop = step.offsetTop - 8;
    }
  });
  // An answer may come when another case is open already: it changes the rows, and no head but its own.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const part = event.detail.fragment.firstElementChild;
    if (!part || !form()) return;
    const isOpen = part.dataset.case === form().elements.current.value;
    if (["case-head", "case-rest"].includes(part.id) && !isOpen) event.detail.shouldSwap = false;
    if (part.classList.contains("case-row")) part.classList.toggle("is-current", isOpen);
  });
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.target.id !== "case-head" || !form()) return;
    const note = form().elements.note;
    if (note !== document.activeElement) note.value = head().dataset.note;
  });

  const ready = () => {
    document.querySelectorAll("[data-mark], [data-mark-all]").forEach((one) => { one.hidden = false; });
    tell();
  };
  document.addEventListener("DOMContentLoaded", ready);
  document.addEventListener("htmx:afterSwap", (event) => { if (event.target.id === "inbox") ready(); });
})();
