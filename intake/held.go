package intake

// The kinds of held rows that the intake makes.
const (
	HeldAmbiguous = "ambiguous" // a record that a person must place
	HeldMissing   = "missing"   // a pull that lacks unusually many
	HeldEmptied   = "emptied"   // a push that takes most of a large group away
)
