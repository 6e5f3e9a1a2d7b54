/* SPDX-FileCopyrightText: 2026 the Varco authors
 * SPDX-License-Identifier: EUPL-1.2
 *
 * Canonical forms of libxml2, for comparison. Reads records from standard input:
 *   COUNT LENGTH-OF-TEXT newline text, and COUNT times
 *   APEX EXCLUDED LENGTH-OF-PREFIXES newline prefixes
 * where APEX and EXCLUDED (-1 for none) count elements in document order; then writes COUNT times
 *   LENGTH newline octets          (LENGTH is -1 when libxml2 refuses)
 */
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static xmlNodePtr apex, excluded;
static xmlNodePtr *elements;
static int known, room;

static void number(xmlNodePtr node) {
  for (; node; node = node->next) {
    if (node->type != XML_ELEMENT_NODE) continue;
    if (known == room) {
      room = room ? 2 * room : 64;
      elements = realloc(elements, room * sizeof *elements);
      if (!elements) exit(3);
    }
    elements[known++] = node;
    number(node->children);
  }
}

static int visible(void *data, xmlNodePtr node, xmlNodePtr parent) {
  (void)data;
  if (node->type == XML_NAMESPACE_DECL || node->type == XML_ATTRIBUTE_NODE) node = parent;
  for (; node; node = node->parent) {
    if (node == excluded) return 0;
    if (node == apex) return 1;
  }
  return 0;
}

static void silent(void *context, const char *message, ...) { (void)context; (void)message; }

static xmlNodePtr element(int at) { return at >= 0 && at < known ? elements[at] : NULL; }

static char *take(int length) {
  char *text = calloc(length + 1, 1);
  if (!text || fread(text, 1, length, stdin) != (size_t)length) exit(2);
  return text;
}

struct question { int apex, excluded; char *prefixes; };

static struct question read_question(void) {
  struct question q;
  int length;
  if (scanf("%d %d %d", &q.apex, &q.excluded, &length) != 3) exit(2);
  getchar();
  q.prefixes = take(length);
  return q;
}

static void answer(xmlDocPtr doc, struct question q) {
  xmlChar *list[65] = {0};
  int count = 0, written = -1;
  for (char *p = strtok(q.prefixes, " "); p && count < 64; p = strtok(NULL, " "))
    list[count++] = (xmlChar *)p;
  apex = element(q.apex);
  excluded = element(q.excluded);
  xmlBufferPtr buffer = xmlBufferCreate();
  if (doc && apex) {
    xmlOutputBufferPtr out = xmlOutputBufferCreateBuffer(buffer, NULL);
    int done = xmlC14NExecute(doc, visible, NULL, XML_C14N_EXCLUSIVE_1_0, list, 0, out);
    xmlOutputBufferClose(out);
    if (done >= 0) written = xmlBufferLength(buffer);
  }
  printf("%d\n", written);
  if (written > 0) fwrite(xmlBufferContent(buffer), 1, written, stdout);
  xmlBufferFree(buffer);
  free(q.prefixes);
}

int main(void) {
  int questions, length;
  xmlSetGenericErrorFunc(NULL, silent);
  while (scanf("%d %d", &questions, &length) == 2) {
    getchar();
    char *text = take(length);
    struct question *asked = calloc(questions + 1, sizeof *asked);
    if (!asked) exit(3);
    for (int i = 0; i < questions; i++) asked[i] = read_question();
    xmlDocPtr doc = xmlReadMemory(text, length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
    known = 0;
    if (doc) number(xmlDocGetRootElement(doc));
    for (int i = 0; i < questions; i++) answer(doc, asked[i]);
    fflush(stdout);
    if (doc) xmlFreeDoc(doc);
    free(asked);
    free(text);
  }
  return 0;
}
