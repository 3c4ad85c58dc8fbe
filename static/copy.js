// A link with data-copy-link copies its own address and says so; where the browser can't, it is a link to this page.
"use strict";

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-copy-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !navigator.clipboard) return;
  event.preventDefault();
  const words = link.textContent;
  try {
    await navigator.clipboard.writeText(link.href);
  } catch {
    window.location.assign(link.href);
    return;
  }
  link.textContent = link.dataset.copied;
  link.setAttribute("aria-live", "polite");
  setTimeout(() => { link.textContent = words; }, 2000);
});
