// What axe-core says of the page, by the rules of WCAG 2.2 AA and good practice.
async function inspectWithAxe() {
  const said = await axe.run(document, {
    resultTypes: ["violations"], preload: false,
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return said.violations.flatMap(v => v.nodes.map(n => `axe ${v.id}: ${v.help}: ${n.html.slice(0, 160)}`));
}
