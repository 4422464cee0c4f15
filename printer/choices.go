package printer

import "context"

// Choices is what of a Setup a driver leaves to the office, beside name, address, resolution and slip, which every driver takes. What is not
// listed is not offered to a person.
type Choices struct {
	Languages []Language // that can be asked for; fewer than two: there is nothing to choose
	Confirm   []Confirm  // how far its word may be said to reach; fewer than two: there is nothing to choose
	Options   []Option   // keys of Setup.Options
}

// Option is a key of Setup.Options. With Values it is one of them, else with Max a number from Min to Max, else a text.
type Option struct {
	Name     string
	Values   []string
	Min, Max int
	Usual    string // what holds where nothing is set; "": as the printer itself is set
}

// Chooser is a driver that tells what can be chosen, given what is chosen already: the language decides about the rest.
type Chooser interface {
	Driver
	Choices(s Setup) Choices
}

// Trayed is a device that knows its trays.
type Trayed interface {
	Device
	// Trays are the device's own words for its trays; empty if it has one or does not say. It is asked once, and what it said is kept.
	Trays(ctx context.Context) ([]string, error)
}
