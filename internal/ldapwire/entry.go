package ldapwire

import "fmt"

// Entry is one found entry. It and everything it points to is valid only until
// the function that it was handed to returns: copy what is kept.
type Entry struct {
	DN         []byte
	Attributes []Attribute

	values [][]byte // backs the Values of all attributes
}

// Attribute is an attribute description as the server spells it, with options
// ("cn;lang-en"), and its values in the server's order.
type Attribute struct {
	Name   []byte
	Values [][]byte
}

// decode reads a SearchResultEntry into e, reusing e's memory.
func (e *Entry) decode(b []byte) error {
	e.Attributes, e.values = e.Attributes[:0], e.values[:0]
	dn, rest, err := expect(b, tagOctetString, "entry name")
	if err != nil {
		return err
	}
	e.DN = dn
	list, rest, err := expect(rest, tagSequence, "attributes")
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("%d bytes follow the attributes", len(rest))
	}
	for len(list) > 0 {
		var attribute []byte
		if attribute, list, err = expect(list, tagSequence, "attribute"); err != nil {
			return err
		}
		if err := e.decodeAttribute(attribute); err != nil {
			return err
		}
	}
	return nil
}

func (e *Entry) decodeAttribute(b []byte) error {
	name, rest, err := expect(b, tagOctetString, "attribute name")
	if err != nil {
		return err
	}
	set, rest, err := expect(rest, tagSet, "values")
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("%d bytes follow the values", len(rest))
	}
	first := len(e.values)
	for len(set) > 0 {
		var value []byte
		if value, set, err = expect(set, tagOctetString, "value"); err != nil {
			return err
		}
		e.values = append(e.values, value)
	}
	// Where values grew, earlier attributes keep the old array, which still
	// holds what they had.
	last := len(e.values)
	e.Attributes = append(e.Attributes, Attribute{Name: name, Values: e.values[first:last:last]})
	return nil
}
