package config

import (
	"reflect"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"

	"birthright/internal/strictyaml"
)

// delimiter joins keys inside viper: no key contains it, while a dot is
// ordinary in values that people name.
const delimiter = "::"

// layer puts the environment over the file over the defaults, and the result
// into the configuration. viper gets values that have their types already, so
// that it neither guesses nor converts.
func (l *loader) layer(file process) {
	v := viper.NewWithOptions(viper.KeyDelimiter(delimiter))
	preset := defaults()
	for _, leaf := range leaves("", reflect.TypeFor[process]()) {
		key := strings.ReplaceAll(leaf.path, ".", delimiter)
		v.SetDefault(key, leaf.in(reflect.ValueOf(&preset), true).Interface())

		value := leaf.in(reflect.ValueOf(&file), true)
		inFile := l.positions.Written(leaf.path) && !l.spoilt(leaf.path)
		name := variable(strings.Split(leaf.path, ".")...)
		overridden, faults := l.env.override(name, leaf.path, func() reflect.Value { return value })
		l.add(faults)
		if (inFile || overridden) && len(faults) == 0 {
			v.Set(key, value.Interface())
		}
	}
	var merged process
	if err := v.UnmarshalExact(&merged, func(c *mapstructure.DecoderConfig) { c.TagName = "yaml" }); err != nil {
		l.faults = append(l.faults, strictyaml.Fault{File: l.cfg.File, Message: "the settings cannot be put together: " + err.Error()})
		return
	}
	l.cfg.Server, l.cfg.Database, l.cfg.Policies = merged.Server, merged.Database, merged.Policies
	l.cfg.Auth, l.cfg.Sync, l.cfg.Signals = merged.Auth, merged.Sync, merged.Signals
	l.cfg.Reports, l.cfg.Reviews = merged.Reports, merged.Reviews
	l.cfg.Telemetry = merged.Telemetry
}
