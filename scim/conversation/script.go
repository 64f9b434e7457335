package conversation

// Script is a conversation as it was written down.
type Script struct {
	Name      string // of the file
	Profile   string // of the provider, as the server's configuration calls it
	Alone     bool   // it has to find no users and groups but its own
	Headers   []Header
	Vars      []Var
	Exchanges []Exchange
}

// Header is sent with a request.
type Header struct{ Name, Value string }

// Var is a text that is set at the beginning; it may use those above it.
type Var struct {
	Line        int
	Name, Value string
}

// Exchange is one request with what is expected of the answer.
type Exchange struct {
	Line         int
	Comment      string
	Method, Path string
	Headers      []Header
	Body         string
	Status       []int // one of them
	Checks       []Check
}

// Check is one expectation beyond the status, or a capture.
type Check struct {
	Line int
	// Op is "=", "absent", "contains", ">=", "~", "header" or "capture".
	Op   string
	Path string // of the value, or the header's name
	Want string // JSON, a regular expression, or the name to keep the value under
}
