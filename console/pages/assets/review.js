// Keys of the page on which people review access. The page works without them.
"use strict";
{
  const form = document.querySelector("form.reviewing");
  const cases = form ? [...form.querySelectorAll(".case")] : [];
  const keys = document.getElementById("keys");
  const opener = document.querySelector("[data-keys]");
  let at = -1;

  const box = (one) => one.querySelector("input[name=on]");
  const paint = (one) => one.setAttribute("data-marked", box(one).checked ? "yes" : "no");
  const move = (by) => {
    at = Math.min(Math.max(at + by, 0), cases.length - 1);
    cases[at].focus({ preventScroll: true });
    cases[at].scrollIntoView({ block: "nearest" });
  };
  const help = () => {
    keys.hidden = !keys.hidden;
    opener.setAttribute("aria-expanded", String(!keys.hidden));
  };
  const answer = (verb) => {
    const reason = form.querySelector("[name=reason]");
    if (verb === "revoke" && reason.value.trim() === "") { reason.focus(); return; }
    if (cases.some((one) => box(one).checked)) form.querySelector("button[name=decision][value=" + verb + "]").click();
    else if (at >= 0) cases[at].querySelector("button[value^=" + verb + "]").click();
  };

  for (const one of cases) {
    paint(one);
    box(one).addEventListener("change", () => paint(one));
    one.addEventListener("focusin", () => { at = cases.indexOf(one); });
  }
  opener.addEventListener("click", help);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    switch (event.key) {
      case "j": move(1); break;
      case "k": move(-1); break;
      case "x": if (at >= 0) { box(cases[at]).checked = !box(cases[at]).checked; paint(cases[at]); } break;
      case "K": answer("keep"); break;
      case "R": answer("revoke"); break;
      case "?": help(); break;
      default: return;
    }
    event.preventDefault();
  });
}
