package paper

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/app/postal"
	"znak/app/text"
)

func wordsIn(t testing.TB, lang string) Words {
	t.Helper()
	p, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func evidence(n int) Evidence {
	at := time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)
	e := Evidence{Batch: postal.Batch{Name: "17", Status: postal.BatchSent, SendingDate: "2026-11-23", ListNumber: 12}, Station: "01a200aa-376e-7672-8b07-ee0e4c639c46",
		Made: at, Zone: time.FixedZone("MSK", 3*3600), Specimen: true}
	for i := range n {
		stamp := Stamp{at.Add(time.Duration(i) * time.Second), "Щёголева К. В."}
		e.Pieces = append(e.Pieces, EvidencePiece{ShPI: shpi(i), MarkID: fmt.Sprint("M", i), Value: 8540, State: postal.StateAccepted, Copies: 1, Printed: stamp,
			Scanned: stamp, Listed: stamp, Accepted: stamp})
	}
	e.Reprints = []EvidenceReprint{{ShPI: shpi(0), Stamp: Stamp{at, "Щёголева К. В."}, Reason: "смазан"},
		{ShPI: shpi(1), Stamp: Stamp{at, "Щёголева К. В."}, Reason: "jammed", Second: "Ёжиков П. П.", Fate: Stamp{at, "Ёжиков П. П."}}}
	e.Steps = []EvidenceStep{
		{1, postal.EventBatchPulled, Stamp{at, "Щёголева К. В."}, json.RawMessage(`{"status":"CREATED","date":"2026-11-23","pieces":3}`)},
		{2, postal.EventCheckinFailed, Stamp{at, "Щёголева К. В."}, json.RawMessage(`{"item":"x","attempts":2,"why":"not enough money"}`)},
		{3, "something-new", Stamp{at, ""}, nil},
	}
	e.Ledger = EvidenceLedger{Events: 7, First: 1, Last: 40, FirstHash: strings.Repeat("ab", 32), LastHash: strings.Repeat("cd", 32), End: 41, Holds: true}
	return e
}

func TestEvidenceHoldsEveryLetterAndTheTotals(t *testing.T) {
	for _, n := range []int{0, 1, 3, 40, 200} {
		e := evidence(n)
		pages, err := EvidenceForm(e, wordsIn(t, "ru"))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for i, p := range pages {
			said := texts(p)
			if !slices.Contains(said, fmt.Sprintf("Лист %d из %d", i+1, len(pages))) || !slices.Contains(said, "ОБРАЗЕЦ") {
				t.Errorf("%d letters, sheet %d has no foot or no stamp", n, i+1)
			}
			all = append(all, said...)
		}
		for i := range n {
			if !slices.Contains(all, shpi(i).Grouped()) {
				t.Errorf("%d letters: %s is missing", n, shpi(i))
			}
		}
		for _, want := range []string{"Доказательства по партии 17", fmt.Sprint(n), "смазан", "не уничтожен", "подтвердил Ёжиков", "партия получена", "почта отказала в сдаче", strings.Repeat("cd", 32),
			"7, с № 1 по № 40", "22.11.2026 11:30:00", "something-new", strings.ReplaceAll((postal.Kopecks(n) * 8540).Office(), "\u202f", " ")} {
			if !slices.ContainsFunc(all, func(s string) bool {
				return strings.Contains(strings.ReplaceAll(s, "\u00a0", " "), strings.ReplaceAll(want, "\u00a0", " "))
			}) {
				t.Errorf("%d letters: no %q", n, want)
			}
		}
		if joined := strings.Join(all, " "); !strings.Contains(joined, "ответ почты: not enough money") || !strings.Contains(joined, "попыток 2") {
			t.Error("the step does not say why")
		}
		doNotTouch(t, pages[:min(len(pages), 3)])
	}
}

func TestEvidenceFindsEachDifference(t *testing.T) {
	at := Stamp{At: time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)}
	none := Stamp{}
	for want, p := range map[string]EvidencePiece{
		"":                    {State: postal.StateAccepted, Printed: at, Scanned: at, Listed: at, Accepted: at},
		"- ":                  {State: postal.StatePulled},
		"-":                   {State: postal.StateDelivered, Printed: at, Scanned: at, Listed: at},
		"listed-not-printed":  {State: postal.StateAccepted, Listed: at, Accepted: at},
		"listed-not-scanned":  {State: postal.StateAccepted, Printed: at, Listed: at, Accepted: at},
		"orphan":              {State: postal.StateOrphan, Printed: at, Scanned: at},
		"unknown":             {State: postal.StateUnknown},
		"stale":               {State: postal.StateStale, Printed: at, Scanned: at},
		"printed-not-scanned": {State: postal.StatePrinted, Printed: at},
		"scanned-not-listed":  {State: postal.StateVerified, Printed: at, Scanned: at},
		"owed":                {State: postal.StateAccepted, Printed: at, Scanned: at, Listed: at, Accepted: at, Owed: 1},
		"refused":             {State: postal.StateRefused, Printed: at, Scanned: at, Listed: at, Refused: at},
		"accepted-not-listed": {State: postal.StateAccepted, Accepted: at, Printed: none},
		"listed-not-accepted": {State: postal.StateHanded, Printed: at, Scanned: at, Listed: at},
	} {
		got := ""
		for _, d := range (Evidence{Pieces: []EvidencePiece{p}}).Differences() {
			got += strings.TrimPrefix(d.Key, "paper.evidence.diff.")
			for _, lang := range text.Languages {
				if w := wordsIn(t, lang); w.Say(d.Key, nil) == d.Key {
					t.Errorf("%s: no words for %s", lang, d.Key)
				}
			}
		}
		if got != strings.Trim(want, "- ") && !(want[0] == '-' && got == "") {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
}

func TestEvidenceSaysThatTheLedgerIsBroken(t *testing.T) {
	e := evidence(1)
	e.Ledger.Holds, e.Ledger.FirstBad, e.Ledger.What = false, 5, errors.New("its hash differs")
	for _, lang := range text.Languages {
		pages, err := EvidenceForm(e, wordsIn(t, lang))
		if err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(texts(pages[0]), " "); !strings.Contains(all, "its hash differs") || !strings.Contains(all, "5") {
			t.Errorf("%s: %s", lang, all)
		}
	}
}

func BenchmarkEvidenceForm(b *testing.B) {
	e, w := evidence(1000), wordsIn(b, "ru")
	for b.Loop() {
		if _, err := EvidenceForm(e, w); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(1000*b.N)/b.Elapsed().Seconds(), "letters/s")
}
