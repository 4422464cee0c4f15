package store

import "znak/app/postal"

// What events carry in their data, where the ledger itself reads it. Other kinds carry what their writer finds useful.
type (
	// PulledData belongs to postal.EventPulled: a small digest of what will be printed, so that the ledger proves what was pulled. Audit compares
	// the mark with the stored facts.
	PulledData struct {
		Mark  string           `json:"mark,omitempty"`
		Value postal.Kopecks   `json:"value_kopecks,omitempty"`
		Mass  postal.Grams     `json:"mass_grams"`
		Date  postal.Date      `json:"date"`
		Index postal.PostIndex `json:"index_to"`
	}

	// IntentData belongs to postal.EventIntent.
	IntentData struct {
		Job  string `json:"job"`            // must have been opened by OpenJob
		Page int    `json:"page,omitempty"` // of the job, from 1
		Copy int    `json:"copy,omitempty"` // from 1
	}

	// ChangedData belongs to postal.EventChanged. The ledger is for ever: what identifies a person (name, address) belongs in
	// Name only, with From and To left empty, so that personal data can be retired without breaking the chain.
	ChangedData struct {
		Fields []FieldChange `json:"fields"`
	}

	// FieldChange is one field that is otherwise than before: of a piece as the post shows it, or of the office.
	FieldChange struct {
		Name string `json:"name"` // e.g. "date", "mass", "mark"
		From string `json:"from,omitempty"`
		To   string `json:"to,omitempty"`
	}

	// OfficeData belongs to postal.EventOffice.
	OfficeData struct {
		// What was done: setting; account, no-account; printer-added, printer-changed, printer-removed, printer-held, printer-released, sheet;
		// scanner-added, scanner-changed, scanner-removed.
		Act    string        `json:"act"`
		Name   string        `json:"name,omitempty"`   // of the setting, the printer, the scanner; of the account, the address of the post
		Fields []FieldChange `json:"fields,omitempty"` // what is otherwise now; of what was added, all that is set
	}

	// SpoiledData belongs to postal.EventSpoiled.
	SpoiledData struct {
		Reason string `json:"reason"`
		Stale  bool   `json:"stale,omitempty"`  // what is on the void copy was not in force any more
		Second string `json:"second,omitempty"` // who confirmed it beside the person who did it

		Carried string `json:"carried,omitempty"` // written again after a restore: the identity of the event in the replaced ledger
		By      string `json:"by,omitempty"`      // of a carried one: who did it then
	}

	// VerifiedData belongs to postal.EventVerified.
	VerifiedData struct {
		Source string `json:"source"`
	}

	// ApprovedData belongs to postal.EventBatchApproved.
	ApprovedData struct {
		SumKopecks postal.Kopecks `json:"sum_kopecks"`
	}
)
