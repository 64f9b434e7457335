package document

// table writes a table in a box of its own, which scrolls when the window is too
// narrow. What is beyond the rows that are open is a second table, folded away:
// that works without a script, and the script sorts both as one.
func (p *page) table(t Table, number int, limits Limits) {
	p.put("<div class=\"table\" data-sorts><div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"table-%s\"><table>\n<caption id=\"table-%s\">%s</caption>\n", number, number, t.caption())
	p.columns(t.Columns)
	shown := 0
	left, err := t.each(limits.HTML, func(row []Cell) error {
		if shown == limits.Open {
			p.fold(t, number)
		}
		shown++
		p.row(row)
		return p.err
	})
	if p.err == nil {
		p.err = err
	}
	if shown == 0 {
		p.put("<tr><td colspan=\"%s\">Nothing.</td></tr>\n", len(t.Columns))
	}
	p.raw("</tbody>\n</table></div>")
	if shown > limits.Open {
		p.put("<p class=\"count\">%s rows</p></details>", grouped(itoa(shown)))
	}
	p.raw("\n")
	if text := leftOut(left, t.elsewhere(left)); text != "" {
		p.put("<p class=\"note\">%s</p>\n", text)
	}
	if t.Note != "" {
		p.put("<p class=\"note\">%s</p>\n", t.Note)
	}
	p.raw("</div>\n")
}

// fold ends the table that is open and begins the one that is folded away.
func (p *page) fold(t Table, number int) {
	p.put("</tbody>\n</table></div>\n<details><summary>More rows</summary><div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"rest-%s\"><table>\n<caption id=\"rest-%s\">%s, continued</caption>\n", number, number, t.caption())
	p.columns(t.Columns)
}

func (p *page) columns(columns []Column) {
	p.raw("<thead><tr>")
	for _, c := range columns {
		p.raw("<th scope=\"col\"")
		if right(c.Kind) {
			p.raw(" class=\"n\"")
		}
		p.put(">%s</th>", c.title())
	}
	p.raw("</tr></thead>\n<tbody>\n")
}

// row writes a row; its first cell says whose it is.
func (p *page) row(row []Cell) {
	p.raw("<tr>")
	for i, c := range row {
		end := markup("</td>")
		if i == 0 {
			p.raw("<th scope=\"row\"")
			end = "</th>"
		} else {
			p.raw("<td")
		}
		if right(c.kind) {
			p.raw(" class=\"n\"")
		}
		if order, measured := c.order(); measured {
			p.raw(" data-v=\"")
			p.raw(markup(order)) // a number
			p.raw("\"")
		}
		p.raw(">")
		p.text(c.Shown())
		p.raw(end)
	}
	p.raw("</tr>\n")
}

// right reports whether cells of the kind stand to the right, so that digits stand
// below each other.
func right(k Kind) bool { return k == KindNumber || k == KindPercent || k == KindDuration }

func (t Table) caption() string {
	if t.Caption == "" {
		return t.Name
	}
	return t.Caption
}
