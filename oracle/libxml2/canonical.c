/* SPDX-FileCopyrightText: 2026 the Varco authors
 * SPDX-License-Identifier: EUPL-1.2
 *
 * Canonical forms of libxml2, for comparison. Reads records from standard input:
 *   APEX EXCLUDED LENGTH-OF-PREFIXES LENGTH-OF-TEXT newline prefixes text
 * where APEX and EXCLUDED (-1 for none) count elements in document order; writes for each
 *   LENGTH newline octets          (LENGTH is -1 when libxml2 refuses)
 */
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static xmlNodePtr apex, excluded;

static void number(xmlNodePtr node, int *next, int a, int e) {
  for (; node; node = node->next) {
    if (node->type != XML_ELEMENT_NODE) continue;
    if (*next == a) apex = node;
    if (*next == e) excluded = node;
    (*next)++;
    number(node->children, next, a, e);
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

int main(void) {
  int a, e, prefixes_length, text_length;
  xmlSetGenericErrorFunc(NULL, silent);
  while (scanf("%d %d %d %d", &a, &e, &prefixes_length, &text_length) == 4) {
    getchar();
    char *prefixes = calloc(prefixes_length + 1, 1), *text = calloc(text_length + 1, 1);
    if (fread(prefixes, 1, prefixes_length, stdin) != (size_t)prefixes_length) return 2;
    if (fread(text, 1, text_length, stdin) != (size_t)text_length) return 2;
    xmlChar *list[65] = {0};
    int count = 0;
    for (char *p = strtok(prefixes, " "); p && count < 64; p = strtok(NULL, " "))
      list[count++] = (xmlChar *)p;
    xmlDocPtr doc = xmlReadMemory(text, text_length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
    int written = -1;
    xmlBufferPtr buffer = xmlBufferCreate();
    if (doc) {
      int next = 0;
      apex = excluded = NULL;
      number(xmlDocGetRootElement(doc), &next, a, e);
      xmlOutputBufferPtr out = xmlOutputBufferCreateBuffer(buffer, NULL);
      if (apex && xmlC14NExecute(doc, visible, NULL, XML_C14N_EXCLUSIVE_1_0, list, 0, out) >= 0) {
        xmlOutputBufferClose(out);
        written = xmlBufferLength(buffer);
      } else {
        xmlOutputBufferClose(out);
      }
    }
    printf("%d\n", written);
    if (written > 0) fwrite(xmlBufferContent(buffer), 1, written, stdout);
    fflush(stdout);
    xmlBufferFree(buffer);
    if (doc) xmlFreeDoc(doc);
    free(prefixes);
    free(text);
  }
  return 0;
}
