package identity

// FirstStranger is the first number of an account on a target that belongs to no
// user. Users and such accounts hold access alike, so they share one range: a set
// of numbers says who holds something, whoever they are.
const FirstStranger = 1 << 31

// IsStranger reports whether a holder's number is that of an account without a user.
func IsStranger(n int64) bool { return n >= FirstStranger }
