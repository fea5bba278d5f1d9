package guard

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"anneal/internal/answer"
)

// Token is a secret that requests show.
type Token string

// NewToken returns a Token that cannot be guessed.
func NewToken() Token { return Token(rand.Text()) }

// Check returns an error unless r shows the token: in the header Authorization, as Bearer TOKEN, or in the cookie that
// a Guard sets.
func (t Token) Check(r *http.Request) error {
	shown, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if cookie, err := r.Cookie(t.cookie()); !ok && err == nil {
		shown, ok = cookie.Value, true
	}
	switch {
	case !ok:
		return errors.New("no token: want the header Authorization: Bearer TOKEN, with the one that the program printed")
	case !t.is(shown):
		return errors.New("not the token of this program: want the one that it printed")
	}
	return nil
}

// is reports whether shown is the token, in a time that does not depend on how much of it is right.
func (t Token) is(shown string) bool {
	return t != "" && subtle.ConstantTimeCompare([]byte(shown), []byte(t)) == 1
}

// cookie returns the name of the cookie. Services on other ports of a host see its cookies, and set their own.
func (t Token) cookie() string {
	sum := sha256.Sum256([]byte(t))
	return "anneal-" + hex.EncodeToString(sum[:4])
}

// admit answers a request that may not pass, and reports whether it did. A link with the token, /?token=TOKEN, is
// answered with a cookie and with the address without the token, which then stands in the browser.
func (t Token) admit(w http.ResponseWriter, r *http.Request, secure bool) (answered bool) {
	query := r.URL.Query()
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && t.is(query.Get("token")) {
		query.Del("token")
		http.SetCookie(w, &http.Cookie{
			Name: t.cookie(), Value: string(t), Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
		})
		to := url.URL{Path: "/" + strings.TrimLeft(r.URL.Path, "/"), RawQuery: query.Encode()} // never of another host
		w.Header().Set("Location", to.String())
		w.WriteHeader(http.StatusSeeOther)
		return true
	}
	if err := t.Check(r); err != nil {
		w.Header().Set("WWW-Authenticate", "Bearer")
		answer.Error(w, http.StatusUnauthorized, err)
		return true
	}
	return false
}
