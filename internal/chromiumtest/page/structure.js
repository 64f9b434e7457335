// What those who hear a page, or go through it by its parts, need of it. WCAG 2.2:
// 1.1.1, 1.3.1, 2.4.2, 2.4.6, 3.1.1, 3.3.2, 4.1.2.
const show = e => `<${e.localName}${e.id ? ` id="${e.id}"` : ""}${e.name ? ` name="${e.name}"` : ""}> ${JSON.stringify(squeeze(e.textContent).slice(0, 40))}`;

function inspectStructure() {
  return [...ofDocument(), ...ofHeadings(), ...ofLandmarks(), ...ofNames(), ...ofTables()];
}

function ofDocument() {
  const found = [];
  if (!squeeze(document.documentElement.lang)) found.push("<html> has no lang");
  if (!squeeze(document.title)) found.push("the page has no title");
  if (!document.querySelector("meta[name=viewport][content*='width=device-width']")) found.push("no viewport for phones");
  if (document.compatMode !== "CSS1Compat") found.push("no <!doctype html>");
  return found;
}

function ofHeadings() {
  const found = [];
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(visible);
  const tops = headings.filter(h => h.localName === "h1").length;
  if (tops !== 1) found.push(`${tops} <h1>, want 1`);
  let before = 0;
  for (const h of headings) {
    const level = Number(h.localName[1]);
    if (level > before + 1) found.push(`a heading of level ${level} follows level ${before}: ${show(h)}`);
    if (!nameOf(h)) found.push(`a heading says nothing: ${show(h)}`);
    before = level;
  }
  return found;
}

function ofLandmarks() {
  const found = [];
  const mains = [...document.querySelectorAll("main, [role=main]")].filter(visible).length;
  if (mains !== 1) found.push(`${mains} <main>, want 1`);
  const landmarks = "header, nav, main, footer, aside, dialog, search, [role=banner], [role=navigation], [role=main], [role=contentinfo], [role=search], [role=alert], [role=status], [role=dialog]";
  for (const e of document.body.children) {
    const skips = e.matches("a[href^='#']"); // a link that skips to the content goes before all of it
    if (visible(e) && !skips && !e.matches(landmarks) && squeeze(e.innerText) && !onlyIn(e, landmarks)) found.push(`outside of every landmark: ${show(e)}`);
  }
  const navs = [...document.querySelectorAll("nav, [role=navigation]")].filter(visible);
  const names = navs.map(labelOf);
  if (navs.length > 1 && new Set(names).size < navs.length) found.push("several <nav> that names do not tell apart");
  return found;
}

// onlyIn reports whether all text of an element is in landmarks.
function onlyIn(e, landmarks) {
  const walk = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    if (squeeze(n.data) && visible(n.parentElement) && !n.parentElement.closest(landmarks)) return false;
  }
  return true;
}

function ofNames() {
  const found = [];
  for (const e of document.querySelectorAll(fields)) {
    if (visible(e) && !labelOf(e)) found.push(`a field without a label: ${show(e)}`);
  }
  for (const e of document.querySelectorAll("a[href], button, summary, [role=button], [role=link], [role=tab], [role=menuitem], input[type=submit], input[type=button]")) {
    if (visible(e) && !nameOf(e)) found.push(`a ${roleOf(e)} without a name: ${show(e)}`);
  }
  for (const e of document.querySelectorAll("img, area, [role=img], input[type=image]")) {
    if (visible(e) && !e.hasAttribute("alt") && !labelOf(e)) found.push(`a picture without a text: ${show(e)}`);
  }
  for (const e of document.querySelectorAll("svg")) {
    if (visible(e) && e.getAttribute("aria-hidden") !== "true" && e.getAttribute("role") !== "presentation" && !labelOf(e) && !e.querySelector(":scope > title")) found.push("an <svg> that is neither named nor hidden from those who hear the page");
  }
  for (const e of document.querySelectorAll("dialog[open], [role=dialog], fieldset")) {
    if (visible(e) && !labelOf(e) && !e.querySelector(":scope > legend")) found.push(`a ${e.localName} without a name: ${show(e)}`);
  }
  for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby], [aria-controls], [for]")) {
    for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
      for (const id of squeeze(e.getAttribute(name)).split(" ").filter(Boolean)) {
        if (!document.getElementById(id)) found.push(`${name} names the id ${id}, which nothing has: ${show(e)}`);
      }
    }
  }
  return found;
}

function ofTables() {
  const found = [];
  for (const table of document.querySelectorAll("table")) {
    if (visible(table) && table.getAttribute("role") !== "presentation" && !table.querySelector("th")) found.push(`a table without headings: ${show(table)}`);
  }
  return found;
}
