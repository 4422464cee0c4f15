package outbox

import (
	"encoding/json"

	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// stored is how a sentence for the person is kept in an item: its key, its values, and apart from them the sums, so that money
// comes back as money.
type stored struct {
	Key   string                    `json:"key"`
	Args  hint.Args                 `json:"args,omitempty"`
	Money map[string]postal.Kopecks `json:"money,omitempty"`
}

func hintOf(err error) string {
	key, args, ok := hint.Of(err)
	if !ok {
		key, args = "hint.unexpected", hint.Args{"Error": err.Error()}
	}
	s := stored{Key: key, Args: hint.Args{}, Money: map[string]postal.Kopecks{}}
	for name, v := range args {
		if k, ok := v.(postal.Kopecks); ok {
			s.Money[name] = k
		} else {
			s.Args[name] = v
		}
	}
	raw, jsonErr := json.Marshal(s)
	if jsonErr != nil { // a value JSON cannot hold: the sentence without its values is still better than none
		raw, _ = json.Marshal(stored{Key: key})
	}
	return string(raw)
}

// Hint gives the sentence that explains why item has not gone, for the person; ok is false where there is none.
func Hint(item store.Item) (key string, args hint.Args, ok bool) {
	var s stored
	if item.LastHint == "" || json.Unmarshal([]byte(item.LastHint), &s) != nil {
		return "", nil, false
	}
	args = s.Args
	if args == nil {
		args = hint.Args{}
	}
	for name, k := range s.Money {
		args[name] = k
	}
	return s.Key, args, true
}
