package demo

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// teller writes the story.
type teller struct {
	out   io.Writer
	color bool
	scene int
}

func (t *teller) style(code, text string) string {
	if !t.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (t *teller) bold(text string) string { return t.style("1", text) }

// title begins the story.
func (t *teller) title(text string) {
	fmt.Fprintf(t.out, "\n%s\n", t.bold(text))
}

// begin opens a scene.
func (t *teller) begin(text string) {
	t.scene++
	fmt.Fprintf(t.out, "\n%s  %s\n", t.style("36", fmt.Sprintf("%2d", t.scene)), t.bold(text))
}

// say adds a line to a scene.
func (t *teller) say(format string, args ...any) {
	fmt.Fprintf(t.out, "    "+format+"\n", args...)
}

// seen adds a line that was checked on the systems themselves.
func (t *teller) seen(format string, args ...any) {
	fmt.Fprintf(t.out, "    %s %s\n", t.style("32", "✓"), fmt.Sprintf(format, args...))
}

// figures closes the story with what was measured.
func (t *teller) figures(rows [][2]string) {
	width := 0
	for _, row := range rows {
		width = max(width, len(row[0]))
	}
	fmt.Fprintf(t.out, "\n%s\n", t.bold("What you saw"))
	for _, row := range rows {
		fmt.Fprintf(t.out, "    %s  %s\n", row[0]+strings.Repeat(" ", width-len(row[0])), t.bold(row[1]))
	}
}

// count writes a number with thousands set apart.
func count(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// took writes a duration as people say it.
func took(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
