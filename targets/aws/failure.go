package aws

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// failure turns an error of the SDK into one of the kit's, whose kinds and outcomes
// hold here too. One of ours, of the kit or about a secret, is taken out of what the
// SDK wraps around it.
func failure(err error) error {
	if err == nil {
		return nil
	}
	if f := httpkit.AsFailure(err); f != nil {
		return f
	}
	var own *identity.Error
	if errors.As(err, &own) {
		return own
	}
	var op *smithy.OperationError
	if !errors.As(err, &op) {
		return err
	}
	f := &httpkit.Failure{Request: op.Service() + " " + op.Operation(), Err: errors.New(clip(op.Err.Error()))}
	var resp *smithyhttp.ResponseError
	answered := errors.As(err, &resp)
	if answered {
		f.Sent, f.Status = true, resp.HTTPStatusCode()
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		explain(f, api)
	}
	if answered {
		fill(f, resp)
	}
	return f
}

// explain takes over what AWS says: its word for the error, and the text.
func explain(f *httpkit.Failure, api smithy.APIError) {
	f.Type = api.ErrorCode()
	if status := meaning(f.Type); status != 0 {
		f.Status = status
	}
	f.Err = fmt.Errorf("%s: %s", f.Type, clip(api.ErrorMessage()))
	switch right := missingRight(api.ErrorMessage()); {
	case right != "":
		f.Hint = "allow " + right + " for this credential"
	case f.Status == http.StatusUnauthorized:
		f.Hint = "check access_key_id and secret_access_key, or what this machine has in their place"
	}
}

// fill adds what the answer's headers say.
func fill(f *httpkit.Failure, resp *smithyhttp.ResponseError) {
	if resp.Response == nil || resp.Response.Response == nil {
		return
	}
	f.RetryAt = retryAfter(resp.Response.Header)
	if id := resp.Response.Header.Get("X-Amzn-Requestid"); id != "" {
		f.Err = fmt.Errorf("%w, request %s", f.Err, clip(id))
	}
}

// statuses is what AWS's words mean; it sends 400 with nearly all of them.
var statuses = map[string]int{
	"ThrottlingException": http.StatusTooManyRequests, "Throttling": http.StatusTooManyRequests, "ThrottledException": http.StatusTooManyRequests,
	"TooManyRequestsException": http.StatusTooManyRequests, "RequestLimitExceeded": http.StatusTooManyRequests, "RequestThrottled": http.StatusTooManyRequests,
	"AccessDeniedException": http.StatusForbidden, "AccessDenied": http.StatusForbidden, "OptInRequired": http.StatusForbidden,
	"UnrecognizedClientException": http.StatusUnauthorized, "InvalidClientTokenId": http.StatusUnauthorized, "SignatureDoesNotMatch": http.StatusUnauthorized,
	"ExpiredTokenException": http.StatusUnauthorized, "ExpiredToken": http.StatusUnauthorized, "InvalidSignatureException": http.StatusUnauthorized,
	"IncompleteSignature": http.StatusUnauthorized, "MissingAuthenticationToken": http.StatusUnauthorized,
	"ResourceNotFoundException": http.StatusNotFound, "NoSuchEntity": http.StatusNotFound, "AccountNotFoundException": http.StatusNotFound,
	"ConflictException": http.StatusConflict, "EntityAlreadyExists": http.StatusConflict, "DeleteConflict": http.StatusConflict,
	"ConcurrentModification": http.StatusTooManyRequests, "EntityTemporarilyUnmodifiable": http.StatusTooManyRequests,
	"InternalServerException": http.StatusInternalServerError, "InternalFailure": http.StatusInternalServerError,
	"ServiceException": http.StatusInternalServerError, "ServiceUnavailable": http.StatusServiceUnavailable,
	"ValidationException": http.StatusBadRequest, "ValidationError": http.StatusBadRequest, "InvalidInput": http.StatusBadRequest, "ServiceQuotaExceededException": http.StatusBadRequest, "LimitExceeded": http.StatusBadRequest,
}

// meaning returns the HTTP status that a word of AWS stands for, 0 where it is not known.
func meaning(code string) int {
	if status := statuses[code]; status != 0 {
		return status
	}
	return statuses[strings.TrimSuffix(code, "Exception")]
}

// lacking is how AWS names a right that somebody lacks.
var lacking = regexp.MustCompile(`not authorized to perform:? ([a-z-]+:[A-Za-z]+)`)

func missingRight(message string) string {
	found := lacking.FindStringSubmatch(message)
	if found == nil {
		return ""
	}
	return found[1]
}

// status returns what err stands for among HTTP's words, 0 where AWS did not answer.
func status(err error) int {
	if f := httpkit.AsFailure(err); f != nil {
		return f.Status
	}
	return 0
}

func isMissing(err error) bool { return status(err) == http.StatusNotFound }

// result is what a write that ended with err did to op.
func result(op targets.Op, err error) targets.Result { return httpkit.Result(op, failure(err)) }

// kindOf is identity.KindOf for errors that may be a *httpkit.Failure.
func kindOf(err error) identity.Kind {
	if f := httpkit.AsFailure(err); f != nil {
		return f.Kind()
	}
	return identity.KindOf(err)
}

// unsettled is what an op is whose first look went wrong: nothing was written yet.
func unsettled(op targets.Op, err error) targets.Result {
	if errors.Is(err, errNoAccount) || errors.Is(err, errNoEntitlement) {
		return targets.Failed(op, targets.Stale, identity.NotFound, err)
	}
	r := result(op, err)
	if r.Outcome == targets.Unknown {
		r.Outcome = targets.Unreachable // only looked
	}
	return r
}

// The things that an op may name in vain.
var (
	errNoAccount     = errors.New("no such account")
	errNoEntitlement = errors.New("no such entitlement")
)

// clip bounds a text of AWS's, and takes out what would end a line.
func clip(text string) string {
	const most = 300
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
