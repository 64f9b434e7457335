package reviews

// NoticeReport tells the owners of access that a report names some of it. Its data has
// report (its ID), folder, owner, people, surplus and score.
const NoticeReport = "report.made"
