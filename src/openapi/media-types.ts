/** What is to be known of media types. */

/** One JSON value; a sequence of them, as `application/jsonl` or `application/json-seq`, is none. */
export function isJson(mediaType: string): boolean {
  return /^[\w.-]+\/([\w.-]+\+)?json(;|$)/i.test(mediaType.trim())
}

/** Words for people or for a program that reads lines. */
export function isText(mediaType: string): boolean {
  return /^text\/|[/+](xml|yaml|x-yaml|jsonl|json-seq|x-ndjson|graphql)\b/i.test(mediaType.trim())
}

/** Answers that come in parts for as long as they are wanted. */
export function isStream(mediaType: string): boolean {
  return /^text\/event-stream\b|[/+](jsonl|json-seq|x-ndjson)\b/i.test(mediaType.trim())
}
