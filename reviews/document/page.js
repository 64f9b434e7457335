"use strict";
// Tables sort by their headings. What is folded away is sorted with what is open.
(() => {
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const said = document.getElementById("said");

  // key is what a row is sorted by: a number, a text, or null for nothing, which stays last.
  const key = (row, column) => {
    const cell = row.cells[column];
    if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
    return cell.textContent === "" ? null : cell.textContent;
  };

  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1;
    if (typeof b === "number") return 1;
    return collator.compare(a, b);
  };

  const sort = (bodies, column, down) => {
    const sizes = bodies.map((body) => body.rows.length);
    const rows = bodies.flatMap((body) => [...body.rows]).map((row) => ({ row, key: key(row, column) }));
    rows.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
      return down ? compare(b.key, a.key) : compare(a.key, b.key);
    });
    let next = 0;
    bodies.forEach((body, i) => {
      body.append(...rows.slice(next, next + sizes[i]).map((one) => one.row));
      next += sizes[i];
    });
  };

  for (const box of document.querySelectorAll("[data-sorts]")) {
    const bodies = [...box.querySelectorAll("tbody")];
    if (bodies.reduce((n, body) => n + body.rows.length, 0) < 2) continue;
    const headings = [...box.querySelector("thead").rows[0].cells];
    headings.forEach((heading, column) => {
      const name = heading.textContent;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") === "ascending";
        sort(bodies, column, down);
        for (const other of headings) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        said.textContent = "Sorted by " + name + ", " + (down ? "descending" : "ascending") + ".";
      });
    });
  }
})();
