#include "journal/projection.h"

#include <string.h>

#include "core/digest.h"
#include "core/text.h"

const char projection_tables[] =
	"CREATE TABLE message("
	" seq INTEGER PRIMARY KEY, at INTEGER, id TEXT, sender TEXT, digest TEXT,"
	" conversation TEXT, ref TEXT, kind TEXT, case_id TEXT, state TEXT, code TEXT,"
	" reference TEXT, event TEXT, environment TEXT, run TEXT, effective INTEGER,"
	" envelope TEXT, payload TEXT, facts TEXT, receipt_envelope TEXT, receipt_payload TEXT);"
	"CREATE UNIQUE INDEX message_identity ON message(sender, id) WHERE state='RECEIVED';"
	"CREATE INDEX message_refused ON message(sender, envelope) WHERE state='REFUSED';"
	"CREATE INDEX message_id ON message(id);"
	"CREATE INDEX message_case ON message(case_id);"
	"CREATE INDEX message_reference ON message(reference);"

	"CREATE TABLE case_("
	" id TEXT PRIMARY KEY, seq INTEGER, kind TEXT, version_of_kind TEXT, number TEXT,"
	" serial INTEGER, version INTEGER, state TEXT, declarant TEXT, reference TEXT,"
	" conversation TEXT, message TEXT, run TEXT, environment TEXT, accepted INTEGER,"
	" since INTEGER, due INTEGER, postponed INTEGER, parent TEXT);"
	"CREATE INDEX case_number ON case_(declarant, serial);"
	"CREATE INDEX case_serial ON case_(serial);"
	"CREATE INDEX case_reference ON case_(declarant, kind, reference);"
	"CREATE INDEX case_due ON case_(due) WHERE due IS NOT NULL;"

	"CREATE TABLE task("
	" case_id TEXT, version INTEGER, party TEXT, procedure TEXT, seq INTEGER,"
	" releases INTEGER, state TEXT, status TEXT, result TEXT, note TEXT, delivery TEXT,"
	" message TEXT, route TEXT, link TEXT, way TEXT, via TEXT, due INTEGER,"
	" PRIMARY KEY(case_id, version, party, procedure));"
	"CREATE INDEX task_delivery ON task(delivery);"
	"CREATE INDEX task_due ON task(due) WHERE due IS NOT NULL;"

	"CREATE TABLE key_("
	" seq INTEGER PRIMARY KEY, case_id TEXT, kind TEXT, name TEXT, value TEXT, source TEXT);"
	"CREATE INDEX key_value ON key_(name, value, kind);"
	"CREATE INDEX key_case ON key_(case_id);"

	"CREATE TABLE use_("
	" seq INTEGER PRIMARY KEY, case_id TEXT, what TEXT, target TEXT, value TEXT,"
	" quantity TEXT, unit TEXT);"
	"CREATE INDEX use_case ON use_(case_id);"
	"CREATE INDEX use_target ON use_(target);"

	"CREATE TABLE delivery("
	" seq INTEGER PRIMARY KEY, id TEXT UNIQUE, party TEXT, push INTEGER, kind TEXT,"
	" case_id TEXT, declarant TEXT, conversation TEXT, state TEXT, cause TEXT, ref TEXT, "
	"payload TEXT,"
	" environment TEXT, origin TEXT, run TEXT, created INTEGER, expires INTEGER,"
	" due INTEGER, attempts INTEGER, attempt_seq INTEGER, envelope TEXT, code TEXT,"
	" text TEXT, tries INTEGER, counted INTEGER, again INTEGER, leaves INTEGER,"
	" behind INTEGER);"
	"CREATE INDEX delivery_order ON delivery(party, declarant, conversation, seq)"
	" WHERE state IN ('WAITING','SENT','DEAD');"
	"CREATE INDEX delivery_open ON delivery(party, push, seq)"
	" WHERE state IN ('WAITING','SENT','RECEIVED');"
	"CREATE INDEX delivery_due ON delivery(due) WHERE due IS NOT NULL;"
	"CREATE INDEX delivery_party_due ON delivery(party, due)"
	" WHERE state IN ('WAITING','SENT','RECEIVED');"
	"CREATE INDEX delivery_case ON delivery(case_id);"
	"CREATE INDEX delivery_state ON delivery(state, party);"
	"CREATE INDEX delivery_behind ON delivery(party) WHERE behind IS NOT NULL;"

	"CREATE TABLE held("
	" seq INTEGER PRIMARY KEY, sender TEXT, message TEXT, case_id TEXT, due INTEGER,"
	" postponed INTEGER);"
	"CREATE INDEX held_due ON held(due);"
	"CREATE INDEX held_case ON held(case_id);"

	"CREATE TABLE fault_("
	" seq INTEGER PRIMARY KEY, id TEXT, party TEXT, kind TEXT, side TEXT, document TEXT,"
	" run TEXT, line TEXT, until INTEGER, removed INTEGER, seen INTEGER, fired INTEGER);"
	"CREATE INDEX fault_party ON fault_(party) WHERE removed IS NULL;"

	"CREATE TABLE fired_("
	" seq INTEGER PRIMARY KEY, fault INTEGER, delivery TEXT, try INTEGER, later INTEGER);"
	"CREATE INDEX fired_delivery ON fired_(delivery, try);"
	"CREATE INDEX fired_fault ON fired_(fault, delivery);"

	"CREATE TABLE switch_(party TEXT PRIMARY KEY, seq INTEGER, state TEXT);";

const struct projection_compare projection_compare[] = {
	{ "message", "SELECT * FROM message ORDER BY seq" },
	{ "case_", "SELECT * FROM case_ ORDER BY seq" },
	{ "task", "SELECT * FROM task ORDER BY case_id, version, party, procedure" },
	{ "key_", "SELECT * FROM key_ ORDER BY seq" },
	{ "use_", "SELECT * FROM use_ ORDER BY seq" },
	{ "delivery", "SELECT * FROM delivery ORDER BY seq" },
	{ "held", "SELECT * FROM held ORDER BY seq" },
	{ "fault_", "SELECT * FROM fault_ ORDER BY seq" },
	{ "fired_", "SELECT * FROM fired_ ORDER BY seq" },
	{ "switch_", "SELECT * FROM switch_ ORDER BY party" },
	{ NULL, NULL },
};

/*
 * What each type of record means; one of several statements has a row for each, in their order.
 * Fields a statement does not name are there for people and for `show`. The comment gives all
 * fields.
 */
static const struct {
	const char *type, *sql;
} projections[] = {
	/* started: version instance environment seed wall */
	{ "started", NULL },

	/* message: id sender digest conversation ref kind case reference event environment run
	 * effective envelope payload facts receipt_envelope receipt_payload */
	{ "message",
	  "INSERT INTO message(seq, at, id, sender, digest, conversation, ref, kind, case_id,"
	  " state, reference, event, environment, run, effective, envelope, payload, facts,"
	  " receipt_envelope, receipt_payload) VALUES(:seq, :at, :id, :sender, :digest,"
	  " :conversation, :ref, :kind, :case, 'RECEIVED', :reference, :event, :environment,"
	  " :run, :effective, :envelope, :payload, :facts, :receipt_envelope,"
	  " :receipt_payload)" },

	/* refused: id sender digest conversation ref kind case reference run code verdict text place
	 * envelope payload receipt_envelope receipt_payload; case: that of the delivery answered */
	{ "refused",
	  "INSERT INTO message(seq, at, id, sender, digest, conversation, kind, state, code,"
	  " reference, run, envelope, payload, receipt_envelope, receipt_payload)"
	  " VALUES(:seq, :at, :id, :sender, :digest, :conversation, :kind, 'REFUSED', :code,"
	  " :reference, :run, :envelope, :payload, :receipt_envelope, :receipt_payload)" },

	/* case: case kind version_of_kind declarant reference conversation message run
	 * environment accepted parent */
	{ "case", "INSERT INTO case_(id, seq, kind, version_of_kind, version, state, declarant,"
		  " reference, conversation, message, run, environment, accepted, since, parent)"
		  " VALUES(:case, :seq, :kind, :version_of_kind, 1, '', :declarant, :reference,"
		  " :conversation, :message, :run, :environment, :accepted, :at, :parent)" },

	/* numbered: case number serial */
	{ "numbered", "UPDATE case_ SET number=:number, serial=:serial WHERE id=:case" },

	/* amended: case version number message accepted */
	{ "amended", "UPDATE case_ SET version=:version, number=:number, message=:message,"
		     " accepted=:accepted WHERE id=:case" },

	/* state: case from event to by due */
	{ "state", "UPDATE case_ SET state=:to, since=:at, due=:due, postponed=NULL"
		   " WHERE id=:case" },

	/* task: case version party procedure releases delivery state status route link way via
	 * due. `delivery` names the task, also where nothing is delivered */
	{ "task",
	  "INSERT INTO task(case_id, version, party, procedure, seq, releases, state, status,"
	  " delivery, route, link, way, via, due)"
	  " VALUES(:case, :version, :party, :procedure, :seq, :releases, :state, :status,"
	  " :delivery, :route, :link, :way, :via, :due)" },

	/* task-state: case version party procedure delivery state status result note message */
	{ "task-state", "UPDATE task SET state=:state, status=coalesce(:status, status),"
			" result=coalesce(:result, result), note=coalesce(:note, note),"
			" message=CASE WHEN :status IS NULL THEN message ELSE :message END,"
			" due=NULL WHERE delivery=:delivery" },

	/* key: case kind name value source; keys-dropped: case, for its next version. A source
	 * is "document" or "answer". */
	{ "key", "INSERT INTO key_(seq, case_id, kind, name, value, source)"
		 " VALUES(:seq, :case, :kind, :name, :value, :source)" },
	{ "keys-dropped", "DELETE FROM key_ WHERE case_id=:case AND source='document'" },

	/* use: case what target value quantity unit; freed: case */
	{ "use", "INSERT INTO use_(seq, case_id, what, target, value, quantity, unit)"
		 " VALUES(:seq, :case, :what, :target, :value, :quantity, :unit)" },
	{ "freed", "DELETE FROM use_ WHERE case_id=:case" },

	/* paper-postponed: case delivery due code text */
	{ "paper-postponed", "UPDATE task SET due=:due WHERE delivery=:delivery" },

	/* dated: from by: gateway time was set */
	{ "dated", NULL },

	/* placed: message sender case event: a held application has its case now */
	{ "placed", "UPDATE message SET case_id=:case, event=:event WHERE sender=:sender"
		    " AND id=:message AND state='RECEIVED'" },

	/* on-paper: case party kind link: what was not sent, for want of a link */
	{ "on-paper", NULL },

	/* delivery: delivery party push kind case declarant conversation cause ref payload environment
	 * origin run created expires due */
	{ "delivery",
	  "INSERT INTO delivery(seq, id, party, push, kind, case_id, declarant, conversation, "
	  "state, cause,"
	  " ref, payload, environment, origin, run, created, expires, due, attempts, tries,"
	  " counted, again)"
	  " VALUES(:seq, :delivery, :party, :push, :kind, :case, :declarant, :conversation, "
	  "'WAITING',"
	  " :cause, :ref, :payload, :environment, :origin, :run, :created, :expires, :due, 0,"
	  " 0, 0, 0)" },

	/* attempt: delivery case party state outcome code text due envelope again. It lets those go that
	 * were to come after it, and each fault has seen it that fits it: when it fired, it has
	 * been counted already. `tries` goes on where `attempts` begins anew; `again`
	 * counts those that repeat the last one that `counted`. */
	{ "attempt",
	  "UPDATE delivery SET state=:state, attempts=attempts+1, attempt_seq=:seq, due=:due,"
	  " code=:code, text=:text, envelope=coalesce(:envelope, envelope), tries=tries+1,"
	  " counted=counted+(:again IS NULL),"
	  " again=CASE WHEN :again IS NULL THEN 0 ELSE again+1 END,"
	  " leaves=NULL, behind=NULL WHERE id=:delivery" },
	{ "attempt", "UPDATE delivery SET due=:at, leaves=NULL, behind=NULL WHERE party=:party"
		     " AND behind IS NOT NULL AND id<>:delivery AND :outcome='sent'" },
	{ "attempt", "UPDATE fault_ SET seen=seen+1 WHERE party=:party AND removed IS NULL"
		     " AND :outcome='sent' AND (until IS NULL OR until>:at)"
		     " AND EXISTS(SELECT 1 FROM delivery d WHERE d.id=:delivery"
		     "  AND (fault_.document IS NULL OR fault_.document=d.kind)"
		     "  AND (fault_.run IS NULL OR fault_.run=d.run)"
		     "  AND NOT EXISTS(SELECT 1 FROM fired_ x WHERE x.fault=fault_.seq"
		     "   AND x.delivery=d.id AND x.try=d.tries))" },

	/* delivery-state: delivery case party state code text due message by */
	{ "delivery-state", "UPDATE delivery SET state=:state, due=:due, code=:code, text=:text"
			    " WHERE id=:delivery" },

	/* retried: delivery case party due by */
	{ "retried", "UPDATE delivery SET state='WAITING', due=:due, attempts=0,"
		     " counted=0, again=0,"
		     " attempt_seq=NULL, code=NULL, text=NULL, leaves=NULL, behind=NULL"
		     " WHERE id=:delivery" },

	/* held: message sender case until */
	{ "held", "INSERT INTO held(seq, sender, message, case_id, due)"
		  " VALUES(:seq, :sender, :message, :case, :until)" },

	/* postponed: case due code text; answer-postponed: message sender case due code text.
	 * What faults five times is left alone: without a moment it is never due again. */
	{ "postponed", "UPDATE case_ SET postponed=coalesce(postponed, 0) + 1,"
		       " due=CASE WHEN coalesce(postponed, 0)<4 THEN :due END"
		       " WHERE id=:case" },
	{ "answer-postponed", "UPDATE held SET postponed=coalesce(postponed, 0) + 1,"
			      " due=CASE WHEN coalesce(postponed, 0)<4 THEN :due END"
			      " WHERE sender=:sender AND message=:message" },

	/* released: message sender case; withdrawn: the same, for an answer never applied */
	{ "released", "DELETE FROM held WHERE sender=:sender AND message=:message" },
	{ "withdrawn", "DELETE FROM held WHERE sender=:sender AND message=:message" },

	/* not-applied: message sender case code text: a decision that came too late */
	{ "not-applied", NULL },

	/* fault-added: fault party what on document run line over by; fault-removed: fault by */
	{ "fault-added",
	  "INSERT INTO fault_(seq, id, party, kind, side, document, run, line, until, seen, fired)"
	  " VALUES(:seq, :fault, :party, :what, :on, :document, :run, :line, :over, 0, 0)" },
	{ "fault-removed", "UPDATE fault_ SET removed=:seq WHERE id=:fault AND removed IS NULL" },

	/* fault: fault what on party delivery case attempt try later due behind text: it strikes
	 * that attempt. With `due` the delivery leaves then, or (`behind`) after the next one to
	 * that party. */
	{ "fault", "INSERT INTO fired_(seq, fault, delivery, try, later)"
		   " SELECT :seq, seq, :delivery, :try, :later FROM fault_"
		   " WHERE id=:fault AND removed IS NULL" },
	{ "fault", "UPDATE fault_ SET seen=seen+1, fired=fired+1"
		   " WHERE id=:fault AND removed IS NULL" },
	{ "fault", "UPDATE delivery SET due=CAST(:due AS INTEGER), leaves=CAST(:due AS INTEGER),"
		   " behind=coalesce(:behind, behind) WHERE id=:delivery AND :due IS NOT NULL" },

	/* pruned: case body by: that body was given up; see journal/prune.h */
	{ "pruned", NULL },

	/* switched: party state by: off (as though not connected) or on */
	{ "switched", "INSERT INTO switch_(party, seq, state) VALUES(:party, :seq, :state)"
		      " ON CONFLICT(party) DO UPDATE SET seq=:seq, state=:state" },
};

static const char *value_of(const char *name, const void *from)
{
	const struct record *record = from;

	if (strcmp(name, "seq") == 0)
		return record->seq;
	if (strcmp(name, "at") == 0)
		return record->at;
	for (size_t i = 0; i < record->count; i++)
		if (strcmp(record->field[i].name, name) == 0)
			return record->field[i].value;
	return NULL;
}

bool projection_apply(struct store *store, const struct record *record, struct failure *why)
{
	bool known = false;

	for (size_t i = 0; i < sizeof projections / sizeof *projections; i++) {
		if (strcmp(projections[i].type, record->type) != 0)
			continue;
		known = true;
		if (projections[i].sql != NULL &&
		    !store_apply(store, projections[i].sql, value_of, record, why))
			return false;
	}
	return known || fault(why, "JRN-906", "record %s has the unknown type '%s'", record->seq,
			      record->type);
}

void record_encode(struct text *out, const struct record *record)
{
	text_add(out, "");
	for (size_t i = 0; i < record->count; i++) {
		text_add(out, record->field[i].name);
		text_add_bytes(out, "=", 1);
		for (const char *c = record->field[i].value; *c != '\0'; c++) {
			if (*c == '\n')
				text_add_bytes(out, "\\n", 2);
			else if (*c == '\\')
				text_add_bytes(out, "\\\\", 2);
			else
				text_add_bytes(out, c, 1);
		}
		text_add_bytes(out, "\n", 1);
	}
}

static void unescape(char *value)
{
	char *to = value;

	for (const char *c = value; *c != '\0'; c++) {
		if (*c == '\\' && c[1] != '\0')
			*to++ = *++c == 'n' ? '\n' : *c;
		else
			*to++ = *c;
	}
	*to = '\0';
}

bool record_decode(struct record *record, char *text)
{
	char *line, *rest = text, *equals;

	record->count = 0;
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		equals = strchr(line, '=');
		if (equals == NULL || record->count == sizeof record->field / sizeof *record->field)
			return false;
		*equals = '\0';
		unescape(equals + 1);
		record->field[record->count].name = line;
		record->field[record->count].value = equals + 1;
		record->count++;
	}
	return true;
}

struct digest record_hash(const struct digest *previous, const char *instance,
			  const struct record *record)
{
	struct digest_stream *stream = digest_begin();

	digest_add_field(stream, previous->bytes, sizeof previous->bytes);
	digest_add_field(stream, instance, strlen(instance));
	digest_add_field(stream, record->seq, strlen(record->seq));
	digest_add_field(stream, record->at, strlen(record->at));
	digest_add_field(stream, record->type, strlen(record->type));
	digest_add_field(stream, record->fields, strlen(record->fields));
	return digest_end(stream);
}
