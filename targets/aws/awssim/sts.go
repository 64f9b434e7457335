package awssim

import (
	"net/http"
	"net/url"
	"time"
)

func (s *System) whoAmI(url.Values) (any, *fault) {
	return struct{ Arn, UserId, Account string }{Caller, "AIDA0000000000000000", "999900001111"}, nil
}

// assumeRole hands out a key that is as good as the one that asks.
func (s *System) assumeRole(form url.Values) (any, *fault) {
	if form.Get("RoleArn") == "" || form.Get("RoleSessionName") == "" {
		return nil, &fault{status: http.StatusBadRequest, code: "ValidationError", message: "RoleArn and RoleSessionName are required."}
	}
	type key struct{ AccessKeyId, SecretAccessKey, SessionToken, Expiration string }
	return struct{ Credentials key }{key{
		s.opt.AccessKeyID + "-role", RoleSecret, RoleSecret, s.opt.Now().Add(time.Hour).UTC().Format(time.RFC3339),
	}}, nil
}
