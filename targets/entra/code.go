package entra

import "encoding/json"

// code returns the word by which Graph names a refusal.
func code(body []byte) string {
	var in struct {
		Error struct{ Code string } `json:"error"`
	}
	_ = json.Unmarshal(body, &in) // what is no JSON says nothing
	return in.Error.Code
}

// clip bounds what of Graph's words is shown.
func clip(text string) string {
	const most = 300
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
