import { deepEqual, equal, rejects } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { appendTail, atomicWrite, ensureDirectory, renameDurably } from '@tgstore/fs';

await ensureDirectory('files/deep');
await atomicWrite('files/state.json', '{"count":1}');
await atomicWrite('files/state.json', ['{"count"', ':2}']);
equal(readFileSync('files/state.json', 'utf8'), '{"count":2}');
await rejects(atomicWrite('files/state.json', '{}', { exclusive: true }), { code: 'EEXIST' });
await appendTail('files/state.json', [',"more":true}'], { from: 10, undoPath: 'files/undo' });
equal(readFileSync('files/state.json', 'utf8'), '{"count":2,"more":true}');
await renameDurably('files/state.json', 'files/deep/state.json');
deepEqual(readdirSync('files'), ['deep']);
