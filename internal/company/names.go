package company

// culture is where a name comes from.
type culture struct {
	weight        int
	locale        string
	surnameFirst  bool
	glue          string // between the parts of a display name
	given, family []name
}

// name is a name as people write it, and in the Latin letters of a login name.
type name struct{ native, latin string }

// names makes names of pairs: as written, and in Latin letters.
func names(pairs ...string) []name {
	out := make([]name, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, name{pairs[i], pairs[i+1]})
	}
	return out
}

func cultures() []culture {
	return []culture{
		{weight: 46, locale: "en-GB", glue: " ",
			given: names("Ada", "ada", "Grace", "grace", "Alan", "alan", "Margaret", "margaret", "Dennis", "dennis", "Barbara", "barbara",
				"Edsger", "edsger", "Frances", "frances", "Ken", "ken", "Radia", "radia", "Tim", "tim", "Joan", "joan", "Peter", "peter",
				"Hedy", "hedy", "Claude", "claude", "Evelyn", "evelyn", "Oliver", "oliver", "Amelia", "amelia", "Noah", "noah", "Isla", "isla"),
			family: names("Hopper", "hopper", "Turing", "turing", "Hamilton", "hamilton", "Ritchie", "ritchie", "Liskov", "liskov",
				"Allen", "allen", "Thompson", "thompson", "Perlman", "perlman", "Lamport", "lamport", "Shannon", "shannon", "Baker", "baker",
				"Clarke", "clarke", "O'Brien", "obrien", "Smith-Jones", "smith.jones", "Walker", "walker", "Reed", "reed", "Hughes", "hughes",
				"Cole", "cole", "Marsh", "marsh", "Whitfield", "whitfield")},
		{weight: 14, locale: "de-DE", glue: " ",
			given: names("Jürgen", "juergen", "Zoë", "zoe", "Søren", "soren", "Łukasz", "lukasz", "Renée", "renee", "Núria", "nuria",
				"Åsa", "asa", "Gülşen", "gulsen", "Štěpán", "stepan", "Inês", "ines", "Þóra", "thora", "Đorđe", "djordje"),
			family: names("Müller", "mueller", "Ångström", "angstrom", "Dvořák", "dvorak", "Gödel", "goedel", "Núñez", "nunez", "Żak", "zak",
				"Çelik", "celik", "Jørgensen", "jorgensen", "Lefèvre", "lefevre", "Gonçalves", "goncalves", "Straße", "strasse", "Šimić", "simic")},
		{weight: 7, locale: "el-GR", glue: " ",
			given: names("Ελένη", "eleni", "Γιώργος", "giorgos", "Μαρία", "maria", "Νίκος", "nikos", "Σοφία", "sofia", "Δημήτρης", "dimitris"),
			family: names("Παπαδοπούλου", "papadopoulou", "Νικολάου", "nikolaou", "Οικονόμου", "oikonomou", "Αθανασίου", "athanasiou",
				"Βλάχος", "vlachos", "Καραγιάννης", "karagiannis")},
		{weight: 7, locale: "uk-UA", glue: " ",
			given: names("Олена", "olena", "Тарас", "taras", "Мария", "mariya", "Дмитрий", "dmitriy", "Ђорђе", "dorde", "Иван", "ivan", "Юлія", "yuliia"),
			family: names("Шевченко", "shevchenko", "Коваль", "koval", "Соколова", "sokolova", "Петров", "petrov", "Јовановић", "jovanovic",
				"Бойко", "boiko")},
		{weight: 6, locale: "ar-EG", glue: " ",
			given:  names("ليلى", "layla", "أحمد", "ahmad", "فاطمة", "fatima", "يوسف", "yusuf", "مريم", "maryam", "عمر", "omar"),
			family: names("حداد", "haddad", "الفارسي", "alfarsi", "منصور", "mansour", "خليل", "khalil", "الزهراء", "alzahra", "ناصر", "nasser")},
		{weight: 8, locale: "zh-CN", surnameFirst: true,
			given:  names("伟", "wei", "秀英", "xiuying", "娜", "na", "敏", "min", "强", "qiang", "晓明", "xiaoming", "雷", "lei"),
			family: names("王", "wang", "李", "li", "张", "zhang", "刘", "liu", "陈", "chen", "欧阳", "ouyang")},
		{weight: 6, locale: "hi-IN", glue: " ",
			given:  names("अनन्या", "ananya", "राहुल", "rahul", "प्रिया", "priya", "अर्जुन", "arjun", "मीरा", "meera", "विक्रम", "vikram"),
			family: names("शर्मा", "sharma", "पटेल", "patel", "सिंह", "singh", "गुप्ता", "gupta", "अय्यर", "iyer", "जोशी", "joshi")},
		{weight: 3, locale: "ja-JP", surnameFirst: true, glue: " ",
			given:  names("さくら", "sakura", "健太", "kenta", "美咲", "misaki", "ハルキ", "haruki"),
			family: names("佐藤", "sato", "鈴木", "suzuki", "高橋", "takahashi", "渡辺", "watanabe")},
		{weight: 2, locale: "he-IL", glue: " ",
			given:  names("נועה", "noa", "דוד", "david", "תמר", "tamar", "איתן", "eitan"),
			family: names("כהן", "cohen", "לוי", "levi", "מזרחי", "mizrahi", "פרץ", "peretz")},
		{weight: 1, locale: "ko-KR", surnameFirst: true,
			given:  names("지민", "jimin", "서연", "seoyeon", "민준", "minjun", "하은", "haeun"),
			family: names("김", "kim", "이", "lee", "박", "park", "최", "choi")},
	}
}

// display joins the parts of a name the way its people do.
func (c culture) display(given, family name) string {
	if c.surnameFirst {
		return family.native + c.glue + given.native
	}
	return given.native + c.glue + family.native
}
