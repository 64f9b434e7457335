// Keys of pages on which people answer one case after the other: requests, items of
// reviews. A button of the form says by data-key which key stands for it, and by
// data-reason that it needs a reason. The pages work without them.
"use strict";
{
  const form = document.querySelector("form[data-cases]");
  const cases = form ? [...form.querySelectorAll(".case")] : [];
  const keys = document.getElementById("keys");
  const opener = document.querySelector("[data-keys]");
  let at = -1;

  const move = (by) => {
    if (cases.length === 0) return;
    at = Math.min(Math.max(at + by, 0), cases.length - 1);
    cases[at].focus({ preventScroll: true });
    cases[at].scrollIntoView({ block: "nearest" });
  };
  const box = (one) => one.querySelector("input[name=on]");
  const paint = (one) => one.setAttribute("data-marked", box(one).checked ? "yes" : "no");
  const marked = () => cases.some((one) => box(one).checked);
  const help = () => {
    keys.hidden = !keys.hidden;
    opener.setAttribute("aria-expanded", String(!keys.hidden));
  };
  const answer = (button) => {
    const reason = form.querySelector("[name=reason]");
    if (button.hasAttribute("data-reason") && reason.value.trim() === "") { reason.focus(); return; }
    if (marked()) button.click();
    else if (at >= 0) cases[at].querySelector("button[value^=" + button.value + "]").click();
  };
  const buttons = form ? [...form.querySelectorAll("button[data-key]")] : [];

  for (const one of cases) {
    paint(one);
    box(one).addEventListener("change", () => paint(one));
    one.addEventListener("focusin", () => { at = cases.indexOf(one); });
  }
  opener.addEventListener("click", help);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    const one = cases[at];
    switch (event.key) {
      case "j": move(1); break;
      case "k": move(-1); break;
      case "x": if (one) { box(one).checked = !box(one).checked; paint(one); } break;
      case "o": if (one && one.dataset.href) location.assign(one.dataset.href); break;
      case "?": help(); break;
      default: {
        const button = buttons.find((b) => b.dataset.key === event.key);
        if (!button) return;
        answer(button);
      }
    }
    event.preventDefault();
  });
}
