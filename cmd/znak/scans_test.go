package main

import (
	"context"

	"znak/printer/page"
	"znak/store"
)

// scansOf gives the texts of both codes of every envelope of a batch, as the page that would be printed bears them.
func scansOf(ctx context.Context, o *office, batch string) ([][2]string, error) {
	rows, err := o.station.Pieces(ctx, store.PieceQuery{Batch: batch})
	if err != nil {
		return nil, err
	}
	var texts [][2]string
	for _, row := range rows {
		face, err := o.station.Preview(ctx, row.ShPI)
		if err != nil {
			return nil, err
		}
		var pair [2]string
		for _, item := range face.Items {
			switch code := item.(type) {
			case page.Matrix:
				pair[0] = code.Data
			case page.Bars:
				pair[1] = code.Data
			}
		}
		texts = append(texts, pair)
	}
	return texts, nil
}
