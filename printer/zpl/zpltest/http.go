package zpltest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"znak/printer/raster"
)

// Handler serves the printer's switches below a prefix such as "/_sandbox/zpl":
//
//	GET  PREFIX               how it is: Report
//	GET  PREFIX/labels        the labels on paper: [{"number", "connection", "bytes"}]
//	GET  PREFIX/labels/N.zpl  one of them, as it came
//	GET  PREFIX/labels/N.png  its picture
//	POST PREFIX/fault         {"fault": "jam"}: bring it about now
//	POST PREFIX/clear         {"fault": "jam"}: take it away; without a fault, all
//	POST PREFIX/script        {"rules": "17 jam; 40 cut"}: in the place of what has not happened yet
//	POST PREFIX/pace          {"ms": 500}: how long a label takes
func (v *Printer) Handler(prefix string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix, func(w http.ResponseWriter, _ *http.Request) { answer(w, v.Report()) })
	mux.HandleFunc("GET "+prefix+"/labels", func(w http.ResponseWriter, _ *http.Request) { answer(w, v.list()) })
	mux.HandleFunc("GET "+prefix+"/labels/{file}", v.serveLabel)
	post := func(path string, do func(order) error) {
		mux.HandleFunc("POST "+prefix+path, func(w http.ResponseWriter, r *http.Request) {
			o, err := readOrder(r)
			if err == nil {
				err = do(o)
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			answer(w, v.Report())
		})
	}
	post("/fault", func(o order) error {
		if o.Fault == "" {
			return errors.New("which fault?")
		}
		v.Set(o.Fault)
		return nil
	})
	post("/clear", func(o order) error {
		if o.Fault == "" {
			v.Clear()
		} else {
			v.Clear(o.Fault)
		}
		return nil
	})
	post("/script", func(o order) error {
		rules, err := ParseRules(strings.NewReader(o.Rules))
		if err == nil {
			v.Script(rules)
		}
		return err
	})
	post("/pace", func(o order) error {
		if o.MS == nil || *o.MS < 0 {
			return errors.New("how many ms?")
		}
		v.SetPace(time.Duration(*o.MS) * time.Millisecond)
		return nil
	})
	return mux
}

// order is the body of any POST; empty is none of them.
type order struct {
	Fault Fault  `json:"fault"`
	Rules string `json:"rules"`
	MS    *int   `json:"ms"`
}

func readOrder(r *http.Request) (o order, err error) {
	err = json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&o)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err == nil && o.Fault != "" && !slices.Contains(Faults, o.Fault) {
		err = fmt.Errorf("no such fault: %q; there are %q", o.Fault, Faults)
	}
	return o, err
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // who asked has gone
}

type listed struct {
	Number     int `json:"number"`
	Connection int `json:"connection"`
	Bytes      int `json:"bytes"`
}

func (v *Printer) list() []listed {
	out := []listed{}
	for _, l := range v.Labels() {
		out = append(out, listed{l.Number, l.Connection, len(l.ZPL)})
	}
	return out
}

func (v *Printer) serveLabel(w http.ResponseWriter, r *http.Request) {
	name, kind, _ := strings.Cut(r.PathValue("file"), ".")
	n, err := strconv.Atoi(name)
	labels := v.Labels()
	if err != nil || n < 1 || n > len(labels) || kind != "zpl" && kind != "png" {
		http.NotFound(w, r)
		return
	}
	if kind == "zpl" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(labels[n-1].ZPL) // who asked has gone
		return
	}
	img, err := Render(labels[n-1].ZPL)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_ = raster.PNG(w, img) // who asked has gone
}
