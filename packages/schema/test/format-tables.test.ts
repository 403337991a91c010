import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

// docs/format.md has a row for each key of conversation.schema.json, and none for another; bold is what must be there.

const format = await readFile(new URL('../../../docs/format.md', import.meta.url), 'utf8');
const schema: Schema = JSON.parse(
  await readFile(new URL('../conversation.schema.json', import.meta.url), 'utf8'),
);

const message = part(part(schema, 'messages'), undefined);
const metadata = part(schema, 'metadata');
const PARTS: [title: string, schema: Schema][] = [
  ['Document', schema],
  ['Metadata', metadata],
  ['Participant', part(part(metadata, 'participants'), undefined)],
  ['Message', message],
  ['Entity', part(part(message, 'entities'), undefined)],
  ['Reaction', part(part(message, 'reactions'), undefined)],
];

test.each(PARTS)(
  '%s has the keys of the schema, in its order',
  (title, { properties, required }) => {
    const rows = rowsOf(title);
    expect(rows.map(({ key }) => key)).toEqual(Object.keys(properties ?? {}));
    expect(rows.filter(({ isBold }) => isBold).map(({ key }) => key)).toEqual(required ?? []);
  },
);

test.each(PARTS)('%s has a type in each row that the schema allows', (title, { properties }) => {
  for (const { key, type } of rowsOf(title)) {
    expect(`${key}: ${type}`).toBe(`${key}: ${typeOf(properties?.[key] ?? {}, type)}`);
  }
});

test('every table of keys is one of these', () => {
  const titles = [...format.matchAll(/^### (.+)\n\| key \| type \|/gm)].map(([, title]) => title);
  expect(titles).toEqual(PARTS.map(([title]) => title));
});

interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly properties?: Record<string, Schema>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** What stands under a key; without one, what stands under any key or in any place of a list. */
function part(parent: Schema, key: string | undefined): Schema {
  const found =
    key === undefined ? (parent.items ?? parent.additionalProperties) : parent.properties?.[key];
  return withoutNull(found ?? {});
}

function withoutNull(schema: Schema): Schema {
  return schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;
}

function rowsOf(title: string): { key: string; isBold: boolean; type: string }[] {
  const [, body = ''] = new RegExp(`^### ${title}\\n((?:\\|.*\\n)+)`, 'm').exec(format) ?? [];
  const rows = body.matchAll(/^\| (\*\*)?`(\w+)`(?:\*\*)? \| (.+?) \| /gm);
  return [...rows].map(([, bold, key = '', type = '']) => {
    // a list is a list of what its link leads to
    const plain = type.replace(/\[(\w+)\]\([^)]*\)/g, '$1');
    return { key, isBold: bold !== undefined, type: plain };
  });
}

/** The word that the tables have for a type; what is said of it beyond that stays. */
function typeOf(nullable: Schema, said: string): string {
  const schema = withoutNull(nullable);
  const types = [schema.type ?? []].flat().filter((type) => type !== 'null');
  if (types.includes('integer') && types.includes('string')) return 'id';
  if (schema.format === 'date-time') return 'date';
  if (types[0] === 'integer' && schema.minimum === 0) return 'count';
  if (types[0] === 'string') return said === 'text, not empty' ? said : 'text';
  if (types[0] !== 'array') return String(types[0]);
  const items = withoutNull(schema.items ?? {});
  if (items.properties)
    return /^list of (?:participants|entities|reactions)$/.exec(said)?.[0] ?? 'list of objects';
  return `list of ${typeOf(items, 'text')}s`;
}
