// What no page may have at any time.
function glance() {
  const found = [];
  const page = document.scrollingElement;
  if (page && page.scrollWidth > page.clientWidth) {
    const widest = [...document.body.querySelectorAll("*")].find(e => e.getBoundingClientRect().right > page.clientWidth + 1);
    found.push(`wider than the window: ${page.scrollWidth} > ${page.clientWidth} pixels${widest ? `, by <${widest.localName} class="${widest.className}">` : ""}`);
  }
  const ids = new Map();
  for (const e of document.querySelectorAll("[id]")) ids.set(e.id, (ids.get(e.id) || 0) + 1);
  for (const [id, n] of ids) if (n > 1) found.push(`the id ${id} is there ${n} times`);
  return found;
}
