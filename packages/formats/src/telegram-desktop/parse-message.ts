import { isAscii } from 'node:buffer';
import { parseJson } from '@tgstore/schema';
import type { ReportBuilder } from '../report.ts';
import { repairAndParse } from './repair.ts';
import { valuesOfKey } from './values-of-key.ts';

/**
 * The value of one message's JSON. Nearly all of it is valid and goes the short way; what is not is repaired, and the report
 * counts how.
 *
 * @throws {@link SchemaError} `SCHEMA_INVALID_JSON` when it can't be repaired.
 */
export function parseMessage(bytes: Uint8Array, report: ReportBuilder): unknown {
  const text = decode(bytes);
  if (text.includes('\uFFFD')) return parseRepaired(bytes, report);
  try {
    const value = parseJson(text);
    return isService(value) ? keepFirstText(value, text, report) : value;
  } catch {
    return parseRepaired(bytes, report);
  }
}

// a byte of ASCII is a character: nothing to decode
function decode(bytes: Uint8Array): string {
  if (!isAscii(bytes)) return decoder.decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function parseRepaired(bytes: Uint8Array, report: ReportBuilder): unknown {
  const { value, text, repairs } = repairAndParse(bytes);
  for (const kind of repairs) report.repaired[kind] += 1;
  return isService(value) ? keepFirstText(value, text, report) : value;
}

function isService(value: unknown): value is Record<string, unknown> {
  return (value as { type?: unknown } | null)?.type === 'service';
}

// the label of a button, or the words with a gift; the empty text that all messages have comes after it
function keepFirstText(
  message: Record<string, unknown>,
  json: string,
  report: ReportBuilder,
): Record<string, unknown> {
  if (json.indexOf(TEXT_KEY) === json.lastIndexOf(TEXT_KEY)) return message;
  const texts = valuesOfKey(json, 'text');
  if (texts.length < 2) return message;
  report.repaired['duplicate-text'] += 1;
  message.text = texts.find((text) => !isEmpty(text)) ?? message.text;
  return message;
}

function isEmpty(text: unknown): boolean {
  return text === '' || text === null || (Array.isArray(text) && text.length === 0);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const TEXT_KEY = '"text"';
