// The rule editor: focus stays with the work when rows come and go, and leaving waits for the last save.
"use strict";

(() => {
  let unsaved = false;
  let leaving = false;

  document.addEventListener("input", (event) => {
    if (event.target.closest("#rule-form")) unsaved = true;
  });
  document.addEventListener("submit", () => { leaving = true; });
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.elt.closest("#rule-form")) unsaved = false;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#conflict a")) leaving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (unsaved || document.querySelector("#save-state .errors"))) event.preventDefault();
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const button = event.detail.requestConfig?.elt;
    if (!button || !["add", "remove"].includes(button.name)) return;
    const section = document.getElementById(button.name === "add" ? button.value : button.value.split("-")[0]);
    const rows = section ? section.querySelectorAll(".rows > *") : [];
    const row = rows[rows.length - 1];
    const target = button.name === "add" && row ? row.querySelector("input, select") : section?.querySelector("[name=add]");
    target?.focus();
  });
})();
