/*
 * response - the three answers of the single window, written one way.
 *
 * All are WCO `Response` documents in namespaces of our own:
 *
 *	ACK  urn:nsw:ack:1  technical receipt (FunctionCode 6): AB acknowledged, RE refused
 *	RES  urn:nsw:res:1  business answer (FunctionCode 11): AP, RE, CA conditional, AJ pending
 *	LPR  urn:nsw:lpr:1  an agency's decision (FunctionCode 11), with the documents it issued
 *
 * The gateway writes receipts and consolidated responses with it, the adapters their
 * decisions. Strings are borrowed for the call.
 */
#ifndef NSW_RESPONSE_H
#define NSW_RESPONSE_H

#include "core/clock.h"
#include "core/failure.h"
#include "core/findings.h"
#include "core/text.h"

struct response_status {    /* one agency's word, or the case's */
	const char *name;   /* "CLEARED", "APPROVED" */
	const char *agency; /* party id; NULL: the gateway's own */
	gateway_time effective;
	const char *note; /* e.g. channel "GREEN"; NULL */
};

struct response_note { /* AdditionalInformation */
	const char *code, *text, *text_vi;
};

struct response_item {
	int sequence;
	const char *hs, *origin; /* NULL when unknown */
};

struct response_document {	  /* issued or cited */
	const char *type, *id;	  /* UNCL 1001 code, number */
	gateway_time from, until; /* 0: absent */
};

struct response {
	const char *kind;      /* "ACK", "RES", "LPR", or one that is written like a RES */
	const char *result;    /* AB RE | AP RE CA AJ; NULL for LPR */
	const char *reference; /* FunctionalReferenceID of what is answered; NULL */
	const char *message;   /* id of the message that is answered */
	const char *digest;    /* its digest, hex; ACK only; NULL */
	gateway_time issued;
	const char *number, *version;	/* gateway-issued; NULL before there is one */
	gateway_time accepted;		/* of the declaration; 0 */
	const char *sequence, *head;	/* journal position that this response commits to; NULL */
	const char *code, *text, *hint; /* a refusal without findings: one Error; NULL */
	const struct finding *findings; /* Error* (warnings too, marked); NULL */
	const struct response_note *notes; /* nine at most */
	size_t note_count;
	const struct response_status *statuses;
	size_t status_count;
	const struct response_item *items;
	size_t item_count;
	const struct response_document *documents;
	size_t document_count;
};

void response_write(struct text *out, const struct response *response);

#endif
