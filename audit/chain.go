package audit

import "crypto/sha256"

// Append makes event the next record after head. The event is normalised and
// numbered first. The new head is the record's.
func Append(head Head, event Event) (Record, Head, error) {
	event, err := event.Normalised()
	if err != nil {
		return Record{}, head, err
	}
	event.Seq = head.Seq + 1
	sum, err := hash(head.Hash, event)
	if err != nil {
		return Record{}, head, err
	}
	r := Record{Event: event, Prev: head.Hash, Hash: sum}
	return r, r.Head(), nil
}

// Head is the place in the chain that ends with r.
func (r Record) Head() Head { return Head{Seq: r.Seq, Hash: r.Hash} }

func hash(prev Hash, event Event) (Hash, error) {
	text, err := canonical(event)
	if err != nil {
		return Hash{}, err
	}
	return sha256.Sum256(append(prev[:], text...)), nil
}
