// A draft of the policy, as one types: what is wrong, what it would change, what could
// stand here. The page works without it, by its buttons.
"use strict";
(() => {
  const form = document.querySelector("form[data-editor]");
  if (!form) return;
  const text = form.querySelector("textarea"), list = document.getElementById("candidates");
  const verdict = document.getElementById("verdict"), choice = document.getElementById("choice");
  const kept = "draft " + form.elements.file.value, original = text.value;
  let checking = 0, completing = 0, running = null, asking = null, found = null, at = -1;

  const before = sessionStorage.getItem(kept);
  if (before !== null && before !== text.value && !verdict.textContent.trim()) text.value = before;
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-controls", "candidates");

  async function ask(fields, signal) {
    const body = new URLSearchParams({ form: form.elements.form.value, file: form.elements.file.value, ...fields });
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, signal, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }
  function add(parent, name, words, kind) {
    const e = document.createElement(name);
    e.textContent = words;
    if (kind) e.className = kind;
    parent.append(e);
    return e;
  }
  function go(line, column) {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0) + Math.max(column - 1, 0);
    text.focus();
    text.setSelectionRange(start, start);
  }
  function show(v) {
    verdict.replaceChildren();
    const wrong = v.faults || [];
    if (wrong.length) add(verdict, "h2", wrong.length === 1 ? "1 fault" : wrong.length + " faults");
    for (const f of wrong) {
      const p = add(verdict, "p", "", "fault");
      const b = add(p, "button", f.file + ":" + f.line + ":" + f.column, "quiet small");
      b.type = "button";
      b.addEventListener("click", () => go(f.line, f.column));
      p.append(" " + f.message);
    }
    text.setAttribute("aria-invalid", wrong.length ? "true" : "false");
    for (const w of v.warnings || []) add(verdict, "p", w.file + ":" + w.line + ": " + w.message, "note");
    for (const t of v.tests || []) {
      if (!t.ok) add(verdict, "p", "Test " + t.name + " fails: " + (t.missing ? "it lacks " + t.missing.join(", ") + " " : "") + (t.unwanted ? "it gets " + t.unwanted.join(", ") : ""), "fault");
    }
    const i = v.impact;
    if (!i) return;
    add(verdict, "h2", "What it would change");
    add(verdict, "p", i.gains + " memberships gained, " + i.losses + " lost, of " + i.people + " people.");
    for (const t of i.targets || []) add(verdict, "p", t.target + ": " + t.adds + " added, " + t.removes + " removed");
    for (const b of i.broken || []) add(verdict, "p", b.name + ": breaks for " + b.breaks.length + ", mends for " + b.mends.length, "fault");
    for (const g of i.groups || []) {
      const p = add(verdict, "p", "");
      add(p, "strong", g.group);
      p.append(": " + g.gains + " gain, " + g.losses + " lose, " + g.after + " after.");
      if (g.gain) add(p, "span", g.gain.join(", ") + (g.gain.length < g.gains ? " …" : ""), "line add");
      if (g.lose) add(p, "span", g.lose.join(", ") + (g.lose.length < g.losses ? " …" : ""), "line take");
    }
  }
  async function check() {
    if (running) running.abort();
    running = new AbortController();
    try {
      show(await ask({ do: "check", text: text.value }, running.signal));
    } catch (e) {
      if (e.name !== "AbortError") { verdict.replaceChildren(); add(verdict, "p", e.message, "fault"); }
    }
  }

  function close() {
    list.hidden = true;
    found = null;
    at = -1;
    text.removeAttribute("aria-activedescendant");
  }
  function choose(n) {
    at = (n + list.children.length) % list.children.length;
    [...list.children].forEach((li, i) => li.setAttribute("aria-selected", i === at ? "true" : "false"));
    list.children[at].scrollIntoView({ block: "nearest" });
    text.setAttribute("aria-activedescendant", list.children[at].id);
    choice.textContent = found.candidates[at].text + ", " + found.candidates[at].kind;
  }
  function take() {
    const word = found.candidates[at].text, from = text.selectionStart - found.prefix.length;
    text.setSelectionRange(from, text.selectionStart);
    close();
    // The one way of changing a text that the browser's own undo takes back.
    if (!document.execCommand("insertText", false, word)) text.setRangeText(word, from, text.selectionStart, "end");
  }
  async function complete() {
    if (asking) asking.abort();
    asking = new AbortController();
    const start = text.selectionStart;
    try {
      const answer = await ask({ do: "complete", before: text.value.slice(0, start) }, asking.signal);
      if (text.selectionStart !== start || document.activeElement !== text || !answer.candidates.length) { close(); return; }
      found = answer;
      list.replaceChildren();
      answer.candidates.forEach((c, i) => {
        const li = add(list, "li", c.text);
        li.id = "candidate-" + i;
        li.setAttribute("role", "option");
        li.addEventListener("mousedown", (event) => { event.preventDefault(); choose(i); take(); });
      });
      list.hidden = false;
      choose(0);
    } catch { /* the next letter asks again */ }
  }

  text.addEventListener("input", () => {
    if (text.value === original) sessionStorage.removeItem(kept);
    else sessionStorage.setItem(kept, text.value);
    clearTimeout(checking);
    clearTimeout(completing);
    close();
    checking = setTimeout(check, 400);
    completing = setTimeout(complete, 120);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === " " && event.ctrlKey) { event.preventDefault(); complete(); return; }
    if (list.hidden || !found) return;
    if (event.key === "ArrowDown") choose(at + 1);
    else if (event.key === "ArrowUp") choose(at - 1);
    else if (event.key === "Enter") take();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  text.addEventListener("blur", close);
  // A download leaves the page where it is: the form may be sent again.
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "download") {
      setTimeout(() => { delete form.dataset.sent; form.removeAttribute("aria-busy"); }, 0);
    }
  });
  if (text.value !== original) check();
})();
