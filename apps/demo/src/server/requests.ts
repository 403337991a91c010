import type { Context } from 'hono';
import { ExplorerError } from './errors.ts';

/** The JSON object in the body; an empty body counts as `{}`. @throws {@link ExplorerError} */
export async function readBody(context: Context): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(context.req.raw.body);
  let body: unknown = {};
  try {
    if (text !== '') body = JSON.parse(text);
  } catch {
    throw badRequest('the body is no JSON');
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw badRequest('the body must be a JSON object');
}

async function readText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > LARGEST_BODY) {
      throw new ExplorerError('EXPLORER_TOO_LARGE', 'the body has more than 64 KB');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function badRequest(message: string): ExplorerError {
  return new ExplorerError('EXPLORER_BAD_REQUEST', message);
}

/** A key of a body that is a text, where it is there. */
export function optionalText(
  body: Readonly<Record<string, unknown>>,
  key: string,
): string | undefined {
  const value = body[key];
  if (value === undefined || typeof value === 'string') return value;
  throw badRequest(`${key} must be a text`);
}

export function optionalFlag(
  body: Readonly<Record<string, unknown>>,
  key: string,
): boolean | undefined {
  const value = body[key];
  if (value === undefined || typeof value === 'boolean') return value;
  throw badRequest(`${key} must be true or false`);
}

export function optionalTexts(
  body: Readonly<Record<string, unknown>>,
  key: string,
): string[] | undefined {
  const value = body[key];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw badRequest(`${key} must be a list of texts`);
}

/** A time in the query, where there is one. */
export function optionalTime(context: Context, key: string): Date | undefined {
  const value = context.req.query(key);
  if (value === undefined || value === '') return undefined;
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) throw badRequest(`${key} must be a date: 2024-01-31T12:30:00Z`);
  return time;
}

const LARGEST_BODY = 64 * 1024;
