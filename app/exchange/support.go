package exchange

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"time"

	"znak/app/postal"
)

// Support is what those who help an office get to see: versions, settings, counts, and the order in which things happened. Names, addresses,
// identifiers, sums, secrets and people's own words are not in it.
type Support struct {
	Made     time.Time
	Program  map[string]string // versions of the program and its parts
	Settings map[string]string // only those that are a choice or a number
	Store    any               // version, size, counts
	Audit    any
	States   map[postal.PieceState]int
	Outbox   []SupportItem
	Events   iter.Seq2[SupportEvent, error]
}

// SupportItem is a change that waited for the post. Error is masked when it is written.
type SupportItem struct {
	Kind     string    `json:"kind"`
	Batch    string    `json:"batch"` // masked when it is written
	State    string    `json:"state"`
	Attempts int       `json:"attempts"`
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
	Error    string    `json:"error,omitempty"`
}

// SupportEvent is an event of the ledger. Batch, ШПИ, station and person are masked when it is written; what the event says is not in it.
type SupportEvent struct {
	Seq     int64            `json:"seq"`
	At      time.Time        `json:"at"`
	Kind    postal.EventKind `json:"kind"`
	Batch   string           `json:"batch,omitempty"`
	Piece   string           `json:"piece,omitempty"`
	Run     string           `json:"run,omitempty"`
	Station string           `json:"station,omitempty"`
	Who     string           `json:"who,omitempty"`
}

// Write writes the bundle as a zip archive; readme explains it to the person who passes it on.
func (s Support) Write(w io.Writer, readme string) error {
	m := newMasks()
	archive := zip.NewWriter(w)
	file := func(name string, write func(io.Writer) error) error {
		out, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: s.Made})
		if err != nil {
			return err
		}
		return write(out)
	}
	document := func(name string, v any) error {
		return file(name, func(out io.Writer) error {
			enc := json.NewEncoder(out)
			enc.SetIndent("", "  ")
			return enc.Encode(v)
		})
	}
	if err := file("README.txt", func(out io.Writer) error { _, err := io.WriteString(out, readme+"\n"); return err }); err != nil {
		return err
	}
	// The ledger comes first: it numbers the masks, so that they are the same in the next bundle.
	err := file("events.jsonl", func(out io.Writer) error {
		enc := json.NewEncoder(out)
		for e, err := range s.Events {
			if err != nil {
				return err
			}
			e.Batch, e.Piece, e.Run = m.batch.of(e.Batch), m.piece.of(e.Piece), m.run.of(e.Run)
			e.Station, e.Who = m.station.of(e.Station), m.who.of(e.Who)
			e.At = e.At.UTC().Truncate(time.Millisecond)
			if err := enc.Encode(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	items := make([]SupportItem, len(s.Outbox))
	for i, item := range s.Outbox {
		item.Batch, item.Error = m.batch.of(item.Batch), maskText(item.Error)
		items[i] = item
	}
	about := map[string]any{"made": s.Made.UTC(), "program": s.Program, "settings": s.Settings, "store": s.Store, "audit": s.Audit, "states": s.States}
	if err := document("about.json", about); err != nil {
		return err
	}
	if err := document("outbox.json", items); err != nil {
		return err
	}
	return archive.Close()
}

// masks give each identity a name that tells nothing of it: its number in the order in which the ledger first names it. The ledger only grows, so
// that the names stay the same from bundle to bundle.
type masks struct{ batch, piece, run, station, who *mask }

func newMasks() masks {
	return masks{batch: newMask("batch-%d"), piece: newMask("000000********%d"), run: newMask("run-%d"), station: newMask("station-%d"), who: newMask("person-%d")}
}

type mask struct {
	format string
	names  map[string]string
}

func newMask(format string) *mask { return &mask{format, map[string]string{}} }

func (m *mask) of(identity string) string {
	if identity == "" {
		return ""
	}
	name, ok := m.names[identity]
	if !ok {
		name = fmt.Sprintf(m.format, len(m.names)+1)
		m.names[identity] = name
	}
	return name
}

// faultWords are the words of which technical texts about faults are made. All others may be somebody's name, place or secret.
var faultWords = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for _, w := range strings.Fields(`a accepted account address after already an and answer archive are as at bad balance batch be been before body broken bytes
		call cannot canceled certificate change checkin closed code connect connection content context could cut data date deadline decode
		delete denied deny dial disk does done down empty encode end enough eof error event exceeded expected expired failed failure field file
		for forbidden found from full gateway get handler handshake has have host http https id in internal invalid io is item json
		key large length limit line list local lock locked long lookup lost mail many mass method missing money more name needed network
		no none not null number of office on only open operation or order out outbox page parse payload peer permission piece post
		proxy put queue quota read reading refused reply request requests reset response retry return route same schema send sending
		sent server service short shpi size socket space state status store string such system tcp temporarily than that the time timed
		timeout tls to token too try unauthorized unavailable unclear unexpected unknown unmarshal unreachable url use user value was
		wait waiting while with without write writing wrong x509`) {
		known[w] = true
	}
	return known
})

// plainWord reports what a technical text may keep: a word about faults, a number of up to three digits.
func plainWord(w string) bool { return faultWords()[w] || len(w) <= 3 && isDigits(w) }

// maskText leaves of a technical text what tells the fault and nothing of the office: each word it does not know to be harmless becomes a star.
func maskText(s string) string {
	var out strings.Builder
	quoted := false
	for _, word := range strings.Fields(s) {
		opens := strings.Count(word, `"`)%2 == 1
		bare := strings.Trim(word, ".,:;()")
		switch {
		case quoted || opens || strings.ContainsAny(word, "\"'«»“”"):
			word = "*"
		case !plainWord(bare):
			word = "*"
		}
		if opens {
			quoted = !quoted
		}
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(word)
	}
	return out.String()
}
