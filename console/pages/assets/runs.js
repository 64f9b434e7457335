// A run's page shows how far the run is, and itself anew when it is over.
"use strict";
const box = document.getElementById("live");
if (box && window.EventSource) {
  const steps = document.getElementById("steps");
  const lines = new Map();
  for (const line of steps.querySelectorAll("[data-target]")) lines.set(line.dataset.target, line);
  box.querySelector(".note").textContent = "This page shows by itself how far it is.";
  const show = (target, text) => {
    if (lines.size === 0) steps.textContent = "";
    let line = lines.get(target);
    if (!line) {
      line = document.createElement("li");
      lines.set(target, line);
      steps.append(line);
    }
    line.textContent = (target ? target + ": " : "") + text;
  };
  const events = new EventSource(box.dataset.events);
  events.addEventListener("progress", (e) => {
    const p = JSON.parse(e.data);
    show(p.target || "", p.step + " " + (p.done || 0).toLocaleString("en") + (p.total ? " of " + p.total.toLocaleString("en") : ""));
  });
  events.addEventListener("changes", (e) => {
    const c = JSON.parse(e.data);
    show(c.target || "", "changed " + c.count.toLocaleString("en") + (c.failed ? ", " + c.failed.toLocaleString("en") + " of them failed" : ""));
  });
  events.addEventListener("finished", () => { events.close(); location.reload(); });
  addEventListener("pagehide", () => events.close());
}
