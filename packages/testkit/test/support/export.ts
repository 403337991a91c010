import { type SampleExportOptions, sampleExport } from '../../src/index.ts';

/** All bytes of a sample export. */
export function exportBytes(options?: SampleExportOptions): Buffer {
  return Buffer.concat([...sampleExport(options)]);
}

/** A sample export that is valid JSON, parsed. */
export function parsedExport(options?: SampleExportOptions): ParsedExport {
  return JSON.parse(exportBytes({ ...options, defects: false }).toString());
}

export interface ParsedExport {
  personal_information: { user_id: number };
  contacts: { list: object[] };
  frequent_contacts: { list: object[] };
  sessions: { list: object[] };
  chats: { list: ParsedChat[] };
  left_chats: { list: ParsedChat[] };
}

export interface ParsedChat {
  name?: string | null;
  type: string;
  id: number;
  messages: ParsedMessage[];
}

export interface ParsedMessage {
  id: number;
  type: string;
  date?: string;
  date_unixtime?: string;
  from?: string | null;
  text?: string | (string | Part)[];
  text_entities?: Part[];
  // biome-ignore lint/suspicious/noExplicitAny: tests look at fields of all kinds
  [key: string]: any;
}

export interface Part {
  type: string;
  text: string;
  [key: string]: unknown;
}
