// How tests find things on a page: as people do, by what can be read.

const squeeze = text => (text || "").replace(/\s+/g, " ").trim();

function visible(e) {
  if (!e || !e.isConnected || e.closest("[inert], [aria-hidden=true]")) return false;
  const box = e.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}

const first = selector => [...document.querySelectorAll(selector)].find(visible) || null;
const textOf = e => e && squeeze(e.innerText || e.value || e.textContent);
const reads = text => squeeze(document.body.innerText).includes(squeeze(text));

// labelOf is what labels a field: aria-labelledby, aria-label, or its labels.
function labelOf(e) {
  const ids = squeeze(e.getAttribute("aria-labelledby")).split(" ").filter(Boolean);
  if (ids.length) return squeeze(ids.map(id => document.getElementById(id)?.textContent).join(" "));
  const own = squeeze(e.getAttribute("aria-label"));
  if (own) return own;
  return squeeze([...(e.labels || [])].map(l => labelText(l, e)).join(" "));
}

// labelText is the text of a label without that of the field inside it.
function labelText(label, field) {
  const copy = label.cloneNode(true);
  copy.querySelectorAll("input, select, textarea").forEach(inner => inner.remove());
  return label.contains(field) ? copy.textContent : label.textContent;
}

// nameOf is the name that people who hear the page are told.
function nameOf(e) {
  if (!e || e === document.body) return "";
  const label = labelOf(e);
  if (label) return label;
  if (e.matches("input[type=submit], input[type=button], input[type=reset]")) return squeeze(e.value);
  if (e.matches("input, select, textarea")) return squeeze(e.title);
  const spoken = node => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches("[aria-hidden=true], script, style, template")) return "";
    if (node !== e && node.getAttribute("aria-label")) return node.getAttribute("aria-label");
    if (node.matches("img, area")) return node.alt;
    return [...node.childNodes].map(spoken).join(getComputedStyle(node).display.startsWith("inline") ? "" : " ");
  };
  const text = squeeze(spoken(e));
  return text || squeeze(e.title || e.querySelector("svg > title")?.textContent);
}

function roleOf(e) {
  const said = e.getAttribute("role");
  if (said) return said;
  if (e.matches("a[href], area[href]")) return "link";
  if (e.matches("button, summary, input[type=submit], input[type=button], input[type=reset]")) return "button";
  if (e.matches("input[type=checkbox]")) return "checkbox";
  if (e.matches("input[type=radio]")) return "radio";
  if (e.matches("select")) return "combobox";
  if (e.matches("input:not([type=hidden]), textarea")) return "textbox";
  if (e.matches("option")) return "option";
  return "";
}

const controls = "a[href], area[href], button, summary, input:not([type=hidden]), select, textarea, [role=button], [role=link], [role=checkbox], [role=radio], [role=switch], [role=tab], [role=option], [role=menuitem], [role=treeitem]";

// control is the visible control with a name; one that is called so exactly goes first.
function control(role, name) {
  const fit = [...document.querySelectorAll(controls)].filter(e => visible(e) && !e.disabled && (!role || roleOf(e) === role));
  const click = fit.find(e => nameOf(e) === squeeze(name)) || fit.find(e => nameOf(e).includes(squeeze(name)));
  return click || null;
}

const fields = "input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea, [contenteditable=true], [role=textbox], [role=combobox]";

function field(label) {
  const fit = [...document.querySelectorAll(fields)].filter(e => visible(e) && !e.disabled);
  return fit.find(e => labelOf(e) === squeeze(label)) || fit.find(e => labelOf(e).startsWith(squeeze(label))) || null;
}

// place is where to click on an element, once it can be clicked on: nothing lies over it.
function place(e) {
  if (!e) return null;
  e.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  const box = e.getClientRects()[0];
  if (!box) return null;
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const top = document.elementFromPoint(at.x, at.y);
  return top && (e.contains(top) || top.contains(e) || [...(e.labels || [])].some(l => l.contains(top))) ? at : null;
}

// enter puts the cursor into a field with all of it selected.
function enter(e) {
  if (!e) return null;
  e.focus();
  if (e.select) e.select();
  return place(e);
}

const holds = (e, text) => e && (e.value ?? e.textContent).replace(/\r\n/g, "\n") === text;

function choose(list, option) {
  const found = list && [...(list.options || [])].find(o => squeeze(o.label) === squeeze(option));
  if (!found) return null;
  list.value = found.value;
  list.dispatchEvent(new Event("input", { bubbles: true }));
  list.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

// whenSo waits until look returns something, looking whenever anything changes; null
// after so many milliseconds, and at once where the page cannot tell that it changes.
function whenSo(look, milliseconds, tells) {
  if (!tells) {
    const found = document.body && look();
    return found === false || found === undefined ? null : found;
  }
  return new Promise(done => {
    const events = ["input", "change", "focusin", "focusout", "toggle", "load", "hashchange", "popstate", "transitionend", "animationend", "scroll"];
    const changes = new MutationObserver(() => check());
    const late = setTimeout(() => end(null), milliseconds);
    function end(found) {
      clearTimeout(late);
      changes.disconnect();
      events.forEach(name => window.removeEventListener(name, check, true));
      done(found);
    }
    let looking = false; // what look does may be heard as a change
    function check() {
      if (looking) return;
      looking = true;
      const found = document.body && look();
      looking = false;
      if (found !== null && found !== undefined && found !== false) end(found);
    }
    events.forEach(name => window.addEventListener(name, check, true));
    changes.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    check();
  });
}
