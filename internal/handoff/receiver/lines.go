package receiver

import (
	"bufio"
	"encoding/json"
	"io"

	"birthright/internal/handoff"
)

// mostLine bounds a call.
const mostLine = 4 << 20

// Lines answers the protocol in lines: one for each line that comes, in order.
func (r *Receiver) Lines(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, mostLine)
	enc := json.NewEncoder(out)
	for lines.Scan() {
		if err := enc.Encode(r.line(lines.Bytes())); err != nil {
			return err
		}
	}
	return lines.Err()
}

// line answers one call.
func (r *Receiver) line(text []byte) any {
	var call handoff.Call
	if err := decode(text, &call); err != nil || call.Version != handoff.Version {
		return handoff.Result{Version: handoff.Version, Outcome: handoff.Refused, Detail: unreadable(err)}
	}
	switch {
	case call.Describe != nil:
		return r.description()
	case call.Apply != nil:
		return r.apply(*call.Apply)
	case call.State != nil:
		return r.page(*call.State)
	}
	result, known := r.status(call.Status)
	if !known {
		return handoff.Result{Version: handoff.Version, Key: call.Status, Outcome: handoff.Stale, Detail: "there is no such key"}
	}
	return result
}
