package rules

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

func TestSlug(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"", ""}, {"   ", ""},
		{"Engineering", "engineering"},
		{"R&D", "r-d"}, {"r d", "r-d"}, {"R & D ", "r-d"},
		{"Product  Development", "product-development"},
		{"Café Zürich", "cafe-zurich"}, {"Ærø Straße", "aero-strasse"}, {"Łódź", "lodz"}, {"İstanbul", "istanbul"}, {"Đà Nẵng", "da-nang"},
		{"ＦＵＬＬ　ｗｉｄｔｈ", "full-width"},
		{"team-1.2", "team-1-2"},
		{"--x--", "x"},
	} {
		if got := Slug(c.value); got != c.want {
			t.Errorf("Slug(%q) = %q, want %q", c.value, got, c.want)
		}
	}
}

func TestSlugKeepsOtherScriptsApart(t *testing.T) {
	seen := map[string]string{}
	for _, value := range []string{"Отдел 1", "Группа 1", "営業", "開発", "开发", "1", "!!!", "???", "مبيعات", "R&D 研究", "R&D 開発", "か", "が"} {
		slug := Slug(value)
		if other, ok := seen[slug]; ok {
			t.Errorf("%q and %q share %q", value, other, slug)
		}
		seen[slug] = value
	}
	if Slug("ОТДЕЛ") != Slug("отдел ") {
		t.Error("case decides in other scripts")
	}
}

func TestSlugShape(t *testing.T) {
	shape := regexp.MustCompile("^(?:" + slugShape + ")?$")
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.String().Draw(t, "value")
		slug := Slug(value)
		if !shape.MatchString(slug) {
			t.Fatalf("Slug(%q) = %q", value, slug)
		}
		if again := Slug(slug); again != slug {
			t.Fatalf("Slug(%q) = %q, and of that %q", value, slug, again)
		}
	})
}
