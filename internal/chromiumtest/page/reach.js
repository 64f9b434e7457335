// Whether everything can be reached by keyboard and finger: WCAG 2.2, 2.1.1, 2.4.3, 2.4.7
// and 2.5.8.
function inspectReach() {
  return [...ofFocus(), ...ofTargets()];
}

const describe = e => `<${e.localName} class="${e.className}"> ${JSON.stringify(nameOf(e).slice(0, 40))}`;

// worn is what an element looks like, as far as the focus may change it.
function worn(e) {
  const looks = of => {
    const s = getComputedStyle(of);
    return [s.outlineStyle === "none" ? "" : [s.outlineStyle, s.outlineWidth, s.outlineColor], s.boxShadow, s.backgroundColor, s.borderColor, s.borderWidth, s.textDecoration, s.color].join();
  };
  return [e, ...(e.labels || []), e.parentElement].map(looks).join();
}

// ofFocus gives each control the focus and looks whether that can be seen.
function ofFocus() {
  const found = [];
  const had = document.activeElement;
  const scroll = [scrollX, scrollY];
  for (const e of document.querySelectorAll(`${controls}, [tabindex]`)) {
    if (!visible(e) || e.disabled) continue;
    if (e.tabIndex > 0) found.push(`tabindex ${e.tabIndex} breaks the order: ${describe(e)}`);
    if (e.tabIndex < 0) continue;
    document.activeElement?.blur();
    const before = worn(e);
    e.focus({ preventScroll: true, focusVisible: true });
    if (document.activeElement !== e) found.push(`cannot have the focus: ${describe(e)}`);
    else if (worn(e) === before) found.push(`the focus cannot be seen: ${describe(e)}`);
  }
  for (const e of document.querySelectorAll("[onclick], [role=button], [role=link], [role=tab], [role=menuitem]")) {
    if (visible(e) && e.tabIndex < 0 && !e.closest("[role=tablist], [role=menu], [role=listbox], [role=tree]")) found.push(`can be clicked on, but not reached by keyboard: ${describe(e)}`);
  }
  document.activeElement?.blur();
  if (had && had !== document.body) had.focus({ preventScroll: true });
  scrollTo(...scroll);
  return found;
}

const smallest = 24;

// ofTargets looks whether what is clicked on is large enough, or has room around it.
// Links in running text are as large as the text.
function ofTargets() {
  const targets = [...document.querySelectorAll(controls)].filter(e => visible(e) && !e.disabled && !inText(e)).map(e => ({ e, box: reachable(e) }));
  const small = targets.filter(t => t.box.right - t.box.left < smallest - 0.5 || t.box.bottom - t.box.top < smallest - 0.5);
  return small.filter(t => targets.some(o => o !== t && !o.e.contains(t.e) && !t.e.contains(o.e) && near(t.box, o.box, small.includes(o))))
    .map(t => `smaller than ${smallest} pixels and too close to others: ${describe(t.e)}`);
}

const inText = e => e.matches("a") && getComputedStyle(e).display === "inline" && squeeze(e.parentElement.textContent) !== squeeze(e.textContent);

// reachable is the box of a control, with that of its labels.
function reachable(e) {
  const boxes = [e, ...(e.labels || [])].filter(visible).map(x => x.getBoundingClientRect());
  return {
    left: Math.min(...boxes.map(b => b.left)), right: Math.max(...boxes.map(b => b.right)),
    top: Math.min(...boxes.map(b => b.top)), bottom: Math.max(...boxes.map(b => b.bottom)),
  };
}

// near reports whether a circle around the middle of a small target meets another
// target, or the circle of another small one.
function near(a, b, bothSmall) {
  const x = (a.left + a.right) / 2, y = (a.top + a.bottom) / 2;
  if (bothSmall) return Math.hypot(x - (b.left + b.right) / 2, y - (b.top + b.bottom) / 2) < smallest;
  return Math.hypot(x - Math.max(b.left, Math.min(x, b.right)), y - Math.max(b.top, Math.min(y, b.bottom))) < smallest / 2;
}
