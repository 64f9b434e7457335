package conversation

import (
	"strings"
	"testing"
)

// whole is a life: made, replaced, changed, deleted.
const whole = settings + make1 + `
# Manual.
> PUT /Users/{id}
{"name":"{ada}","title":"x"}
< 200

# Manual.
> PATCH /Users/{id}
{"title":"y"}
< 200

# Manual.
> DELETE /Users/{id}
< 204
`

func TestTwiceIsOnce(t *testing.T) {
	s := &shop{}
	if err := play(t, s, Player{Twice: true}, whole); err != nil {
		t.Fatal(err)
	}
	writes := 0
	for _, asked := range s.asked {
		if !strings.HasPrefix(asked, "GET") {
			writes++
		}
	}
	if writes != 8 {
		t.Errorf("%d writes, want each of the four twice: %v", writes, s.asked)
	}
}

func TestTwiceFindsWhatIsNot(t *testing.T) {
	for name, c := range map[string]struct {
		shop shop
		want string
	}{
		"a POST that makes two":   {shop{twins: true}, "x.txt:5: the second time: a second resource came about: 2 beside 1"},
		"a change that adds up":   {shop{grows: true}, "x.txt:11: the second time changed the resource"},
		"a change that forgets":   {shop{forgetful: true}, ""}, // it forgets the first time, too: the second makes no difference
		"everything as it should": {shop{}, ""},
	} {
		err := play(t, &c.shop, Player{Twice: true}, whole)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestTwinGroupsAreDeleted(t *testing.T) {
	group := strings.ReplaceAll(make1, "/Users", "/Groups")
	s := &shop{twins: true}
	if err := play(t, s, Player{Twice: true, TwinGroups: true}, settings+group); err != nil {
		t.Fatal(err)
	}
	if len(s.kept) != 1 || s.kept["/Groups/1"] == nil {
		t.Errorf("kept %v, want the first group alone", s.kept)
	}
	if err := play(t, &shop{twins: true}, Player{Twice: true}, settings+group); err == nil {
		t.Error("twins passed, though nobody said that there are any")
	}
	if err := play(t, &shop{twins: true}, Player{Twice: true, TwinGroups: true}, settings+make1); err == nil {
		t.Error("twins of a user passed")
	}
}

func TestAConditionHoldsOnce(t *testing.T) {
	const conditional = settings + `
# Manual.
> POST /Users
{"name":"{ada}","version":"1"}
< 201
< {id} = $.id

# Manual.
> PUT /Users/{id}
> If-Match: 1
{"name":"{ada}","version":"2"}
< 200
`
	if err := play(t, &shop{}, Player{Twice: true}, conditional); err != nil {
		t.Error(err)
	}
	if err := play(t, &shop{}, Player{Twice: true}, strings.ReplaceAll(conditional, "> If-Match: 1\n", "")); err != nil {
		t.Error(err)
	}
}
