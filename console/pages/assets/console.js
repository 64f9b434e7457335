// What makes pages quicker for those who have JavaScript. Every page works without it.
"use strict";
document.documentElement.classList.add("scripted");

// Times go on while a page is open; their width is kept, so that nothing jumps.
function relative(seconds) {
  const away = Math.abs(seconds);
  if (away >= 60 * 86400) return null;
  if (seconds >= 0 && seconds < 10) return "just now";
  let text = "";
  if (away < 60) text = Math.floor(away) + " s";
  else if (away < 3600) text = Math.floor(away / 60) + " min";
  else if (away < 48 * 3600) text = Math.floor(away / 3600) + " h";
  else text = Math.floor(away / 86400) + " days";
  return seconds < 0 ? "in " + text : text + " ago";
}
function tick() {
  for (const t of document.querySelectorAll("time[datetime]")) {
    const text = relative((Date.now() - Date.parse(t.dateTime)) / 1000);
    if (text && t.textContent !== text && !t.hasAttribute("data-exact")) t.textContent = text;
  }
}
setInterval(tick, 30000);

// Copy: <button data-copy="id of what is copied">.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const from = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(from.value === undefined ? from.textContent : from.value);
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}

// A form is sent once: a second click does nothing.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// "/" goes to the search of a page.
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const search = document.querySelector("input[type=search]");
  if (search) { event.preventDefault(); search.focus(); search.select(); }
});
