//go:build race

package exchange

const raced = true
