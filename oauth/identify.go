package oauth

import (
	"context"
	"errors"
	"time"

	"birthright/identity"
	"birthright/tokens"
)

// errNobody does not repeat the name: it may be anything, a secret among it.
var errNobody = errors.New("there is no such client")

// identify finds out who asks. Whatever is wrong is refused in the same words,
// and a client that nobody knows takes as long as one with a wrong secret: the
// zero client is checked in its place.
func (h *handler) identify(ctx context.Context, shown credentials, now time.Time) (tokens.Client, Proof, error) {
	client, missing := h.o.Clients.Client(ctx, shown.client)
	if missing != nil {
		if identity.KindOf(missing) != identity.NotFound {
			return tokens.Client{}, Proof{}, missing
		}
		client = tokens.Client{}
	}
	proof, err := h.check(client, shown, now)
	switch {
	case missing != nil:
		err = errNobody
	case err == nil && !h.sources[client.Source]:
		err = errors.New("its source is not configured to push: " + client.Source)
	}
	if err != nil {
		return tokens.Client{}, Proof{}, unknownClient(shown, err)
	}
	return client, proof, nil
}

// check reports why what was shown is not the client's, or the client no longer
// valid.
func (h *handler) check(client tokens.Client, shown credentials, now time.Time) (Proof, error) {
	if shown.method != methodKey {
		return Proof{}, client.Verify(shown.secret, now)
	}
	claims, err := h.signed(client.Keys, shown.assertion)
	if err != nil {
		return Proof{}, err
	}
	if err := meant(claims, client.ID, h.audience, now); err != nil {
		return Proof{}, err
	}
	return proofOf(claims), client.Live(now)
}
