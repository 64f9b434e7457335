// A page of what goes on elsewhere looks whether it has changed, and shows itself anew; not
// while somebody is busy on it: then it says so.
"use strict";
const shown = document.querySelector("main[data-stamp]");
const soon = 2000, seldom = 30000; // ms between two looks; the longer nothing happens, the more
let pause = soon, timer;

function busy() {
  const at = document.activeElement;
  if (at && at !== shown && shown.contains(at)) return true;
  if (shown.querySelector("form details[open], details.extend[open]")) return true;
  return [...shown.querySelectorAll("input, textarea, select")].some((field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
      : field.options ? [...field.options].some((o) => o.selected !== o.defaultSelected) && field.selectedIndex > 0
        : field.value !== field.defaultValue);
}

function anew() {
  if (!busy()) { location.reload(); return; }
  const said = document.createElement("p");
  said.className = "said stale";
  said.setAttribute("role", "status");
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = "Show it anew";
  said.append("This has changed meanwhile. ", link);
  shown.prepend(said);
}

async function look() {
  if (document.hidden) return; // goes on when it is seen again
  try {
    const answer = await fetch(location.href, {
      method: "HEAD", headers: { "If-None-Match": '"' + shown.dataset.stamp + '"' }, cache: "no-store", redirect: "manual",
    });
    // Whoever is logged out meanwhile is sent to log in.
    if (answer.status === 200 || answer.type === "opaqueredirect") { anew(); return; }
  } catch { /* the hub is away, or the network: the next look tells */ }
  pause = Math.min(pause * 1.2, seldom);
  timer = setTimeout(look, pause);
}
timer = setTimeout(look, pause);
document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (document.hidden || shown.querySelector(".stale")) return;
  pause = soon;
  look();
});
