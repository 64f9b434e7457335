package ldapwire

import "fmt"

// lookupBurst is how many lookups are under way at once: enough to hide the
// round trip, few enough for any server's limit and for the socket's buffers.
const lookupBurst = 64

// Lookup runs searches without paging side by side and hands what they find to
// each, with the search's index. A base that does not exist finds nothing.
func (c *Conn) Lookup(searches []Search, each func(i int, e *Entry) error) error {
	for first := 0; first < len(searches); first += lookupBurst {
		burst := searches[first:min(first+lookupBurst, len(searches))]
		if err := c.lookup(burst, func(i int, e *Entry) error { return each(first+i, e) }); err != nil {
			return c.explain(err)
		}
	}
	return nil
}

func (c *Conn) lookup(searches []Search, each func(i int, e *Entry) error) error {
	firstID := c.lastID + 1
	for _, s := range searches {
		if _, err := c.send(s.request(), nil); err != nil {
			return err
		}
	}
	var entry Entry
	for pending := len(searches); pending > 0; {
		m, err := c.receive()
		if err != nil {
			return err
		}
		i := m.id - firstID
		if i < 0 || i >= int64(len(searches)) {
			return fmt.Errorf("answer to request %d, which nobody made", m.id)
		}
		switch m.op {
		case tagSearchEntry:
			if err := entry.decode(m.content); err != nil {
				return fmt.Errorf("malformed entry: %w", err)
			}
			if err := each(int(i), &entry); err != nil {
				return err
			}
		case tagSearchReference: // elsewhere is not here
		case tagSearchDone:
			refused, err := decodeResult(m.content)
			if err != nil {
				return fmt.Errorf("malformed result: %w", err)
			}
			if refused != nil && refused.Code != NoSuchObject && refused.Code != Referral {
				return refused
			}
			pending--
		default:
			return fmt.Errorf("unexpected answer with tag 0x%02x to a search", m.op)
		}
	}
	return nil
}
