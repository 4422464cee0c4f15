// Package sandbox is a post office on this computer: an HTTP server that speaks the contract of
// facts/otpravka-api.md literally, for demo, training and tests. Nothing in it can reach the real post.
//
// Its wire structs are its own on purpose. The client in app/post has others; were they shared, a
// misread field name would be wrong on both sides and no test could see it.
//
// Everything invented here is meant to be recognised as invented: ШПИ carry the technical index
// 000000, marks are named SANDBOX-…, the sender's ИНН belongs to a tax region that does not exist.
// What the contract leaves open ([I] and [?] in the facts) is decided in one place each, with a
// comment that says it is our choice.
//
// Besides the contract the server answers under /_sandbox/ (no authorisation, JSON): what was called and what it
// changed, the clock, faults, re-issued marks, the balance and refusals at acceptance. See control.go.
package sandbox
