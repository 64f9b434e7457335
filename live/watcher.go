package live

// Watcher hears the events of a feed, one after the other.
type Watcher struct {
	feed    *Feed
	choose  func(Event) bool
	backlog []Event // what happened before it began
	events  chan Event
	ended   bool
}

// Missed returns, once, what is to be told before Events.
func (w *Watcher) Missed() []Event {
	before := w.backlog
	w.backlog = nil
	return before
}

// Events is closed when the feed ends, or when too many events wait to be taken.
func (w *Watcher) Events() <-chan Event { return w.events }

// Stop ends the watching.
func (w *Watcher) Stop() {
	w.feed.mu.Lock()
	defer w.feed.mu.Unlock()
	delete(w.feed.watchers, w)
	w.end()
}

func (w *Watcher) wants(e Event) bool { return w.choose == nil || w.choose(e) }

// offer hands over an event, or lets a watcher go that does not keep up. The feed is
// locked.
func (w *Watcher) offer(e Event) {
	if w.ended || !w.wants(e) {
		return
	}
	select {
	case w.events <- e:
	default:
		delete(w.feed.watchers, w)
		w.end()
	}
}

func (w *Watcher) end() {
	if !w.ended {
		w.ended = true
		close(w.events)
	}
}
