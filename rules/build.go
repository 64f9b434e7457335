package rules

// Build loads the files of a policy and compiles it. Errors are those of Load and of
// Compile.
func Build(files []File, targets []string) (*Engine, error) {
	policy, err := Load(files, targets)
	if err != nil {
		return nil, err
	}
	return Compile(policy)
}
