package company

import (
	"encoding/csv"
	"io"
	"time"
)

// Columns are the columns of WriteCSV, by the hub's attribute names.
func Columns() []string {
	return []string{
		"employeeNumber", "userName", "givenName", "familyName", "displayName", "email", "phone", "title", "department", "team",
		"location", "manager", "employeeType", "costCenter", "locale", "timezone", "startDate", "endDate",
	}
}

// WriteCSV writes everybody as an HR file, with a header line.
func (c Company) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(Columns()); err != nil {
		return err
	}
	for _, p := range c.People {
		if err := out.Write(p.row()); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (p Person) row() []string {
	return []string{
		p.EmployeeNumber, p.UserName, p.GivenName, p.FamilyName, p.DisplayName, p.Email, p.Phone, p.Title, p.Department, p.Team,
		p.Location, p.Manager, p.Type, p.CostCenter, p.Locale, p.Timezone, date(p.Start), date(p.End),
	}
}

// date writes a day, "" for the zero time.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
