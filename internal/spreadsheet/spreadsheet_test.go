package spreadsheet

import "testing"

func TestDefused(t *testing.T) {
	for text, want := range map[string]string{
		"": "", " ": " ", "ada": "ada", "a=b": "a=b", "'=1": "'=1", "=1+1": "'=1+1", "+49 30": "'+49 30", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1",
		"\r\n=1": "'\r\n=1", " =1": "' =1", "\u00a0=1": "'\u00a0=1", "＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠A": "'＠A", "\xff": "\xff",
	} {
		if got := Defused(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestDefusedRow(t *testing.T) {
	row := DefusedRow([]string{"ada", "=1"})
	if row[0] != "ada" || row[1] != "'=1" {
		t.Errorf("%q", row)
	}
}
