package okta

import (
	"context"
	"errors"
	"net/http"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"

	"birthright/identity"
	"birthright/internal/httpkit"
)

// newSDK makes the SDK's client over the kit's. Everything is said outright: what is
// not, the SDK takes from the environment and from a file in the home folder.
func newSDK(base string, client *httpkit.Client) (*sdk.Client, error) {
	_, api, err := sdk.NewClient(context.Background(),
		sdk.WithOrgUrl(base),
		sdk.WithTestingDisableHttpsCheck(true), // the kit's check is stricter
		sdk.WithAuthorizationMode("SSWS"),
		sdk.WithToken("the kit's"), // it is not sent: see wire
		sdk.WithCache(false),       // or it would show for five minutes what was before a change
		sdk.WithRequestTimeout(0),
		sdk.WithRateLimitMaxRetries(0),
		sdk.WithRateLimitMaxBackOff(0),
		sdk.WithUserAgentExtra(""),
		sdk.WithHttpClientPtr(&http.Client{Transport: wire{client}}),
	)
	return api, err
}

// told returns what an SDK call came to as the kit's failure, nil where it worked.
// What only the SDK had against an answer is a success that cannot be read.
func told(err error) error {
	if err == nil {
		return nil
	}
	if f := httpkit.AsFailure(err); f != nil {
		return f
	}
	return &httpkit.Failure{Request: "Okta", Sent: true, Status: http.StatusOK,
		Err:  errors.New("success, but the answer is not what was expected: " + err.Error()),
		Hint: "something between us and Okta may have answered: check url"}
}

// each hands out every element of a list, page by page. A page that was there before
// is an error: a list whose cursor stands still would read as whole.
func each[E any](ctx context.Context, first func() ([]E, *sdk.Response, error), visit func(E) error) error {
	list, resp, err := first()
	asked := map[string]bool{}
	for {
		if err != nil {
			return told(err)
		}
		for _, e := range list {
			if err := visit(e); err != nil {
				return err
			}
		}
		next := resp.NextPage
		if next == "" {
			return nil
		}
		if asked[next] {
			return &identity.Error{Kind: identity.Incomplete, Op: "read", Err: errors.New("the organisation offered a page again that was read already")}
		}
		asked[next] = true
		list = nil
		resp, err = resp.Next(ctx, &list)
	}
}
