package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"birthright/grants/approval"
	"birthright/internal/requestlog"
	"birthright/tokens/holder"
)

// Prefix is where the API is.
const Prefix = "/api/v1"

// maxBody is how much somebody may send.
const maxBody = 64 << 10

// Desk is what handles requests for access.
type Desk interface {
	catalogDesk
	requestDesk
	decisionDesk
	grantDesk
	glassDesk
	delegationDesk
}

// Hub is what answers about everything else.
type Hub interface {
	policyDesk
	evidenceDesk
	reportDesk
	groupDesk
	personDesk
	takenDesk
	auditDesk
	statusDesk
	tokenDesk
	userDesk
	targetDesk
	sourceDesk
	runDesk
	heldDesk
}

// Options are what the API needs.
type Options struct {
	Hub     Hub
	Desk    Desk
	Reviews ReviewDesk
	Tokens  holder.Keeper
	Answers Answers
	// Pace is how many requests a token may send, on average and at once; the zero
	// Pace is DefaultPace.
	Pace    Pace
	Version string
	Now     func() time.Time
	NewID   func() string
	Log     *slog.Logger
}

// server is the API.
type server struct {
	Options
	check holder.Check
	api   huma.API
	mux   *http.ServeMux
}

// New returns the API, to be served under Prefix.
func New(o Options) http.Handler {
	if o.Pace == (Pace{}) {
		o.Pace = DefaultPace
	}
	s := &server{Options: o, check: holder.Check{Keeper: o.Tokens, Now: o.Now, Log: o.Log}, mux: http.NewServeMux()}
	s.api = humago.NewWithPrefix(s.mux, Prefix, description(o.Version))
	s.mountAudit()
	s.mountStatus()
	s.mountTokens()
	s.mountUsers()
	s.mountPolicy()
	s.mountPerson()
	s.mountGroups()
	s.mountTargets()
	s.mountSources()
	s.mountRuns()
	s.mountEvents()
	s.mountHeld()
	s.mountCatalog()
	s.mountRequests()
	s.mountDecisions()
	s.mountGrants()
	s.mountGlass()
	s.mountDelegations()
	s.mountReviews()
	s.mountTaken()
	s.mux.HandleFunc("GET "+Prefix+PagePath, s.page())
	s.mountReports()
	s.mountEvidence()
	s.mux.HandleFunc("/", s.nowhere)
	return s.guard(s.paced(takingTime(s.tagged(s.replayed(s.named(s.mux))))))
}

// named says by which pattern a request was routed, for whoever tells of requests.
func (s *server) named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := s.mux.Handler(r); pattern != "/" {
			requestlog.Name(r.Context(), pattern)
		}
		next.ServeHTTP(w, r)
	})
}

// description is what the OpenAPI document says of the API as a whole.
func description(version string) huma.Config {
	c := huma.DefaultConfig("Birthright", version)
	c.Components.Schemas = schemas()
	c.CreateHooks = nil // no links to schemas in answers
	c.DocsPath, c.SchemasPath = "", ""
	c.RejectUnknownQueryParameters = true
	c.Info.Description = "Everything that the commands and the console do: the directory, groups, requests and grants, reviews, policy, targets, runs, reports and the audit log."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "`birthright token create --user NAME`"},
	}
	c.Security = []map[string][]string{{"token": {}}}
	c.Transformers = []huma.Transformer{quiet}
	return c
}

// route mounts one operation: do gets who acts and what came in.
func route[I, O any](s *server, op huma.Operation, do func(ctx context.Context, who approval.Actor, in *I) (*O, error)) {
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = maxBody
	}
	op.Errors = []int{
		http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity,
		http.StatusTooManyRequests, http.StatusServiceUnavailable,
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		who := caller(ctx)
		if !who.Only.Allows(nounOf(op.Path), asks(op)) {
			return nil, s.problem(op.Method, errNarrow(op, who.Only))
		}
		out, err := do(ctx, who.Actor, in)
		if err != nil {
			return nil, s.problem(op.Method, err)
		}
		return out, nil
	})
}

// operation describes a route in few words.
func operation(id, method, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary}
}

// answer is a body and nothing else.
type answer[T any] struct{ Body T }

func answering[T any](body T, err error) (*answer[T], error) {
	if err != nil {
		return nil, err
	}
	return &answer[T]{Body: body}, nil
}

// items is a list that is whole.
type items[T any] struct {
	Items []T `json:"items" nullable:"false"`
}

func listing[T any](found []T, err error) (*answer[items[T]], error) {
	if found == nil {
		found = []T{}
	}
	return answering(items[T]{Items: found}, err)
}
