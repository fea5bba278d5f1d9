//go:build js

// Command wasm is a session of the playground in a browser. A worker of the page runs it: static/worker.js. It calls
//
//	ask(text, done)    carries out a session.Request in JSON, and calls done with the session.Reply in JSON
//	digits(bytes)      gives the images of digits, before a request that asks for them
package main

import (
	"context"
	"encoding/json"
	"errors"
	"syscall/js"

	"anneal/view/play/session"
)

var (
	current *session.Session
	images  *session.Digits
)

func main() {
	asked := make(chan func(), 16)
	js.Global().Set("digits", js.FuncOf(func(_ js.Value, args []js.Value) any {
		b := make([]byte, args[0].Length())
		js.CopyBytesToGo(b, args[0])
		images, _ = session.ReadDigits(b) // nil if they are no digits, of which the session tells
		return nil
	}))
	js.Global().Set("ask", js.FuncOf(func(_ js.Value, args []js.Value) any {
		text, done := args[0].String(), args[1]
		asked <- func() { done.Invoke(answer(text)) }
		return nil
	}))
	js.Global().Call("ready")
	for work := range asked {
		work()
	}
}

// answer returns the reply to a request.
func answer(text string) string {
	var r session.Request
	reply := session.Reply{}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		reply = session.Refusal(err)
	} else {
		reply = do(r)
	}
	b, err := json.Marshal(reply)
	if err != nil {
		b, _ = json.Marshal(session.Refusal(err))
	}
	return string(b)
}

// do carries out a request. The first one begins the session.
func do(r session.Request) (reply session.Reply) {
	if current == nil {
		current, reply = session.Begin(context.Background(), r, digits)
		return reply
	}
	return current.Do(context.Background(), r)
}

func digits() (*session.Digits, error) {
	if images == nil {
		return nil, errors.New("the images are not there")
	}
	return images, nil
}
