package intake

// SetBatch makes the service work in batches of n, so that a test meets the
// borders between them.
func (s *Service) SetBatch(n int) { s.batch = n }
