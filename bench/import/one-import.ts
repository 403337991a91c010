import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SampleExport, writeSampleExport } from '@tgstore/testkit';
import { type Measurement, measure } from '../measure.ts';
import { tgstore } from '../tgstore.ts';

const here = join(import.meta.dirname, '..');
/** What most programs do, and nothing with the result. */
const PARSE = `import { readFileSync } from 'node:fs'; JSON.parse(readFileSync(process.argv[1], 'utf8'));`;

/** Imports an export into a new store. */
export function importInto(store: string, path: string): Measurement {
  return measure([tgstore, 'import', path, '--quiet', '--store', store], here);
}

/** Parses an export, whole. */
export function parseWhole(path: string): Measurement {
  return measure(['--input-type=module', '--eval', PARSE, path], here);
}

/** An export without the writer's defects, which `JSON.parse` refuses; made once, and kept. */
export async function makeExport(megabytes: number, seed: number): Promise<SampleExport> {
  const directory = join(here, 'data', `export-${megabytes}-${seed}`);
  const facts = join(directory, 'facts.json');
  if (existsSync(facts)) {
    const known = JSON.parse(readFileSync(facts, 'utf8')) as SampleExport;
    if (existsSync(known.path) && statSync(known.path).size === known.bytes) return known;
  }
  const made = await writeSampleExport(directory, { seed, bytes: megabytes * 1e6, defects: false });
  writeFileSync(facts, JSON.stringify(made));
  return made;
}
