package store

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"birthright/identity"
	"birthright/migrations"
)

// A text anywhere in a name is found by looking at everybody's, for which no index helps.
// What makes it quick is how they are kept: many in a row (table user_texts), each as
//
//	record separator, number, unit separator, text
//
// so that a million people are forty thousand rows of a few letters each.

const (
	// textsInBlock is how many users a row has: as many as PostgreSQL keeps within a
	// page. The migration that made the table knows it, too.
	textsInBlock = 24
	// runOfBlocks is how many rows are read at once to be written anew.
	runOfBlocks = 400

	recordSeparator, unitSeparator = "\x1e", "\x1f"

	// mostSearched is how many characters of somebody are searched.
	mostSearched = 500
)

var withoutSeparators = strings.NewReplacer(recordSeparator, " ", unitSeparator, " ")

// searchText is what is searched of a user: one line each of the name, the display name
// and the address.
func searchText(name string, a identity.Attributes) string {
	text := fold(name + "\n" + plain(a, identity.AttrDisplayName) + "\n" + plain(a, identity.AttrEmail))
	if strings.ContainsAny(text, recordSeparator+unitSeparator) {
		text = withoutSeparators.Replace(text)
	}
	if len(text) <= mostSearched {
		return text
	}
	runes := []rune(text)
	return string(runes[:min(mostSearched, len(runes))])
}

// staleTexts returns the blocks of those users, about to be saved, of whom something else
// is searched afterwards.
func (tx *Tx) staleTexts(ctx context.Context, users []*identity.User) ([]int64, error) {
	ns := make(numbers, len(users))
	for i, u := range users {
		ns[i] = u.N
	}
	before := make(map[int64]string, len(users))
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		var text string
		err := row.Scan(&n, &text)
		before[n] = text
		return err
	}, "SELECT n, search FROM users WHERE n IN {numbers}", ns)
	blocks := map[int64]bool{}
	for _, u := range users {
		if text, known := before[u.N]; !known || text != searchText(u.UserName, u.Attributes) {
			blocks[u.N/textsInBlock] = true
		}
	}
	return slices.Sorted(maps.Keys(blocks)), err
}

// saveTexts writes blocks anew, from the users as they are.
func (tx *Tx) saveTexts(ctx context.Context, blocks []int64) error {
	for len(blocks) > 0 {
		n := 1
		for n < len(blocks) && n < runOfBlocks && blocks[n] == blocks[0]+int64(n) {
			n++
		}
		if err := tx.saveRun(ctx, blocks[0], blocks[0]+int64(n)); err != nil {
			return err
		}
		blocks = blocks[n:]
	}
	return nil
}

// saveRun writes the blocks from one up to another, which is not among them.
func (tx *Tx) saveRun(ctx context.Context, from, to int64) error {
	texts := make([]strings.Builder, to-from)
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		var text string
		err := row.Scan(&n, &text)
		b := &texts[n/textsInBlock-from]
		b.WriteString(recordSeparator)
		b.WriteString(strconv.FormatInt(n, 10))
		b.WriteString(unitSeparator)
		b.WriteString(text)
		return err
	}, "SELECT n, search FROM users WHERE n >= ? AND n < ? ORDER BY n", from*textsInBlock, to*textsInBlock)
	if err != nil {
		return err
	}
	columns := concat(ints("block"), words("text"))
	into := bulk{"user_texts", columns, replacing("block", columns)}
	return into.write(ctx, tx, len(texts), func(i int, v []any) { v[0], v[1] = from+int64(i), texts[i].String() })
}

// usersWith returns the numbers of all users in whose text another is, ascending.
func (tx *Tx) usersWith(ctx context.Context, text string) ([]int64, error) {
	var found []int64
	text = fold(text)
	statement, args := "SELECT text FROM user_texts ORDER BY block", []any(nil)
	if tx.db.dialect == migrations.Postgres { // else everything would travel
		statement, args = "SELECT text FROM user_texts WHERE strpos(text, ?) > 0 ORDER BY block", []any{text}
	}
	err := tx.each(ctx, func(row scanner) error {
		var block string
		if err := row.Scan(&block); err != nil {
			return err
		}
		if !strings.Contains(block, text) {
			return nil
		}
		for one := range strings.SplitSeq(block, recordSeparator) {
			number, its, _ := strings.Cut(one, unitSeparator)
			if n, err := strconv.ParseInt(number, 10, 64); err == nil && strings.Contains(its, text) {
				found = append(found, n)
			}
		}
		return nil
	}, statement, args...)
	return found, err
}
