package company

// Policy returns a policy that fits the company, as YAML. It gives access on
// two targets: app, which knows groups over SCIM, and directory, which knows
// groups over LDAP.
func Policy() string { return policy }

const policy = `# Who gets what at the sample company, because of who they are.
groups:
  - name: everyone
    title: Everyone
    description: All who work here, contractors included
    owners: ["group:people-partners"]
    access: ["app:group/everyone", "directory:group/everyone"]
  - name: employees
    title: Employees
    owners: ["group:people-partners"]
    access: ["directory:group/employees"]
  - name: engineering
    title: Engineering
    description: What every engineer has
    owners: ["group:engineering-leads"]
    access: ["app:group/engineering", "directory:group/engineering"]
  - name: engineering-leads
    title: Engineering leads
    owners: ["group:people-partners"]
    access: ["app:group/engineering-leads"]
  - name: sales
    title: Sales
    access: ["app:group/crm", "directory:group/sales"]
  - name: support
    title: Customer Support
    access: ["app:group/helpdesk", "directory:group/support"]
  - name: finance
    title: Finance
    risk: high
    access: ["app:group/ledger", "directory:group/finance"]
  - name: people-partners
    title: People partners
    risk: high
    access: ["app:group/people-records"]
  - name: contractors
    title: Contractors
    description: Everybody who is here for a time
    access: ["directory:group/contractors"]
  - name: prod-db-read
    title: Production database, read
    risk: high
    standing: never            # nobody has it because of who they are
    owners: ["group:engineering-leads"]
    access: ["app:group/prod-db-read", "directory:group/prod-db-read"]
    request:                   # it is asked for, and given for a time
      allow: user.department == "Engineering"
      durations: {default: 1h, max: 8h}
      require: [reason]
      approve: [{by: owners}]
      break_glass: {max: 30m}

rules:
  - name: everyone
    when: "true"
    groups: [everyone]
  - name: employees
    when: user.department != ""
    except: user.employeeType == "Contractor" || user.userType == "Contractor"
    groups: [employees]
  - name: engineering
    description: Everyone in Engineering but contractors
    owner: "group:engineering-leads"
    when: user.department == "Engineering"
    except: user.employeeType == "Contractor" || user.userType == "Contractor"
    groups: [engineering]
  - name: engineering-leads
    when: >-
      user.department == "Engineering" &&
      (user.title == "Engineering Manager" || user.title.startsWith("Director") || user.title == "Chief Technology Officer")
    groups: [engineering-leads]
  - name: sales
    when: user.department == "Sales"
    groups: [sales]
  - name: support
    when: user.department == "Customer Support"
    groups: [support]
  - name: finance
    when: user.department == "Finance"
    except: user.employeeType == "Contractor" || user.userType == "Contractor"
    groups: [finance]
  - name: people-partners
    when: user.department == "People"
    groups: [people-partners]
  - name: contractors
    when: user.employeeType == "Contractor" || user.userType == "Contractor"
    groups: [contractors]
  - name: per-team
    description: One group per department and team, made as needed
    when: user.team != ""
    groups: ["team-{department}-{team}"]

templates:
  - match: "team-*"
    access: ["app:group/{name}"]
    owners: ["manager"]

tests:
  - name: engineers get their groups
    user: {department: Engineering, team: Platform}
    gets: [everyone, employees, engineering, team-engineering-platform]
    lacks: [prod-db-read, contractors]
  - name: contractors get the team and not the department
    user: {department: Engineering, team: Platform, userType: Contractor}
    gets: [everyone, contractors, team-engineering-platform]
    lacks: [engineering, employees]
  - name: nobody has the production database
    user: {department: Engineering, title: Engineering Manager}
    gets: [engineering-leads]
    lacks: [prod-db-read]
`
