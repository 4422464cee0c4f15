package station

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"znak/app/hint"
	"znak/app/quality"
	"znak/store"
)

// QualityReport is what pictures of printed pages say of the print. It is an indicator and not a grade; see app/quality.
type QualityReport struct {
	Printer  string // to whose history the readings went; "": to none
	Readings []quality.Reading
}

// QualityPoint is the print quality of a printer at one time.
type QualityPoint struct {
	At     time.Time
	Score  float64 // 0…4
	Advice []string
}

// Quality measures the codes on pictures of printed pages. With the name of a printer the readings are kept, so that its quality can be watched over time.
// The report is true beside an error: it holds what was read until then.
func (s *Station) Quality(ctx context.Context, name string, files ...string) (QualityReport, error) {
	if name != "" {
		if _, err := s.device(ctx, name); err != nil {
			return QualityReport{}, err
		}
	}
	readings, err := quality.Read(ctx, files...)
	r := QualityReport{Readings: readings}
	if err != nil || name == "" {
		return r, err
	}
	r.Printer = name
	return r, s.store.Write(ctx, func(tx *store.Tx) error {
		for _, reading := range readings {
			if reading.Kind == "" { // nothing was on the page: that says nothing of the printer
				continue
			}
			kept := reading
			kept.Data, kept.File = "", "" // what stood in the code is nobody's business here
			raw, err := json.Marshal(kept)
			if err != nil {
				return err
			}
			if err := tx.PutQuality(store.Quality{Printer: name, Score: reading.Score, Reading: raw}); err != nil {
				return err
			}
		}
		return nil
	})
}

// qualityKept is how many readings of a printer its history shows.
const qualityKept = 200

// QualityHistory is what was seen of a printer's quality, the newest first.
func (s *Station) QualityHistory(ctx context.Context, name string) ([]QualityPoint, error) {
	if name == "" {
		return nil, refuse("station.printer-unknown", hint.Args{"Printer": name})
	}
	list, err := s.store.Qualities(ctx, name, qualityKept)
	if err != nil {
		return nil, err
	}
	points := make([]QualityPoint, 0, len(list))
	for _, q := range list {
		var r quality.Reading
		if err := json.Unmarshal(q.Reading, &r); err != nil {
			return nil, fmt.Errorf("quality of printer %s: %w", name, err)
		}
		points = append(points, QualityPoint{q.At, q.Score, r.Advice})
	}
	return points, nil
}
