package ldaptest

import (
	"bufio"
	"net"
)

// line is one client's connection and the one to the server behind it.
type line struct {
	client, server net.Conn
	in, back       *bufio.Reader
	search         string   // the last one
	before         [][]byte // what answered it
}

// handle carries out a verdict; false ends the connection.
func (l *line) handle(request []byte, f Fault) bool {
	switch {
	case f.Code != 0:
		return l.send(refusal(request, f.Code))
	case f.Verdict == CutBefore:
		return false
	case f.Verdict == Webpage:
		l.send([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>please sign in</html>\r\n"))
		return false
	case f.Verdict == PageAgain && l.search == asked(request):
		return l.send(again(request, l.before)...)
	}
	answer, ok := l.ask(request)
	switch {
	case !ok || f.Verdict == LoseReply:
		return false
	case f.Verdict == CutAnswer:
		last := answer[len(answer)-1]
		l.send(append(answer[:len(answer)-1:len(answer)-1], last[:len(last)/2])...)
		return false
	}
	return l.send(answer...)
}

// ask passes a request on and returns all that answers it.
func (l *line) ask(request []byte) ([][]byte, bool) {
	if _, err := l.server.Write(request); err != nil {
		return nil, false
	}
	tag := operation(request)
	if tag == tagUnbind || tag == tagAbandon {
		return nil, tag == tagAbandon
	}
	var out [][]byte
	for {
		m, err := readMessage(l.back)
		if err != nil {
			return nil, false
		}
		out = append(out, m)
		if t := operation(m); t != tagEntry && t != tagReference && t != tagPartial {
			break
		}
	}
	if tag == tagSearch {
		l.search, l.before = asked(request), out
	}
	return out, true
}

func (l *line) send(messages ...[]byte) bool {
	for _, m := range messages {
		if _, err := l.client.Write(m); err != nil {
			return false
		}
	}
	return true
}
