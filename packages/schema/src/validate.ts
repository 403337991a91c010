import type { z } from 'zod';
import { type Problem, SchemaError } from './errors.ts';
import { type Message, messageSchema } from './message.ts';
import { shownId } from './message-id.ts';
import { type Metadata, metadataSchema } from './metadata.ts';
import { isCertainlyMessage } from './quick-check.ts';

/** How many problems an error names. */
const MAX_PROBLEMS = 10;
/** How many characters of the path and of the message of a problem: keys and ids of broken files may be of any length. */
const MAX_TEXT = 120;

/** Collects what is wrong with one conversation, the first ten problems of it. */
export class ProblemList {
  readonly #problems: Problem[] = [];
  #count = 0;

  /** How many there are, those included that are not kept. */
  get count(): number {
    return this.#count;
  }

  /** Notes one; the first ten are kept. */
  add(path: string, message: string): void {
    this.#count += 1;
    if (this.#problems.length >= MAX_PROBLEMS) return;
    this.#problems.push({ path: shorten(path), message: shorten(message) });
  }

  /** @throws {@link SchemaError} `SCHEMA_INVALID` when there is any problem. */
  throwIfAny(): void {
    if (this.#count === 0) return;
    const lines = this.#problems.map(({ path, message }) => `${path}: ${message}`);
    const more = this.#count - lines.length;
    if (more > 0) lines.push(`and ${more} more`);
    throw new SchemaError('SCHEMA_INVALID', lines.join('; '), { problems: this.#problems });
  }
}

/** Checks one message; its problems are named from `messages.<key>` on. The value itself is never changed. */
export function checkMessage(value: unknown, key: string, problems: ProblemList): value is Message {
  if (!isCertainlyMessage(value) && !check(messageSchema, value, messagePath(key), problems)) {
    return false;
  }
  if (String(value.id) === key) return true;
  const ids = [String(value.id), key].map(shownId);
  problems.add(`${messagePath(key)}.id`, `is ${ids[0]}, but its key says ${ids[1]}`);
  return false;
}

/** Where a message stands in its file, for errors: `messages.102`. */
export function messagePath(key: string): string {
  return `messages.${shownId(key)}`;
}

/** Checks the metadata; the value itself is never changed. */
export function checkMetadata(value: unknown, problems: ProblemList): value is Metadata {
  return check(metadataSchema, value, 'metadata', problems);
}

// the schemas only judge: their output is a copy, in which a key `__proto__` would be lost
function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  path: string,
  problems: ProblemList,
): value is T {
  const result = schema.safeParse(value);
  if (result.success) return true;
  for (const issue of result.error.issues) {
    problems.add(
      [path, ...issue.path.map(String)].join('.'),
      issue.message.replace(/^Invalid input: /, ''),
    );
  }
  return false;
}

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}
