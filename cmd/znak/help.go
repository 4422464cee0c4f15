package main

import "strings"

// usageTemplate is cobra's shape of a help page with our own words.
func (c *command) usageTemplate() string {
	words := strings.NewReplacer("@usage", c.say("help.usage", nil), "@commands", c.say("help.commands", nil),
		"@flags", c.say("help.flags", nil), "@common", c.say("help.common", nil))
	return words.Replace(`@usage
  {{.UseLine}}{{if .HasAvailableSubCommands}}

@commands{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

@flags
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

@common
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`)
}
