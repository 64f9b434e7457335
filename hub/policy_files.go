package hub

import "birthright/rules"

// sent is a policy that somebody sent, or the one in force where nothing was; files is how
// many it has.
func (h *Hub) sent(texts []PolicyFile) (engine *rules.Engine, files int, err error) {
	if len(texts) == 0 {
		in := h.Policy()
		return in.Engine, len(in.Files), nil
	}
	list := make([]rules.File, len(texts))
	for i, f := range texts {
		list[i] = rules.File{Name: f.Name, Data: []byte(f.Text)}
	}
	engine, err = rules.Build(list, h.Targets)
	return engine, len(texts), err
}
