import { isUtf8 } from 'node:buffer';
import { parseJson, SchemaError } from '@tgstore/schema';
import type { RepairKind } from '../report.ts';

/** A message's JSON, parsed after what repairs it needed. */
export interface Repaired {
  readonly value: unknown;
  /** The text that was parsed. */
  readonly text: string;
  readonly repairs: readonly RepairKind[];
}

/**
 * Parses the JSON of one message that did not parse as it stands, or is not UTF-8. Telegram Desktop writes
 * control characters, line separators and, for a time, document ids in ways that are no JSON.
 *
 * @throws {@link SchemaError} `SCHEMA_INVALID_JSON` when it can't be repaired.
 */
export function repairAndParse(bytes: Uint8Array): Repaired {
  const repairs: RepairKind[] = [];
  const clean = isUtf8(bytes) ? bytes : repairBytes(bytes, repairs);
  const text = decoder.decode(clean);
  try {
    return { value: parseJson(text), text, repairs };
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    const mended = repairText(text, repairs);
    if (mended === text) throw error;
    return { value: parseJson(mended), text: mended, repairs };
  }
}

function repairBytes(bytes: Uint8Array, repairs: RepairKind[]): Uint8Array {
  const clean = dropStrayBytes(bytes);
  if (clean.length < bytes.length) repairs.push('line-separator');
  if (!isUtf8(clean)) repairs.push('invalid-utf8');
  return clean;
}

/** Drops the continuation bytes 80 A8 and 80 A9 that the writer leaves after the escapes `\u2028` and `\u2029`. */
function dropStrayBytes(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    result[length++] = byte;
    if (byte !== BACKSLASH) continue;
    if (!isEscapedSeparator(bytes, at)) {
      // the escaped character goes along, so that the second of two backslashes does not begin an escape
      at += 1;
      if (at < bytes.length) result[length++] = bytes[at] as number;
      continue;
    }
    result.set(bytes.subarray(at + 1, at + 6), length);
    length += 5;
    at += 7;
  }
  return result.subarray(0, length);
}

function isEscapedSeparator(bytes: Uint8Array, at: number): boolean {
  const last = bytes[at + 5];
  return (
    bytes[at + 1] === 0x75 &&
    bytes[at + 2] === 0x32 &&
    bytes[at + 3] === 0x30 &&
    bytes[at + 4] === 0x32 &&
    ((last === 0x38 && bytes[at + 7] === 0xa8) || (last === 0x39 && bytes[at + 7] === 0xa9)) &&
    bytes[at + 6] === 0x80
  );
}

function repairText(text: string, repairs: RepairKind[]): string {
  const quoted = text.replace(
    UNQUOTED_DOCUMENT_ID,
    (whole: string, key: string, value: string, comma: string) =>
      isJson(value) ? whole : key + JSON.stringify(value) + comma,
  );
  if (quoted !== text) repairs.push('unquoted-document-id');
  const escaped = quoted.replace(ESCAPE, (whole: string, hex: string | undefined) =>
    hex === undefined ? whole : `\\u00${hex}`,
  );
  if (escaped !== quoted) repairs.push('control-escape');
  return escaped;
}

// a value over several lines, or a number, is none of the writer's bare paths
function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return value === '{' || value === '[';
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const BACKSLASH = 0x5c;
/** Takes escapes two characters at a time, so that `\\x41`, a backslash somebody typed, is left alone. */
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|[\s\S])/g;
/** The writer puts one key on a line, so the value ends where the line does; within a string the quotes are escaped. */
const UNQUOTED_DOCUMENT_ID = /("document_id":[ \t]*)([^"\s][^\r\n]*?|)(,?)[ \t]*(?=\r?\n)/g;
