// Labelling: one pair fills the screen, the next ones are in hand, and no answer waits for the network.
"use strict";

(() => {
  const FRESH_MS = 200;  // what is pressed this early was meant for the pair before
  const MOST_TOLD = 3;
  const MOST_REMEMBERED = 60;
  const AGAIN_MS = 5000;
  const ALIVE_MS = 15 * 60 * 1000;
  const find = (id) => document.getElementById(id);
  const page = find("label");
  const words = page.dataset;
  const slot = find("label-pair");
  const hand = [];
  const answered = new Set();
  let shown = null;
  let last = null;
  let asking = false;
  let endHtml = "";
  let touched = Date.now();

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const made = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content.firstElementChild;
  };
  // Pages of the intranet are often served without TLS, where randomUUID is missing.
  const newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };
  const idOf = (pair) => pair.dataset.assignment;

  // How long the pair was looked at, without the time that the page was hidden.
  const watch = { since: 0, spent: 0 };
  const start = () => Object.assign(watch, { since: performance.now(), spent: 0 });
  const pause = () => {
    if (document.hidden) watch.spent += performance.now() - watch.since;
    else watch.since = performance.now();
  };
  const seconds = () => ((watch.spent + performance.now() - watch.since) / 1000).toFixed(1);

  const tell = (text, look = "warning") => {
    if (!text) return;
    const list = find("label-told");
    if (list.firstElementChild?.textContent === text) return;
    const line = document.createElement("p");
    line.className = `notice notice-${look}`;
    line.textContent = text;
    list.prepend(line);
    while (list.children.length > MOST_TOLD) list.lastElementChild.remove();
  };

  const showState = (state, count, isMemory) => {
    const line = find("label-state");
    line.className = `label-state is-${state}`;
    line.querySelector("span").textContent = fill(words[state === "signed-out" ? "signedOut" : state] || "", { n: count });
    line.querySelector("a").hidden = state !== "signed-out";
    line.querySelector("b").hidden = !isMemory;
  };

  const showFigures = ({ done, left }) => {
    if (done === undefined) return;
    const bar = find("label-line");
    bar.max = done + left || 1;
    bar.value = done;
    find("label-figures").textContent = fill(words.figures, { done, left });
  };

  const swap = (node) => {
    slot.replaceChildren(node);
    node.setAttribute("tabindex", "-1");
    node.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  };

  const show = (pair) => {
    shown = pair;
    pair.classList.add("is-fresh");
    setTimeout(() => pair.classList.remove("is-fresh"), FRESH_MS);
    pair.querySelectorAll("details").forEach((one) => { one.open = false; });
    swap(pair);
    start();
  };

  const showNext = () => {
    shown = null;
    if (hand.length) show(hand.shift());
    else if (endHtml && !outbox.items().length) swap(made(endHtml));
    else if (outbox.items().length && outbox.state !== "sending") swap(made(find("label-cut").innerHTML));
    else slot.replaceChildren(made(find("label-wait").innerHTML));
  };

  const isNew = (id) => !answered.has(id) && !(shown && idOf(shown) === id) && !hand.some((one) => idOf(one) === id);

  const take = (data) => {
    endHtml = data.end || "";
    if (data.stop) {  // paused meanwhile: what is in hand is put down
      hand.length = 0;
      shown = null;
    }
    (data.pairs || []).filter((one) => isNew(String(one.assignment))).forEach((one) => {
      const pair = made(one.html);
      pair.querySelectorAll("img").forEach((image) => { new Image().src = image.src; });
      hand.push(pair);
    });
    showFigures(data);
    if (data.guide) {
      find("label-guide").replaceWith(made(data.guide));
      page.dataset.guideline = data.guideline;
      tell(words.newGuide);
    }
    if (!shown) showNext();
  };

  const have = () => [...(shown ? [idOf(shown)] : []), ...hand.map(idOf), ...answered].join(",");
  const extra = () => ({ person: words.person, guideline: page.dataset.guideline, have: have() });

  const showVotes = (html) => {
    if (html) find("label-votes").replaceChildren(made(html));
  };

  const outbox = new window.Outbox({
    name: `arweb-labels-${words.person}`,
    extra,
    on: {
      state: showState,
      answered: (item, data) => {
        if (data.outcome === "stored" || data.outcome === "again") find("label-said").textContent = fill(words.stored, { words: item.words });
        if (data.told) tell(`${item.words}: ${data.told}`);
        showVotes(data.votes);
        take(data);
      },
      refused: (item, data) => {
        tell(`${item.words}: ${data.told || words.refused}`, "error");
        if (!shown) more();
      },
    },
  });

  const kindOf = (button) => ({ level: "level", skip: "skip", flag: "flag" })[button?.name];

  const answer = (form, button) => {
    const pair = form.closest("article");
    const kind = kindOf(button);
    if (!kind || pair !== shown || pair.classList.contains("is-fresh")) return;
    const submission = newId();
    const body = { [kind]: button.value, note: form.elements.note.value, seconds: seconds() };
    const item = { submission, url: form.action, body, at: Date.now() + outbox.items().length / 1000, words: `${pair.dataset.query} · ${button.dataset.word}` };
    if (kind === "flag") {
      button.setAttribute("aria-pressed", "true");
      find("label-said").textContent = words.flagged;
    } else {
      forget(idOf(pair));
      last = { pair, submission };
      mark(pair, button);
      shown = null;
    }
    outbox.put(item);
    if (kind !== "flag") showNext();
  };

  // What was answered lately is not shown again where the server speaks of it before it has the answer.
  const forget = (id) => {
    answered.add(id);
    if (answered.size > MOST_REMEMBERED) answered.delete(answered.values().next().value);
  };

  const mark = (pair, button) => {
    pair.querySelectorAll("[name=level]").forEach((one) => { one.classList.toggle("is-chosen", one === button); });
  };

  const returnTo = (pair) => {
    answered.delete(idOf(pair));
    if (shown) hand.unshift(shown);
    show(pair);
  };

  const back = async (url) => {
    if (last && outbox.recall(last.submission)) {
      const { pair } = last;
      last = null;
      returnTo(pair);
      return;
    }
    if (outbox.items().length) {
      tell(words.backWaits);
      return;
    }
    const data = await ask(url);
    if (!data) return;
    const pair = data.back && made(data.back);
    tell(data.told);
    if (!pair) slot.querySelector("[data-back]")?.remove();
    if (!pair || (shown && idOf(pair) === idOf(shown))) return;
    last = null;
    const place = hand.findIndex((one) => idOf(one) === idOf(pair));
    if (place >= 0) hand.splice(place, 1);
    returnTo(pair);
  };

  // A question that is no answer: nothing is lost where it fails.
  const ask = async (url) => {
    try {
      const response = await outbox.post(url, {});
      if (response.status === 401) outbox.tell("signed-out");
      const data = await response.json();
      if (response.ok) return data;
      tell(data.told, "error");
    } catch {
      if (!hand.length && !shown) swap(made(find("label-cut").innerHTML));
    }
    return null;
  };

  const more = async () => {
    if (asking) return;
    asking = true;
    const data = await ask(words.next);
    asking = false;
    if (data) take(data);
    else if (!shown) setTimeout(more, AGAIN_MS);
  };

  // The pairs in hand stay this person's as long as somebody is at the page.
  const keep = async () => {
    if (document.hidden || Date.now() - touched > ALIVE_MS || !(shown || hand.length)) return;
    const data = await ask(words.keep);
    (data?.lost || []).map(String).forEach((id) => {
      const place = hand.findIndex((one) => idOf(one) === id);
      if (place >= 0) hand.splice(place, 1);
      else if (shown && idOf(shown) === id) tell(words.lost);
    });
  };

  const zoom = (link) => {
    const dialog = find("label-photo");
    const image = dialog.querySelector("img");
    image.src = link.href;
    image.alt = link.querySelector("img").alt;
    dialog.classList.remove("is-whole");
    dialog.showModal();
  };

  document.addEventListener("submit", (event) => {
    if (event.target.id === "label-back") {
      event.preventDefault();
      back(event.target.action);
    } else if (event.target.matches(".label-form")) {
      event.preventDefault();
      answer(event.target, event.submitter);
    } else if (event.target.matches("[data-take]")) {
      event.preventDefault();
      more();
    }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-zoom]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      zoom(link);
    }
    if (event.target.closest("#label-photo img")) find("label-photo").classList.toggle("is-whole");
    const skip = event.target.closest("summary[data-key=s]");
    if (skip) setTimeout(() => skip.parentElement.querySelector("button")?.focus());
  });

  // While the reasons to skip are open, numbers choose one of them and never a level.
  const numberKeys = () => {
    const isSkip = Boolean(shown?.querySelector(".label-skip[open]"));
    const number = (name, has) => slot.querySelectorAll(`[name=${name}]`).forEach((one, at) => { one.dataset.key = has ? at + 1 : ""; });
    number("level", !isSkip);
    number("skip", isSkip);
  };

  // A key that is held down answers once; Escape leaves the note for the levels.
  document.addEventListener("keydown", (event) => {
    touched = Date.now();
    numberKeys();
    if (event.repeat && !event.target.matches("input, textarea, select")) event.stopImmediatePropagation();
    if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open]") || !shown) return;
    shown.querySelectorAll("details").forEach((one) => { one.open = false; });
    shown.focus({ preventScroll: true });
  }, true);
  document.addEventListener("pointerdown", () => { touched = Date.now(); });
  document.addEventListener("visibilitychange", () => { pause(); if (!document.hidden) keep(); });
  window.addEventListener("online", () => { if (!shown) more(); });

  outbox.items().forEach((item) => { if (!item.body.flag) answered.add(item.url.match(/(\d+)\/$/)?.[1]); });
  if (window.matchMedia("(max-width: 64rem)").matches) find("label-guide").open = false;
  const first = slot.querySelector("article");
  if (first && !answered.has(idOf(first))) show(first);
  outbox.flush();
  if (first || slot.querySelector("[data-take]")) more();
  setInterval(keep, Number(words.beat) * 1000);
})();
