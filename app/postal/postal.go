// Package postal is the vocabulary of the station: batches, pieces, money, mass, postal identifiers,
// addresses and envelopes. It imports nothing of ours; every other room speaks these words.
//
// Names and limits follow facts/otpravka-api.md (§3, §4) and facts/online-mark.md (§1.1, §3, §4). Where the post
// answers with a value unknown here, the value is kept as it came: the enumerations are open strings.
package postal
