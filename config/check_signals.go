package config

import (
	"net/url"
	"slices"
	"strings"

	"birthright/internal/strictyaml"
	"birthright/internal/trust"
	"birthright/signals"
	"birthright/signals/signing"
)

func receiverPath(i int) string { return strictyaml.Index("signals.receivers", i) }

func (l *loader) checkSignals() {
	s := l.cfg.Signals
	if l.given("signals.issuer") && s.Issuer != "" {
		l.checkHTTPS("signals.issuer", s.Issuer, "https://birthright.example.com", "whoever can change what it answers can sign as the hub")
	}
	l.checkOneOf("signals.algorithm", s.Algorithm, signing.Algorithms()...)
	if s.Algorithm != "" && !s.SigningKey.IsZero() {
		l.fault("signals.algorithm", "the key in signals.signing_key decides the algorithm; set one of them")
	}
	seen := map[string]string{}
	for i := range s.Receivers {
		r, path := &s.Receivers[i], receiverPath(i)
		l.checkName(path+".name", r.Name, "receiver", seen)
		l.checkDelivery(path, *r)
		if r.Audience == "" {
			l.fault(path+".audience", "missing; it is the aud claim by which the receiver knows that an event is meant for it")
		}
		l.checkEvents(path+".events", r.Events)
		l.checkSubject(path+".subject", &r.Subject)
	}
}

// checkHTTPS wants a URL that is safe from others: https, or on this machine.
func (l *loader) checkHTTPS(path, text, example, danger string) {
	l.checkURL(path, text, example)
	if u, err := url.Parse(text); err == nil && u.Scheme == "http" && !trust.Local(u.Hostname()) {
		l.fault(path, "%q must use https: %s", text, danger)
	}
}

// checkDelivery wants the keys of the one way, and none of the other's.
func (l *loader) checkDelivery(path string, r Receiver) {
	switch r.Delivery {
	case "":
		l.fault(path+".delivery", "missing; write push, or poll for a receiver that fetches its events")
		return
	case DeliveryPoll:
		l.checkNoPush(path, r)
		return
	}
	l.checkOneOf(path+".delivery", r.Delivery, DeliveryPush, DeliveryPoll)
	if r.Delivery != DeliveryPush {
		return
	}
	if r.URL == "" {
		l.fault(path+".url", "missing; it is where the receiver takes events, for example https://app.example.com/events")
	} else {
		l.checkHTTPS(path+".url", r.URL, "https://app.example.com/events", "the token and people's addresses would travel in the clear")
	}
	for i, h := range r.Headers {
		at := strictyaml.Index(path+".headers", i)
		if h.Name == "" || strings.ContainsAny(h.Name, " :\t\r\n") {
			l.fault(at+".name", "%q is not the name of a header", h.Name)
		}
		if h.Value.IsZero() {
			l.fault(at+".value", "missing")
		}
	}
}

func (l *loader) checkNoPush(path string, r Receiver) {
	for _, key := range []struct {
		name string
		set  bool
	}{{"url", r.URL != ""}, {"token", !r.Token.IsZero()}, {"headers", len(r.Headers) > 0}, {"tls", r.TLS != trust.TLS{}}} {
		if key.set {
			l.fault(path+"."+key.name, "a receiver that polls has none: it comes to /signals/poll/%s with a token of the hub", r.Name)
		}
	}
}

func (l *loader) checkEvents(path string, events []string) {
	var names []string
	for _, e := range signals.All() {
		names = append(names, string(e))
	}
	if len(events) == 0 {
		l.fault(path, "empty; leave it out for everything that ends access, or name some of %s", strings.Join(names, ", "))
	}
	for i, e := range events {
		at := strictyaml.Index(path, i)
		switch near := strictyaml.Nearest(e, names); {
		case slices.Contains(events[:i], e):
			l.fault(at, "%q is in the list twice", e)
		case slices.Contains(names, e):
		case near != "":
			l.fault(at, "there is no event %q; did you mean %q?", e, near)
		default:
			l.fault(at, "there is no event %q; the events are %s", e, strings.Join(names, ", "))
		}
	}
}

func (l *loader) checkSubject(path string, s *Subject) {
	l.checkOneOf(path+".format", s.Format, signals.Formats()...)
	if s.Attribute != "" {
		s.Attribute = l.checkAttribute(path+".attribute", s.Attribute)
	}
}
