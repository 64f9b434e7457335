package audit

import "crypto/sha256"

// Append makes event the next record after head. The event is normalised and
// numbered first. The new head is the record's.
func Append(head Head, event Event) (Record, Head, error) {
	r, _, err := Seal(head, event)
	if err != nil {
		return Record{}, head, err
	}
	return r, r.Head(), nil
}

// Seal is Append that also returns the text of the record's detail, as
// DetailText would, for those who store it.
func Seal(head Head, event Event) (r Record, detail string, err error) {
	event, detail, err = event.normalised()
	if err != nil {
		return Record{}, "", err
	}
	event.Seq = head.Seq + 1
	sum, err := hash(head.Hash, event, detail)
	return Record{Event: event, Prev: head.Hash, Hash: sum}, detail, err
}

// Head is the place in the chain that ends with r.
func (r Record) Head() Head { return Head{Seq: r.Seq, Hash: r.Hash} }

// sum is the hash that r should have.
func (r Record) sum() (Hash, error) {
	detail, err := DetailText(r.Detail)
	if err != nil {
		return Hash{}, err
	}
	return hash(r.Prev, r.Event, detail)
}

func hash(prev Hash, event Event, detail string) (Hash, error) {
	text, err := canonical(event, detail)
	if err != nil {
		return Hash{}, err
	}
	return sha256.Sum256(append(prev[:], text...)), nil
}
