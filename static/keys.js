// Keys: j/k walk the rows of [data-keys=rows], Enter opens one, / searches, ? lists the keys, g then a letter goes places.
"use strict";

(() => {
  const PENDING_MS = 1500;
  let goesUntil = 0;

  const isTyping = (event) => {
    const at = event.target;
    return event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey
      || at.isContentEditable || (["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName) && !["checkbox", "radio"].includes(at.type)) || document.querySelector("dialog[open]");
  };

  const rows = () => [...document.querySelectorAll("[data-keys=rows] > *")].filter((row) => !("detail" in row.dataset) && opener(row));
  const opener = (row) => row.querySelector("[data-open]") || row.querySelector("a[href]");

  const walk = (step) => {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
    opener(all[next]).focus();
    all[next].scrollIntoView({ block: "nearest" });
  };

  const showKeys = () => document.getElementById("keys")?.showModal();

  const go = (letter) => {
    goesUntil = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(letter)}"]`);
    if (link) window.location.assign(link.href);
  };

  const actions = {
    j: () => walk(1),
    k: () => walk(-1),
    "?": showKeys,
    "/": () => (document.querySelector("main [type=search]") || document.querySelector("[data-search]"))?.focus(),
    g: () => { goesUntil = Date.now() + PENDING_MS; },
  };

  // A form that a key opens takes a moment to come: what is pressed meanwhile is meant for it.
  let coming = null;
  const early = [];
  const opensForm = (event) => event.target.matches?.("a[data-key][hx-get]");
  document.addEventListener("htmx:beforeRequest", (event) => { if (opensForm(event)) coming = event.target; });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target === coming && !event.detail.successful) [coming, early.length] = [null, 0];
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!coming || event.detail.requestConfig?.elt !== coming) return;
    coming = null;
    early.splice(0).forEach(press);
  });

  const press = (key) => {
    const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const act = button ? () => { if (!("keepsFocus" in button.dataset)) button.focus(); button.click(); } : actions[key];
    act?.();
    return Boolean(act);
  };

  document.addEventListener("keydown", (event) => {
    if (isTyping(event)) return;
    if (coming) {
      event.preventDefault();
      early.push(event.key);
      return;
    }
    if (Date.now() < goesUntil) {
      event.preventDefault();
      go(event.key);
      return;
    }
    if (press(event.key)) event.preventDefault();
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-show-keys]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", showKeys);
    });
  });

  // A request that failed is said, not swallowed.
  const report = (event) => {
    const box = document.getElementById("notices");
    if (!box || box.querySelector("[data-failure]")) return;
    const notice = document.createElement("p");
    notice.className = "notice notice-error";
    notice.dataset.failure = "";
    notice.textContent = event.detail.xhr?.status === 401 ? box.dataset.signedOut : box.dataset.failed;
    box.append(notice);
  };
  document.addEventListener("htmx:sendError", report);
  document.addEventListener("htmx:responseError", report);
  document.addEventListener("htmx:afterOnLoad", () => document.querySelector("#notices [data-failure]")?.remove());
})();
