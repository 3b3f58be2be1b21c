// Makes the page /sql quicker: runs a query without loading the page anew, stops it, colours the text, completes names,
// remembers queries in this browser. Asks this server only. Without it the page works as a plain form.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("ask-form");
  const text = byId("sql");
  const answer = byId("answer");
  const elapsed = byId("elapsed");
  const said = byId("said");
  const stopButton = byId("stop");
  if (!form || !text || !answer) return;
  document.querySelectorAll(".with-script").forEach((node) => { node.hidden = false; });

  // Colours: the same text behind the transparent textarea.
  const KEYWORDS = new Set((
    "all and any as asc between by case cast cross desc distinct else end except exists extract false filter first " +
    "following from full group having ilike in inner intersect interval is join last lateral left like limit not " +
    "null nulls offset on or order outer over partition preceding range right row rows select similar then true " +
    "unbounded union unnest using values when where window with within").split(" "));
  const PARTS = [
    /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))/, /('(?:[^']|'')*(?:'|$))/, /("[^"]*(?:"|$))/, /(\b\d+(?:\.\d+)?\b)/,
    /([A-Za-z_][A-Za-z_0-9]*)/,
  ];
  const PART = new RegExp(PARTS.map((part) => part.source).join("|"), "g");
  const editor = text.parentElement;
  const paint = document.createElement("pre");
  paint.className = "paint";
  paint.setAttribute("aria-hidden", "true");
  editor.insertBefore(paint, text);
  editor.classList.add("painted");

  const colour = () => {
    const sql = text.value;
    const parts = [];
    let from = 0;
    for (const found of sql.matchAll(PART)) {
      const kind = found[1] ? "comment" : found[2] ? "string" : found[3] ? "name" : found[4] ? "digits"
        : KEYWORDS.has(found[5].toLowerCase()) ? "keyword" : "";
      if (!kind) continue;
      parts.push(sql.slice(from, found.index));
      const span = document.createElement("span");
      span.className = "q-" + kind;
      span.textContent = found[0];
      parts.push(span);
      from = found.index + found[0].length;
    }
    // The last line is as high as one with a sign in it.
    parts.push(sql.slice(from) + "\n ");
    paint.replaceChildren(...parts);
    follow();
  };
  const follow = () => { paint.scrollTop = text.scrollTop; paint.scrollLeft = text.scrollLeft; };

  // Names to complete, from the list of tables on the page.
  const tables = new Map();
  document.querySelectorAll("[data-table]").forEach((node) => {
    const columns = [...node.querySelectorAll("[data-column]")].map((column) => column.dataset.column);
    tables.set(node.dataset.table, columns);
  });
  const list = document.createElement("ul");
  list.id = "completions";
  list.className = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", byId("tables-h").textContent);
  list.hidden = true;
  editor.append(list);
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-controls", list.id);
  let chosen = -1;

  const wordBefore = () => {
    const before = text.value.slice(0, text.selectionStart);
    return /[A-Za-z_][A-Za-z_0-9.]*$/.exec(before)?.[0] ?? "";
  };
  const shortOf = (name) => name.slice(name.indexOf(".") + 1);
  // Tables that the text names, each also under the name that it is given there.
  const named = () => {
    const known = new Map();
    const NAMED = /\b(?:from|join)\s+([a-z_]+\.[a-z_0-9]+)(?:\s+(?:as\s+)?([a-z_][a-z_0-9]*))?/gi;
    for (const found of text.value.matchAll(NAMED)) {
      const table = found[1].toLowerCase();
      const columns = tables.get(table);
      if (!columns) continue;
      known.set(table, columns);
      known.set(shortOf(table), columns);
      if (found[2] && !KEYWORDS.has(found[2].toLowerCase())) known.set(found[2].toLowerCase(), columns);
    }
    return known;
  };
  // As many as are seen without scrolling; another letter makes them fewer.
  const MOST = 9;
  const completionsOf = (word) => {
    const lower = word.toLowerCase();
    const known = named();
    const dot = lower.lastIndexOf(".");
    const out = new Set();
    if (dot > 0) {
      const of = lower.slice(0, dot);
      for (const column of known.get(of) ?? []) out.add(word.slice(0, dot + 1) + column);
      for (const table of tables.keys()) if (table.startsWith(lower)) out.add(table);
    } else {
      for (const columns of known.values()) for (const column of columns) out.add(column);
      for (const table of tables.keys()) out.add(table);
      for (const keyword of KEYWORDS) if (lower.length > 1) out.add(keyword);
    }
    const fits = (name) => name.toLowerCase().startsWith(lower) || shortOf(name).startsWith(lower);
    return [...out].filter((name) => fits(name) && name.toLowerCase() !== lower).slice(0, MOST);
  };
  const close = () => {
    list.hidden = true;
    chosen = -1;
    text.removeAttribute("aria-activedescendant");
  };
  const open = (asked) => {
    const word = wordBefore();
    const names = word.length > 1 || asked ? completionsOf(word) : [];
    close();
    if (!names.length) return;
    list.replaceChildren(...names.map((name, i) => {
      const option = document.createElement("li");
      option.id = "completion-" + i;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = name;
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(name); });
      return option;
    }));
    list.hidden = false;
    place();
    if (asked) {
      said.textContent = elapsed.dataset.options.replace("{n}", String(names.length));
      choose(0);
    }
  };
  // Below the line in which the text is being written.
  const place = () => {
    const before = text.value.slice(0, text.selectionStart).split("\n");
    const style = getComputedStyle(text);
    const high = parseFloat(style.lineHeight);
    const top = parseFloat(style.paddingTop) + before.length * high - text.scrollTop + 2;
    list.style.top = Math.min(Math.max(top, high), text.clientHeight) + "px";
    list.style.left = Math.min(8 + before.at(-1).length * 8, Math.max(8, text.clientWidth - 300)) + "px";
  };
  const choose = (i) => {
    const options = [...list.children];
    chosen = (i + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    text.setAttribute("aria-activedescendant", options[chosen].id);
  };
  const take = (name) => {
    const end = text.selectionStart;
    const start = end - wordBefore().length;
    text.setRangeText(name, start, end, "end");
    close();
    colour();
    text.focus();
  };

  // Queries of this browser, the newest first.
  const KEY = "jindu-sql-history";
  const KEPT = 30;
  const history = byId("history");
  const remembered = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter((sql) => typeof sql === "string") : [];
    } catch { return []; }
  };
  const store = (queries) => {
    const kept = JSON.stringify(queries.slice(0, KEPT));
    try { localStorage.setItem(KEY, kept); } catch { /* a browser that keeps nothing */ }
    showHistory();
  };
  const remember = (sql) => store([sql, ...remembered().filter((other) => other !== sql)]);
  const showHistory = () => {
    const queries = remembered();
    history.hidden = !queries.length;
    history.querySelector("ol").replaceChildren(...queries.map((sql) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sql.replace(/\s+/g, " ").slice(0, 120);
      button.addEventListener("click", () => { text.value = sql; colour(); text.focus(); });
      item.append(button);
      return item;
    }));
  };
  history.querySelector(".buttons button").addEventListener("click", () => { store([]); text.focus(); });

  // Running and stopping.
  let running = null;
  const say = (key, since) => {
    elapsed.textContent = elapsed.dataset[key].replace("{seconds}", ((performance.now() - since) / 1000).toFixed(1));
  };
  const run = async (wanted) => {
    if (running || !text.value.trim()) return;
    const id = "p" + [...crypto.getRandomValues(new Uint32Array(4))].join("-");
    const since = performance.now();
    running = id;
    stopButton.hidden = false;
    answer.setAttribute("aria-busy", "true");
    say("running", since);
    // Who hears the page hears the beginning and the end, and not each second.
    said.textContent = elapsed.textContent;
    const clock = setInterval(() => say("running", since), 1000);
    remember(text.value);
    try {
      const body = new URLSearchParams({ sql: text.value, do: wanted, id, part: "1" });
      const reply = await fetch(form.action, { method: "POST", body });
      const html = await reply.text();
      // What is refused before it is a question comes as a page of its own.
      const page = new DOMParser().parseFromString(html, "text/html");
      answer.innerHTML = html.startsWith("<!DOCTYPE") ? page.querySelector("main .panels").innerHTML : html;
      say("took", since);
      const at = answer.querySelector("[data-line]");
      if (at) pointAt(Number(at.dataset.line), Number(at.dataset.column));
      else answer.focus({ preventScroll: true });
      byId("result").scrollIntoView({ block: "nearest" });
    } catch {
      elapsed.textContent = elapsed.dataset.failed;
    } finally {
      clearInterval(clock);
      said.textContent = elapsed.textContent;
      running = null;
      stopButton.hidden = true;
      answer.removeAttribute("aria-busy");
    }
  };
  // The cursor goes to the mistake.
  const pointAt = (line, column) => {
    const lines = text.value.split("\n");
    if (line > lines.length) return;
    const before = lines.slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0);
    const at = before + [...lines[line - 1]].slice(0, column - 1).join("").length;
    text.focus();
    text.setSelectionRange(at, at);
  };
  const stop = async () => {
    const id = running;
    if (!id) return;
    const address = new URL("/api/sql/" + id, location.href);
    try { await fetch(address, { method: "DELETE" }); } catch { /* then it has ended by itself, or will */ }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(event.submitter?.value ?? "run");
  });
  stopButton.addEventListener("click", stop);
  text.addEventListener("input", () => { colour(); open(false); });
  text.addEventListener("scroll", () => { follow(); close(); });
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      close();
      run("run");
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      open(true);
    } else if (list.hidden) {
      return;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(chosen < 0 && step < 0 ? list.children.length - 1 : chosen + step);
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) {
      event.preventDefault();
      take(list.children[chosen].textContent);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
      close();
    }
  });
  new ResizeObserver(() => { paint.style.height = text.offsetHeight + "px"; }).observe(text);
  colour();
  showHistory();
})();
