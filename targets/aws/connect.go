package aws

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/targets"
)

// conn is the SDK's clients over one HTTP kit.
type conn struct {
	kit   *httpkit.Client
	store *identitystore.Client
	sso   *ssoadmin.Client
	orgs  *organizations.Client
	sts   *sts.Client
	iam   *iam.Client
	close func() error
}

// budgets are what AWS lets through: documented for sso, and careful where it does
// not say.
var budgets = []ratelimit.Limit{
	{Scope: scopeSSO, Tokens: 20, Per: time.Second},
	{Scope: scopeStore, Tokens: 20, Per: time.Second},
	{Scope: scopeOrgs, Tokens: 5, Per: time.Second},
	{Scope: scopeIAM, Tokens: 15, Per: time.Second},
}

// connect makes the clients. It reads files and environment, and reaches out to nobody.
func (c *Config) connect(env targets.Env, out outside) (*conn, error) {
	region := c.Region
	if region == "" {
		region = "us-east-1" // only where simulated
	}
	kit, err := c.Connection.Open(env, httpkit.Options{
		Base: "https://sso." + region + ".amazonaws.com", Auth: c.signer(), Limits: budgets, Transport: out.transport,
	})
	if err != nil {
		return nil, err
	}
	settings := sdk.Config{
		Region: region, Retryer: func() sdk.Retryer { return sdk.NopRetryer{} },
		HTTPClient: &http.Client{Transport: plausible{kit.RoundTripper(httpkit.Through{Describe: describe, Throttled: throttled}), env.Now}},
	}
	if c.URL != "" && !c.Simulate {
		settings.BaseEndpoint = sdk.String(c.URL)
	}
	settings.Credentials, err = c.credentials(env, settings)
	if err != nil {
		return nil, err
	}
	return &conn{
		kit: kit, store: identitystore.NewFromConfig(settings), sso: ssoadmin.NewFromConfig(settings),
		orgs: organizations.NewFromConfig(settings), sts: sts.NewFromConfig(settings), iam: iam.NewFromConfig(settings), close: out.close,
	}, nil
}

// credentials returns what signs: the written key, else what AWS's own programs would
// use, and in either case the role that is taken on with it.
func (c *Config) credentials(env targets.Env, settings sdk.Config) (sdk.CredentialsProvider, error) {
	var provider sdk.CredentialsProvider
	switch {
	case c.Simulate:
		provider = &written{id: secret.Value("simulated"), secret: secret.Value("simulated"), now: env.Now}
	case !c.AccessKeyID.IsZero():
		provider = &written{id: c.AccessKeyID, secret: c.SecretAccessKey, dir: env.Dir, now: env.Now}
	default:
		// The machine's own role is asked for where httpkit would not go: by the SDK.
		found, err := config.LoadDefaultConfig(context.Background(), config.WithRegion(settings.Region))
		if err != nil {
			return nil, invalid(env, "the AWS settings of this machine cannot be read: "+err.Error())
		}
		provider = found.Credentials
	}
	if c.RoleARN != "" && !c.Simulate {
		settings.Credentials = provider
		provider = sdk.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(settings), c.RoleARN, func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName = "birthright"
			if c.ExternalID != "" {
				o.ExternalID = sdk.String(c.ExternalID)
			}
		}))
	}
	return provider, nil
}

// written is a key that the configuration refers to. It is read anew after a while,
// so that a rotated one is picked up.
type written struct {
	id, secret secret.Ref
	dir        string
	now        func() time.Time

	mu    sync.Mutex
	known sdk.Credentials
	until time.Time
}

const readAgain = 10 * time.Minute

// Retrieve reveals the key.
func (w *written) Retrieve(ctx context.Context) (sdk.Credentials, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known.HasKeys() && w.now().Before(w.until) {
		return w.known, nil
	}
	id, err := w.id.Reveal(ctx, w.dir)
	if err != nil {
		return sdk.Credentials{}, err
	}
	key, err := w.secret.Reveal(ctx, w.dir)
	if err != nil {
		return sdk.Credentials{}, err
	}
	w.known = sdk.Credentials{AccessKeyID: id, SecretAccessKey: key, Source: "birthright"}
	w.until = w.now().Add(readAgain)
	return w.known, nil
}

// signer tells one credential from another for the limits. It authorises nothing: the
// SDK signs.
type signer struct{ who string }

func (c *Config) signer() httpkit.Auth {
	return signer{c.AccessKeyID.Reference() + "\x00" + c.RoleARN}
}

// Fingerprint tells one credential from another.
func (s signer) Fingerprint() string { return s.who }

// Authorise is not called: what is sent through the round tripper is signed already.
func (signer) Authorise(context.Context, httpkit.Exchange) (httpkit.Authorisation, error) {
	return httpkit.Authorisation{}, errors.New("requests to AWS are signed by its SDK")
}

func invalid(env targets.Env, text string) error {
	return &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: errors.New(text)}
}
