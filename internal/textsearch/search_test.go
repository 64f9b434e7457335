package textsearch

import (
	"slices"
	"testing"
)

// What people type, and what is to be found by it. The order is that of the best fit.
func TestWhatPeopleTypeFindsWhatTheyMean(t *testing.T) {
	offers := map[string]Text{}
	for _, o := range [][4]string{
		{"dbro", "", "", "prod-db:role/readonly"},
		{"dbrw", "Production database, write", "", "prod-db:role/readwrite"},
		{"prod-db", "Whatever", "", ""},
		{"logs", "Application logs", "Reading what services logged in production", "loki:tenant/prod"},
		{"cloud", "", "", "aws:permission-set/ReadOnlyAccess@111122223333"},
		{"policies", "Company policies", "", "wiki:space/policy"},
		{"deploy", "Deployment", "Ship to staging", "argo:project/stg"},
		{"hr", "People files", "For HR", "drive:folder/people"},
	} {
		offers[o[0]] = Of(Field{o[0], 8}, Field{o[1], 6}, Field{o[3], 4}, Field{o[2], 2})
	}
	for typed, want := range map[string][]string{
		"production database":          {"prod-db", "dbrw", "dbro"},
		"prod-db":                      {"prod-db", "dbrw", "dbro"},
		"Production Databases":         {"prod-db", "dbrw", "dbro"},
		"read production databases":    {"dbrw", "dbro"},
		"prod-db:role/readonly":        {"dbro"},
		"ro prod":                      {"dbro", "dbrw"},
		"access to the production db":  {"prod-db", "dbrw", "dbro"},
		"logging":                      {"logs"},
		"log":                          {"logs"},
		"services log":                 {"logs"},
		"read only":                    {"cloud", "dbro"},
		"readonly access":              {"cloud", "dbro"},
		"policy":                       {"policies"},
		"deployments":                  {"deploy"},
		"staging":                      {"deploy"},
		"people":                       {"hr"},
		"pro":                          {"prod-db", "dbrw", "dbro", "logs", "deploy"},
		"for":                          {"hr"},
		"production database in space": nil,
		"22":                           {"cloud"},
		"%":                            nil,
		"_":                            nil,
	} {
		q := Parse(typed)
		type hit struct {
			name  string
			score int
		}
		var hits []hit
		for name, text := range offers {
			if score, fits := q.Fit(&text); fits {
				hits = append(hits, hit{name, score})
			}
		}
		slices.SortFunc(hits, func(a, b hit) int {
			if a.score != b.score {
				return b.score - a.score
			}
			return slices.Compare([]byte(a.name), []byte(b.name))
		})
		var got []string
		for _, h := range hits {
			got = append(got, h.name)
		}
		if !slices.Equal(sorted(got), sorted(want)) {
			t.Errorf("%q finds %v, want %v", typed, hits, want)
		} else if len(want) > 0 && got[0] != want[0] {
			t.Errorf("%q finds %v first, want %s", typed, hits, want[0])
		}
	}
}

func sorted(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return out
}

// Forms of one word are one word, and different words are not.
func TestFormsOfAWord(t *testing.T) {
	for _, same := range [][]string{
		{"database", "databases"}, {"read", "reads", "reader", "readers", "reading"}, {"write", "writes", "writer", "writing"},
		{"policy", "policies"}, {"log", "logs", "logging", "logged"}, {"deploy", "deployment", "deployments", "deploying"}, {"access"},
	} {
		for _, w := range same {
			if stem(w) != stem(same[0]) {
				t.Errorf("%s and %s are not one word: %s, %s", w, same[0], stem(w), stem(same[0]))
			}
		}
	}
	for _, apart := range [][2]string{{"ada", "adam"}, {"test", "team"}, {"us", "use"}, {"role", "roll"}} {
		if stem(apart[0]) == stem(apart[1]) {
			t.Errorf("%v are one word", apart)
		}
	}
}

// Whatever is typed and searched, nothing breaks, and a text fits its own words.
func FuzzFit(f *testing.F) {
	f.Add("production database", "prod-db:role/readonly")
	f.Add("ÄÖ ü", "İstanbul ßß")
	f.Add("\xff\xfe", "ReadOnlyAccess@1")
	f.Fuzz(func(t *testing.T, typed, text string) {
		q, of := Parse(typed), Of(Field{text, 1})
		q.Fit(&of)
		self := Parse(text)
		if _, fits := self.Fit(&of); !fits {
			t.Errorf("%q does not fit itself", text)
		}
	})
}

func BenchmarkFit(b *testing.B) {
	q := Parse("production database")
	of := Of(Field{"github:repo/some-service-name-17", 8}, Field{"A repository", 6})
	for b.Loop() {
		q.Fit(&of)
	}
}
