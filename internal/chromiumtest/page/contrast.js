// Whether text can be told from what is behind it: WCAG 2.2, 1.4.3. Text is judged by the
// colours that the browser computed; text over a picture is not judged.
const rgba = (() => {
  const known = new Map();
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  return colour => {
    if (!known.has(colour)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
})();

const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];

// luminance as WCAG defines it.
function luminance([r, g, b]) {
  const [x, y, z] = [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}

function ratio(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

// ground is the colour behind an element, null where that is a picture.
function ground(e) {
  const layers = [];
  for (let at = e; at; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.backgroundImage !== "none") return null;
    const colour = rgba(style.backgroundColor);
    layers.push(colour);
    if (colour[3] === 1) break;
  }
  const dark = getComputedStyle(document.documentElement).colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches;
  return layers.reduceRight((below, layer) => over(layer, below), rgba(dark ? "#121212" : "#ffffff"));
}

function opacity(e) {
  let all = 1;
  for (let at = e; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
  return all;
}

function inspectContrast() {
  const found = [], seen = new Set();
  const judge = (e, style, text) => {
    const behind = ground(e);
    if (!behind || e.closest(":disabled, [aria-disabled=true]")) return;
    const [r, g, b, a] = rgba(style.color);
    const got = ratio(over([r, g, b, a * opacity(e)], behind), behind);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const want = size >= 24 || bold && size >= 18.66 ? 3 : 4.5;
    if (got + 0.005 < want) found.push(`contrast ${got.toFixed(2)}:1, want ${want}:1: <${e.localName} class="${e.className}"> ${JSON.stringify(squeeze(text).slice(0, 40))}`);
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (!squeeze(n.data) || seen.has(e) || e.closest("script, style, template, noscript, option") || !visible(e) || clipped(e)) continue;
    seen.add(e);
    const style = getComputedStyle(e);
    judge(e, e.closest("svg") ? { ...pick(style), color: style.fill } : style, n.data);
  }
  for (const e of document.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    if (!visible(e)) continue;
    if (e.value) judge(e, getComputedStyle(e), e.value);
    else if (e.placeholder) judge(e, getComputedStyle(e, "::placeholder"), e.placeholder);
  }
  return found;
}

const pick = style => ({ fontSize: style.fontSize, fontWeight: style.fontWeight });

// clipped reports whether an element is for those only who hear the page.
function clipped(e) {
  for (let at = e; at && at !== document.body; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.position === "absolute" && (style.clipPath !== "none" || style.clip !== "auto") && at.getBoundingClientRect().width <= 2) return true;
  }
  return false;
}
