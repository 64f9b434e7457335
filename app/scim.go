package app

import "birthright/scim"

func (a *App) scimOptions() scim.Options { return scim.Options{} }
