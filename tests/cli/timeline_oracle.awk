# What the calendar says of given days, read from the XML by other means than the programs':
#
#	xmllint --c14n rollout.xml procedures.xml | awk -f timeline_oracle.awk days=FILE -
#
# Input: canonical XML, of which the start tags of row and procedure matter. Output, sorted by
# nobody: DATE ID PARTY PLACE STATE VIA SINCE EARLIEST LATEST NEXT THEN, between tabs, as
# `nsw timeline --at` says it. ISO dates compare as text, and that is all that is used of them.

function value(tag, name,    at)
{
	at = index(tag, " " name "=\"")
	if (!at)
		return ""
	tag = substr(tag, at + length(name) + 3)
	return substr(tag, 1, index(tag, "\"") - 1)
}

function dash(text) { return text == "" ? "-" : text }

function read_row(tag,    n, i, ids)
{
	n = split(value(tag, "of"), ids, " ")
	if (!n)
		return
	rows++
	used[rows] = value(tag, "used"); early[rows] = value(tag, "earliest"); late[rows] = value(tag, "latest")
	state[rows] = value(tag, "state"); via[rows] = value(tag, "via"); places[rows] = value(tag, "place")
	for (i = 1; i <= n; i++) {
		names[rows, ids[i]] = 1
		named[ids[i]] = 1
	}
}

function read_procedure(tag,    id, party)
{
	id = value(tag, "id")
	party = value(tag, "party")
	owner[id] = party
	if (party != "") {
		links[id] = party
		links[party] = party
	}
}

# Does the row hold at the place? "" is everywhere.
function fits(row, place,    n, i, list)
{
	n = split(places[row], list, " ")
	if (!n)
		return 1
	for (i = 1; place != "" && i <= n; i++)
		if (substr(place, 1, length(list[i])) == list[i])
			return 1
	return 0
}

# The row of `id` with the latest day not after `day`; of one day the last one in the file.
function says(id, place, day,    i, best)
{
	best = 0
	for (i = 1; i <= rows; i++)
		if ((i, id) in names && used[i] <= day && fits(i, place) && (!best || used[i] >= used[best]))
			best = i
	return best
}

# The first one after it.
function follows(id, place, day,    i, best)
{
	best = 0
	for (i = 1; i <= rows; i++)
		if ((i, id) in names && used[i] > day && fits(i, place) && (!best || used[i] < used[best]))
			best = i
	return best
}

function tell(day, id, whose, place, shown,    row, next_row, known)
{
	row = says(whose, place, day)
	next_row = follows(whose, place, day)
	known = whose in named ? "NONE" : "LIVE"
	print day "\t" id "\t" links[id] "\t" dash(shown) "\t" (row ? state[row] : known) "\t" \
		dash(row ? via[row] : "") "\t" dash(row ? used[row] : "") "\t" \
		dash(row ? (early[row] != "" ? early[row] : used[row]) : "") "\t" \
		dash(row ? (late[row] != "" ? late[row] : used[row]) : "") "\t" \
		dash(next_row ? used[next_row] : "") "\t" dash(next_row ? state[next_row] : "")
}

function tell_link(day, id,    whose, i, j, n, list, one, shown)
{
	whose = id in named ? id : links[id]
	tell(day, id, whose, "", "")
	for (i = 1; i <= rows; i++) {
		if (!((i, whose) in names))
			continue
		one = shown = ""
		n = split(places[i], list, " ")
		for (j = 1; j <= n; j++)
			if (says(whose, list[j], day) == i) {
				shown = shown == "" ? list[j] : shown " " list[j]
				one = list[j]
			}
		if (one != "")
			tell(day, id, whose, one, shown)
	}
}

BEGIN { RS = ">" }
{ sub(/^[^<]*</, "") }
/^row[ \n]/ { gsub(/[ \t\n]+/, " "); read_row($0) }
/^procedure[ \n]/ { gsub(/[ \t\n]+/, " "); read_procedure($0) }
END {
	for (id in named)
		if (!(id in owner))
			links[id] = id
	RS = "\n"
	while ((getline day <days) > 0)
		for (id in links)
			tell_link(day, id)
}
