// Answers on their way to the server: each lies in this browser until the server says that it has it.
"use strict";

window.Outbox = class {
  static FIRST_WAIT = 1000;
  static LONGEST_WAIT = 15000;
  static PATIENCE = 20000;

  // `url` and `extra()` say where an item goes and what goes with it; `on` hears answered, refused, state.
  constructor({ name, extra, on }) {
    Object.assign(this, { prefix: `${name}:`, extra, on, memory: new Map(), sending: null, timer: 0, failures: 0 });
    window.addEventListener("online", () => this.flush());
    window.addEventListener("focus", () => this.flush());
    window.addEventListener("storage", (event) => { if (event.key?.startsWith(this.prefix)) this.tell(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.flush(); });
  }

  // One key an item: two tabs never write over each other's list. Where the browser keeps nothing, memory does.
  items() {
    const texts = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix)).map((key) => localStorage.getItem(key));
    const kept = texts.filter(Boolean).map((text) => JSON.parse(text));
    return [...kept, ...this.memory.values()].sort((one, other) => one.at - other.at);
  }

  put(item) {
    try {
      localStorage.setItem(this.prefix + item.submission, JSON.stringify(item));
    } catch {
      this.memory.set(item.submission, item);
    }
    this.tell();
    if (!this.failures) this.flush();
  }

  remove(item) {
    localStorage.removeItem(this.prefix + item.submission);
    this.memory.delete(item.submission);
  }

  // Take an item back that has not left yet; says whether that was so.
  recall(submission) {
    const item = this.items().find((one) => one.submission === submission);
    if (!item || item.tried || this.sending === submission) return false;
    this.remove(item);
    this.tell();
    return true;
  }

  tell(state = this.state) {
    this.state = state;
    const count = this.items().length;
    this.on.state(count ? state || "sending" : "saved", count, this.memory.size > 0);
  }

  async flush() {
    if (this.sending) return;
    clearTimeout(this.timer);
    for (let item = this.items()[0]; item; item = this.items()[0]) {
      this.sending = item.submission;
      this.tell(this.failures ? this.state : "sending");
      const went = await this.send(item);
      this.sending = null;
      if (!went) return;
    }
    this.tell("saved");
  }

  async send(item) {
    this.mark(item);
    let response, data;
    try {
      response = await this.post(item.url, { ...item.body, submission: item.submission });
      data = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : null;
    } catch {
      return this.later("waiting");
    }
    if (response.status === 401) return this.later("signed-out");
    if (response.status === 403) return this.later("forbidden");
    if (!window.Outbox.isVerdict(response, data)) return this.later("waiting");
    this.failures = 0;
    this.remove(item);
    if (response.ok) this.on.answered(item, data);
    else this.on.refused(item, data);
    return true;
  }

  // What stands before the server, or a server that starts, may answer in its place: none of them says what became of it.
  static isVerdict(response, data) {
    return Boolean(response.ok ? data?.outcome : response.status < 500 && data?.told);
  }

  // An answer that may have reached the server is not taken back any more.
  mark(item) {
    if (item.tried || this.memory.has(item.submission)) return;
    item.tried = navigator.onLine;
    localStorage.setItem(this.prefix + item.submission, JSON.stringify(item));
  }

  later(state) {
    const wait = Math.min(window.Outbox.FIRST_WAIT * 2 ** this.failures, window.Outbox.LONGEST_WAIT);
    this.failures += 1;
    this.timer = setTimeout(() => this.flush(), wait);
    this.tell(state);
    return false;
  }

  // The token is read anew each time: signing in on another page changes it.
  post(url, body) {
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] || "";
    const headers = { "X-CSRFToken": token, "HX-Request": "true", Accept: "application/json" };
    const said = new URLSearchParams({ ...body, ...this.extra() });
    return fetch(url, { method: "POST", headers, body: said, signal: AbortSignal.timeout(window.Outbox.PATIENCE), redirect: "error" });
  }
};
