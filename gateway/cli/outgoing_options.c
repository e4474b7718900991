#include <string.h>

#include "cli/edit.h"
#include "cli/outgoing.h"

enum { KEY_SET = 0x4000, KEY_CLOCK, KEY_AT, KEY_ID, KEY_CONVERSATION, KEY_REF, KEY_KIND };

/* ---- what every sender may say ------------------------------------------------------------------- */

static const struct argp_option common_options[] = {
	{ "as", 'a', "PARTY", 0,
	  "Send as this party: any whose keys the keyring holds (the document's declarant, else "
	  "the first trader of the keyring)",
	  0 },
	{ "set", KEY_SET, "XPATH=VALUE", 0,
	  "Change a value before signing; may be repeated. Names match by local name, without "
	  "prefix; a path begins below the root element: DeclarationOfficeID=03CC. With // "
	  "everything that is found is set: //Origin/CountryCode=TH",
	  0 },
	{ "clock", KEY_CLOCK, "WHICH", 0,
	  "Dates in the document: 'recorded' stay; 'shift' moves all by whole days, so that it was "
	  "issued on gateway time's day; 'fixed' likewise, on the day of --at (recorded). --set is "
	  "done before",
	  0 },
	{ "at", KEY_AT, "DATE", 0, "The day of --clock fixed", 0 },
	{ 0 },
};

static enum outgoing_clock read_clock(struct argp_state *state, const char *value)
{
	static const char *const words[] = {
		[CLOCK_RECORDED] = "recorded", [CLOCK_FIXED] = "fixed", [CLOCK_SHIFT] = "shift"
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(value, words[i]) == 0)
			return (enum outgoing_clock)i;
	argp_error(state, "'%s' is none of: recorded, fixed, shift", value);
	return CLOCK_RECORDED;
}

static void add_edit(struct argp_state *state, const struct outgoing_options *options,
		     const char *value)
{
	struct failure why;

	if (!edit_check(value, &why))
		argp_error(state, "--set: %s", why.text);
	words_add(options->session, &options->choice->edits, value);
}

static error_t parse_common(int key, char *value, struct argp_state *state)
{
	const struct outgoing_options *options = state->input;
	struct outgoing_choice *choice = options->choice;

	switch (key) {
	case 'a':
		choice->as = command_word(state, value, "PARTY");
		return 0;
	case KEY_SET:
		add_edit(state, options, value);
		return 0;
	case KEY_CLOCK:
		choice->clock = read_clock(state, value);
		return 0;
	case KEY_AT:
		choice->at = command_date(state, value);
		return 0;
	case ARGP_KEY_END:
		if ((choice->at != 0) != (choice->clock == CLOCK_FIXED))
			argp_error(state, "--clock fixed and --at DATE go together");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp outgoing_common_argp = { common_options, parse_common, NULL, NULL,
					   NULL,	   NULL,	 NULL };

/* ---- what a single message may say besides ------------------------------------------------------- */

static const struct argp_option single_options[] = {
	{ "id", KEY_ID, "UUID", 0,
	  "Message id (a fresh one). Where the gateway has this document under this id already, "
	  "the "
	  "very same message is sent again",
	  0 },
	{ "conversation", KEY_CONVERSATION, "UUID", 0, "Conversation it belongs to (a fresh one)",
	  0 },
	{ "ref", KEY_REF, "MESSAGE", 0,
	  "The message it answers: its id, or the folder that `nsw receive` wrote", 0 },
	{ "kind", KEY_KIND, "ID", 0,
	  "Kind of document; without it the document must be well-formed", 0 },
	{ 0 },
};

static const char *id_value(struct argp_state *state, const char *value)
{
	if (!uuid_valid(value))
		argp_error(state, "'%s' is not a UUID in lower case", value);
	return value;
}

static error_t parse_single(int key, char *value, struct argp_state *state)
{
	const struct outgoing_options *options = state->input;
	struct outgoing_choice *choice = options->choice;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = state->input;
		return 0;
	case KEY_ID:
		choice->id = id_value(state, value);
		return 0;
	case KEY_CONVERSATION:
		choice->conversation = id_value(state, value);
		return 0;
	case KEY_REF:
		choice->ref = command_word(state, value, "MESSAGE");
		return 0;
	case KEY_KIND:
		choice->kind = command_word(state, value, "ID");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &outgoing_common_argp, 0, NULL, 0 },
					      { NULL, 0, NULL, 0 } };
const struct argp outgoing_argp = {
	single_options, parse_single, NULL, NULL, children, NULL, NULL
};
