package strictyaml

import (
	"slices"
	"strings"
)

// Nearest returns the one of known that name was most likely meant to be, ""
// when none is near. Case, underscores and dashes count for nothing; otherwise
// about one letter in three may be wrong, missing, extra or swapped.
func Nearest(name string, known []string) string {
	best, bestDistance := "", len(name)
	folded := fold(name)
	for _, candidate := range slices.Sorted(slices.Values(known)) {
		other := fold(candidate)
		allowed := min(3, max(1, (max(len(folded), len(other))+1)/3))
		if abs(len(folded)-len(other)) > allowed {
			continue
		}
		if d := distance(folded, other); d <= allowed && (best == "" || d < bestDistance) && d < max(len(folded), len(other)) {
			best, bestDistance = candidate, d
		}
	}
	return best
}

func fold(s string) string {
	s = strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s))
	return s[:min(len(s), 128)]
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b, byte by byte.
func distance(a, b string) int {
	before, previous := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current := make([]int, len(b)+1)
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous = previous, current
	}
	return previous[len(b)]
}

func abs(n int) int { return max(n, -n) }
