package signin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/tokens/holder"
)

// Entry is a session that begins. Cookie is shown once.
type Entry struct {
	Cookie  string
	Session Session
}

// ByToken lets in who shows a personal token.
func (s *Service) ByToken(ctx context.Context, plain string) (Entry, error) {
	who, err := s.Tokens.Plain(ctx, strings.TrimSpace(plain))
	var refusal *holder.Refusal
	switch {
	case errors.As(err, &refusal):
		return Entry{}, s.Refuse(ctx, &Refusal{
			Way: ByToken, Who: refusal.Token, Why: refusal.Why.Error(), Said: "This token opens nothing here: it is unknown, expired, revoked, or not a person's.",
		})
	case err != nil:
		return Entry{}, err
	case who.UserN == 0:
		return Entry{}, s.Refuse(ctx, &Refusal{
			Way: ByToken, Who: who.Token, Why: "the token is a program's", Said: "This token is a program's. Pages are for people: take a personal one.",
		})
	}
	return s.enter(ctx, Session{Way: ByToken, Token: who.Token, UserN: who.UserN}, who.Token)
}

// Identity is whom the provider vouches for.
type Identity struct {
	Claims Claims
	// Subject, SID and Hint are as in Session.
	Subject, SID, Hint string
}

// ByProvider lets in who the provider vouches for.
func (s *Service) ByProvider(ctx context.Context, id Identity) (Entry, error) {
	user, name, err := s.person(ctx, id.Claims)
	if err != nil {
		return Entry{}, err
	}
	return s.enter(ctx, Session{
		Way: ByOIDC, UserN: user.UserN, Claimed: s.claimed(id.Claims), Subject: id.Subject, SID: id.SID, Hint: id.Hint,
	}, name)
}

// person returns the user whom claims name, and the name by which they were found.
func (s *Service) person(ctx context.Context, c Claims) (a approval.Actor, name string, err error) {
	tried := s.namesIn(c)
	for _, one := range tried {
		a, err := s.People.Actor(ctx, one.text)
		if err == nil {
			return a, one.text, nil
		}
		if identity.KindOf(err) != identity.NotFound {
			return a, "", err
		}
		if !one.mail {
			continue
		}
		found, err := s.People.ByMail(ctx, one.text)
		switch {
		case err != nil:
			return a, "", err
		case len(found) == 1:
			return found[0], one.text, nil
		case len(found) > 1:
			return a, "", s.Refuse(ctx, &Refusal{
				Way: ByOIDC, Who: one.text, Why: "several users have the address " + one.text,
				Said: fmt.Sprintf("Several people here have the address %s, and the hub does not guess which of them you are. Whoever runs it can help.", one.text),
			})
		}
	}
	if len(tried) == 0 {
		return a, "", s.Refuse(ctx, &Refusal{
			Way: ByOIDC, Who: c.Text("sub"), Why: "no claim names the user: " + strings.Join(s.Needs(), ", ") + " were looked for",
			Said: "The provider did not say who you are in a way that the hub knows. Whoever runs it can help: see auth.oidc.user_claim.",
		})
	}
	who := tried[0].text
	return a, "", s.Refuse(ctx, &Refusal{
		Way: ByOIDC, Who: who, Why: "there is no user " + who, Said: fmt.Sprintf("The provider knows you as %s, and the hub knows nobody of that name. Whoever runs it can help.", who),
	})
}

// named is a name of somebody; mail tells that it may be an address, too.
type named struct {
	text string
	mail bool
}

// namesIn lists the names that claims give somebody, the best first.
func (s *Service) namesIn(c Claims) (out []named) {
	mail := c.verifiedMail()
	switch s.UserClaim {
	case "":
		if name := c.Text("preferred_username"); name != "" {
			out = append(out, named{text: name})
		}
		if mail != "" {
			out = append(out, named{mail, true})
		}
	case "email":
		if mail != "" {
			out = append(out, named{mail, true})
		}
	default:
		if name := c.Text(s.UserClaim); name != "" {
			out = append(out, named{name, strings.Contains(name, "@")})
		}
	}
	return out
}

// enter begins a session of somebody who has proven who they are, as name, and is
// still to be looked at: whether they are active, and which roles they have.
func (s *Service) enter(ctx context.Context, one Session, name string) (Entry, error) {
	actor := approval.Actor{Name: one.Name, Admin: one.UserN == 0}
	if one.UserN != 0 {
		var err error
		actor, err = s.People.Today(ctx, approval.Actor{UserN: one.UserN})
		if identity.KindOf(err) == identity.Denied {
			why := reason(err)
			return Entry{}, s.Refuse(ctx, &Refusal{Way: one.Way, Who: name, Why: why, Said: "You cannot log in: " + why + "."})
		}
		if err != nil {
			return Entry{}, err
		}
		one.Roles = rolesOf(actor)
	}
	cookie, hash, err := secret(s.Rand)
	if err != nil {
		return Entry{}, err
	}
	if one.ID, err = publicID(s.Rand); err != nil {
		return Entry{}, err
	}
	one.Hash, one.Created = hash, s.Now()
	one.LastSeen, one.Expires = one.Created, one.Created.Add(s.Life)
	return Entry{Cookie: cookie, Session: one}, s.Book.Begin(ctx, one, opened(one, actor.Name))
}

// reason is what an error says to people.
func reason(err error) string {
	var e *identity.Error
	if errors.As(err, &e) && e.Err != nil {
		return e.Err.Error()
	}
	return err.Error()
}

// opened is the audit log's event of a login.
func opened(s Session, actor string) audit.Event {
	detail := map[string]any{"way": s.Way}
	for name, value := range map[string]string{"token": s.Token, "subject": s.Subject} {
		if value != "" {
			detail[name] = value
		}
	}
	for name, roles := range map[string][]string{"roles": s.Roles, "claimed": s.Claimed} {
		if len(roles) > 0 {
			detail[name] = roles
		}
	}
	return audit.Event{Actor: actor, Action: "session.opened", Subject: "session:" + s.ID, Detail: detail}
}

// Attempt is a login that somebody began at the provider: what only their browser keeps,
// and proves when they come back.
type Attempt struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
}
