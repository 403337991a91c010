import { readFile } from 'node:fs/promises';
import { decodeId, encodeId } from '@tgstore/core';
import { expect, test } from 'vitest';

const format = await readFile(new URL('../../docs/format.md', import.meta.url), 'utf8');

test('the names of files in docs/format.md are those that we give and read', () => {
  const [, table = ''] = /^\| stem \| conversation_id \|\n(.*?)\n\n/ms.exec(format) ?? [];
  const rows = [...table.matchAll(/^\| `([^`]+)` \| `([^`]+)`(.*) \|$/gm)];
  expect(rows.length).toBeGreaterThan(12);
  for (const [, stem = '', shown = '', rest = ''] of rows) {
    const id = rest === ' and a newline' ? `${shown}\n` : shown;
    if (!rest.includes('raw')) expect([encodeId(id), decodeId(stem)]).toEqual([stem, id]);
    // what is no name of ours is the id as it stands
    else expect([decodeId(stem), stem]).toEqual([undefined, id]);
  }
});
