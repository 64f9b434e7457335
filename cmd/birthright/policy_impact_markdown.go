package main

import (
	"cmp"
	"fmt"
	"strings"

	"birthright/hub/trial"
)

// mostComment bounds a comment: GitHub takes 65,536 characters.
const mostComment = 65_000

// remainder is kept free for the sentence about what was left out.
const remainder = 200

// comment is Markdown that stops growing before it is too long.
type comment struct {
	strings.Builder
	left int // parts that had no room
}

// add appends a part whole, or leaves it out.
func (c *comment) add(text string) bool {
	if c.Len()+len(text) > mostComment-remainder {
		c.left++
		return false
	}
	c.WriteString(text)
	return true
}

// table appends rows as long as there is room.
func (c *comment) table(header string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	columns := strings.Split(header, ",")
	if !c.add("\n| " + strings.Join(columns, " | ") + " |\n|" + strings.Repeat(" --- |", len(columns)) + "\n") {
		return
	}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = escaped(cell)
		}
		c.add("| " + strings.Join(cells, " | ") + " |\n")
	}
}

// impactComment is an impact as a comment on a pull request.
func impactComment(v trial.Outcome, limit int) string {
	c := &comment{}
	c.add("<!-- birthright policy impact -->\n### " + c.title(v) + "\n\n" + impactSentence(v) + "\n")
	c.table("Group,Risk,Gains,Losses,Before,After,", groupRows(v))
	c.table("Target,Adds,Removes", targetRows(v))
	c.findings("Constraint", v.Constraints, limit)
	c.findings("Property", v.Properties, limit)
	c.needless(v, limit)
	c.table("Grant that ends,User,Group,Because", stoppedRows(v.EndingGrants, limit))
	c.table("Grant that could not begin,User,Group,Because", stoppedRows(v.FailingGrants, limit))
	losing, gaining := byGroup(v.Losses), byGroup(v.Gains)
	for _, g := range v.Groups {
		c.names(g, losing[g.Group], gaining[g.Group], limit)
	}
	if c.left > 0 {
		fmt.Fprintf(c, "\n… %s left out here: a comment holds only so much. `--output json` has everything.\n", count(c.left, "part is", "parts are"))
	}
	return c.String()
}

func (c *comment) title(v trial.Outcome) string {
	if v.Policy.Before == v.Policy.After {
		return "Impact under policy " + v.Policy.After
	}
	return fmt.Sprintf("Impact of policy %s → %s", v.Policy.Before, v.Policy.After)
}

// findings tells for whom constraints or properties break or mend.
func (c *comment) findings(kind string, list []trial.Broken, limit int) {
	for _, f := range list {
		mode := ""
		if f.Mode != "" {
			mode = ", " + map[string]string{"enforce": "enforced", "report": "only reported"}[f.Mode]
		}
		c.add(fmt.Sprintf("\n**%s %s** (%s%s) breaks for %d, mends for %d.\n",
			kind, escaped(f.Name), escaped(strings.Join(f.Groups, ", ")), mode, len(f.Breaks), len(f.Mends)))
		shown, more := bounded(f.Breaks, limit)
		for _, x := range shown {
			c.add("- " + escaped(x.User) + ": " + escaped(against(f, x)) + "\n")
		}
		if more > 0 {
			c.add(fmt.Sprintf("- … and %d more\n", more))
		}
	}
}

func (c *comment) needless(v trial.Outcome, limit int) {
	if len(v.NeedlessGrants) == 0 {
		return
	}
	c.add("\n**" + count(len(v.NeedlessGrants), "grant becomes", "grants become") + " needless:** rules give the group.\n")
	shown, more := bounded(v.NeedlessGrants, limit)
	for _, g := range shown {
		c.add("- " + escaped(g.User) + ": " + escaped(g.Group) + "\n")
	}
	if more > 0 {
		c.add(fmt.Sprintf("- … and %d more\n", more))
	}
}

// names folds who gains and loses one group away.
func (c *comment) names(g trial.GroupOutcome, losing, gaining []string, limit int) {
	if g.Gains+g.Losses == 0 {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n<details><summary>%s (%s): %d lose, %d gain</summary>\n\n", escaped(g.Group), cmp.Or(g.Risk, "no risk said"), g.Losses, g.Gains)
	for _, side := range []struct {
		word  string
		names []string
	}{{"lose", losing}, {"gain", gaining}} {
		names, more := bounded(side.names, limit)
		if len(names) == 0 {
			continue
		}
		fmt.Fprintf(&b, "- %s: %s", side.word, escaped(strings.Join(names, ", ")))
		if more > 0 {
			fmt.Fprintf(&b, ", … and %d more", more)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n</details>\n")
	c.add(b.String())
}

// specials are what Markdown and HTML would take for more than a letter; @ would
// call somebody.
var specials = strings.NewReplacer(
	`\`, `\\`, `|`, `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`, "~", `\~`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "&#64;",
)

// escaped is a text that a comment shows as it is, on one line.
func escaped(text string) string { return specials.Replace(visible(text)) }
