// Adjudication: once both a level and a reason are chosen the ruling is sent; a reason "other" first asks for words.
"use strict";

(() => {
  const form = () => document.getElementById("ruling");
  const chosen = (name) => form()?.querySelector(`[name=${name}]:checked`)?.value || "";

  const sendWhenReady = () => {
    if (!chosen("level") || !chosen("reason")) return;
    const note = form().elements.note;
    if (chosen("reason") === "other" && !note.value.trim()) {
      note.required = true;
      note.focus();
      return;
    }
    form().requestSubmit();
  };

  // Arrow keys walk a group of radio buttons without deciding: only a key of a choice, or a click on it, sends.
  let isWalking = false;
  document.addEventListener("keydown", (event) => { isWalking = event.key.startsWith("Arrow"); }, true);
  document.addEventListener("pointerdown", () => { isWalking = false; }, true);
  document.addEventListener("change", (event) => {
    if (event.target.form !== form() || !["level", "reason"].includes(event.target.name) || isWalking) return;
    if (event.target.name === "level") form().elements.note.required = false;
    sendWhenReady();
  });

  // A part that came has the focus at once: left to htmx it would come a moment later, and take it from what is typed.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "adjudicate-case") document.getElementById("adjudicate-query")?.focus({ preventScroll: true });
  });

  // Escape leaves the words for the choices.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.target.id !== "ruling-note") return;
    document.getElementById("adjudicate-query").focus({ preventScroll: true });
  });

  // A key for what is chosen already says it again: it changes nothing, and still sends.
  document.addEventListener("click", (event) => {
    if (event.detail === 0 && event.target.matches("#ruling [type=radio]:checked") && !isWalking && !form().dataset.sent) {
      window.setTimeout(() => {
        const isOpen = event.target.isConnected && form() && !form().querySelector("fieldset").disabled;
        if (isOpen && document.activeElement !== form().elements.note) sendWhenReady();  // words begun are not sent half
      }, 0);
    }
  });
})();
