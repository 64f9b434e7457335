package company

import "fmt"

// department is a part of the company; weights are shares of the headcount.
type department struct {
	name   string
	weight int
	head   string // title of the one who leads it
	lead   string // title of a team's lead
	titles []string
	teams  []string
}

func departments() []department {
	return []department{
		{"Engineering", 40, "Chief Technology Officer", "Engineering Manager",
			[]string{"Software Engineer", "Senior Software Engineer", "Software Engineer II", "Site Reliability Engineer", "Staff Engineer", "Data Engineer"},
			[]string{"Platform", "Payments", "Search", "Mobile", "Identity", "Data", "Checkout", "Observability", "Storage", "Edge", "Billing", "Release"}},
		{"Sales", 17, "Chief Revenue Officer", "Sales Manager",
			[]string{"Account Executive", "Sales Development Representative", "Senior Account Executive", "Solutions Engineer"},
			[]string{"EMEA", "Americas", "APAC", "Public Sector", "Partners"}},
		{"Customer Support", 14, "Head of Support", "Support Team Lead",
			[]string{"Support Specialist", "Senior Support Specialist", "Escalation Engineer"},
			[]string{"Tier 1", "Tier 2", "Enterprise Care", "Knowledge Base"}},
		{"Marketing", 8, "Chief Marketing Officer", "Marketing Manager",
			[]string{"Content Strategist", "Designer", "Campaign Manager", "Community Manager"},
			[]string{"Brand", "Growth", "Events"}},
		{"Product", 7, "Chief Product Officer", "Group Product Manager",
			[]string{"Product Manager", "Product Designer", "User Researcher", "Senior Product Manager"},
			[]string{"Core Product", "Design", "Research"}},
		{"Operations", 5, "Chief Operating Officer", "Operations Manager",
			[]string{"Operations Analyst", "Facilities Coordinator", "IT Administrator"},
			[]string{"IT", "Workplace", "Procurement"}},
		{"Finance", 4, "Chief Financial Officer", "Finance Manager",
			[]string{"Accountant", "Financial Analyst", "Payroll Specialist"},
			[]string{"Accounting", "Payroll", "Treasury"}},
		{"People", 3, "Chief People Officer", "People Manager",
			[]string{"Recruiter", "People Partner", "People Analyst"},
			[]string{"Recruiting", "People Partners"}},
		{"Legal & Compliance", 2, "General Counsel", "Senior Counsel",
			[]string{"Counsel", "Privacy Analyst", "Compliance Officer"},
			[]string{"Legal", "Privacy"}},
	}
}

// place is where people work.
type place struct {
	weight         int
	name, timezone string
}

func places() []place {
	return []place{
		{28, "Berlin", "Europe/Berlin"}, {22, "Athens", "Europe/Athens"}, {16, "Bengaluru", "Asia/Kolkata"}, {14, "Austin", "America/Chicago"},
		{9, "Singapore", "Asia/Singapore"}, {6, "São Paulo", "America/Sao_Paulo"}, {5, "Remote", "Etc/UTC"},
	}
}

// maxTeams bounds how many teams there are, however large the company.
const maxTeams = 5000

// team is a team on its way to being staffed.
type team struct {
	department int
	name       string
	weight     float64
	lead       int // index of the person who leads it, -1 before there is one
}

// layOut divides each department into teams of about twenty, the first ones the
// largest; a large company has "Platform 2" besides "Platform".
func layOut(deps []department, n int) [][]team {
	size := max(20, n/maxTeams)
	total := 0
	for _, d := range deps {
		total += d.weight
	}
	out := make([][]team, len(deps))
	for i, d := range deps {
		count := max(min(len(d.teams), 2), n*d.weight/total/size)
		for k := range count {
			name := d.teams[k%len(d.teams)]
			if round := k / len(d.teams); round > 0 {
				name = fmt.Sprintf("%s %d", name, round+1)
			}
			out[i] = append(out[i], team{department: i, name: name, weight: 1 / float64(k+2), lead: -1})
		}
	}
	return out
}
