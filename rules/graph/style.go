package graph

// style is the look of the drawing, by day, by night and on paper. Fonts are
// those of whoever looks.
const style = `
    :root { color-scheme: light dark; }
    .ground { fill: #ffffff; }
    .box { fill: #ffffff; stroke: #94a3b8; stroke-width: 1; }
    .made, .folded { fill: #f1f5f9; }
    .rest { fill: #f8fafc; stroke-dasharray: 2 3; }
    .idle { fill: none; stroke-dasharray: 5 4; }
    .shade { fill: #f1f5f9; stroke: #94a3b8; stroke-width: 1; }
    .people { fill: #2563eb; }
    .rules { fill: #7c3aed; }
    .groups { fill: #0f766e; }
    .targets { fill: #b45309; }
    .wire { fill: none; stroke-opacity: .38; stroke-linecap: butt; }
    .wire.none { stroke-dasharray: 2 3; stroke-opacity: .6; }
    .wire:hover { stroke-opacity: 1; }
    .wire.people { stroke: #2563eb; fill: none; }
    .wire.rules { stroke: #7c3aed; fill: none; }
    .wire.groups { stroke: #0f766e; fill: none; }
    .inside { stroke-dasharray: 6 3; stroke-opacity: .8; }
    text { fill: #0f172a; font-size: 13px; }
    .title { font-size: 20px; font-weight: 600; }
    .head { font-size: 14px; font-weight: 600; }
    .note { fill: #475569; font-size: 11px; }
    .count { text-anchor: end; font-variant-numeric: tabular-nums; }
    .number { fill: #334155; font-size: 10px; text-anchor: end; font-variant-numeric: tabular-nums; }
    @media screen and (prefers-color-scheme: dark) {
      .ground { fill: #0d1117; }
      .box { fill: #161b22; stroke: #6e7681; }
      .made, .folded { fill: #21262d; }
      .rest { fill: #161b22; }
      .idle { fill: none; }
      .shade { fill: #21262d; stroke: #6e7681; }
      .people { fill: #58a6ff; }
      .rules { fill: #bc8cff; }
      .groups { fill: #3fb9a5; }
      .targets { fill: #d29922; }
      .wire { stroke-opacity: .5; }
      .wire.people { stroke: #58a6ff; }
      .wire.rules { stroke: #bc8cff; }
      .wire.groups { stroke: #3fb9a5; }
      text { fill: #f0f6fc; }
      .note { fill: #b1bac4; }
      .number { fill: #c9d1d9; }
    }
  `
