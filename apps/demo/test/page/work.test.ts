import { describe, expect, it } from 'vitest';
import type { ConversationRow, Job } from '../../src/api/index.ts';
import { changes, countResults, sortItems } from '../../src/page/backups/preview.ts';
import { laterJob } from '../../src/page/client/later-job.ts';
import { remedyParts } from '../../src/page/health/findings.ts';
import { type FeedEntry, withEvent } from '../../src/page/work/feed.ts';
import { byWorkState } from '../../src/page/work/sorts.ts';

const row = (id: string, more: Partial<ConversationRow> = {}): ConversationRow => ({
  id,
  status: 'unprocessed',
  size: 1,
  messageCount: 10,
  ...more,
});
const failure = { attempts: 1, message: 'exit code 1' };

describe('feed', () => {
  const at = '2025-01-01T00:00:00Z';
  const known = new Map(
    [row('a', { name: 'Ann' }), row('b'), row('c', { status: 'processed' })].map((one) => [
      one.id,
      one,
    ]),
  );
  const kinds = (entries: readonly FeedEntry[]) =>
    entries.map(({ conversationId, kind }) => `${conversationId} ${kind}`);

  it('tells who came, changed, was processed, failed, and went, the newest first', () => {
    const entries = withEvent(
      [],
      known,
      {
        changed: [
          row('a', { messageCount: 13 }),
          row('b', { status: 'processed' }),
          row('c'),
          row('d'),
          row('b', { failure }),
        ],
        removed: ['a'],
      },
      at,
    );
    expect(kinds(entries)).toEqual([
      'a removed',
      'b failed',
      'd new',
      'c unprocessed',
      'b processed',
      'a changed',
    ]);
    expect(entries.at(-1)?.added).toBe(3);
    expect(entries[0]?.name).toBe('Ann');
  });

  it('keeps the last hundred, and every entry has its own number', () => {
    let entries: readonly FeedEntry[] = [];
    for (let count = 0; count < 120; count += 1) {
      entries = withEvent(entries, known, { changed: [row('a')], removed: [] }, at);
    }
    expect(entries).toHaveLength(100);
    expect(new Set(entries.map(({ number }) => number)).size).toBe(100);
    expect(entries[0]?.number).toBe(120);
  });
});

it('sorts conversations by what they wait for: failed ones stand by themselves', () => {
  const groups = byWorkState([
    row('a'),
    row('b', { failure }),
    row('c', { status: 'processed', failure }),
  ]);
  expect(Object.values(groups).map((rows) => rows.map(({ id }) => id))).toEqual([
    ['a'],
    ['b'],
    ['c'],
  ]);
});

it('puts what a restore changes first', () => {
  const items = (['unchanged', 'restored', 'existing', 'replaced'] as const).map((result) => ({
    id: result,
    result,
  }));
  expect(sortItems(items).map(({ id }) => id)).toEqual([
    'replaced',
    'restored',
    'existing',
    'unchanged',
  ]);
  expect(items.filter(changes).map(({ id }) => id)).toEqual(['restored', 'replaced']);
  expect(countResults(items)).toEqual({ restored: 1, replaced: 1, existing: 1, unchanged: 1 });
});

it('finds the commands in a remedy', () => {
  const commands = (remedy: string) =>
    remedyParts(remedy)
      .filter(({ isCommand }) => isCommand)
      .map(({ text }) => text);
  expect(commands('run tgstore recover, which counts anew')).toEqual(['tgstore recover']);
  expect(commands('chmod 600 1_processed.json; tgstore recover does it')).toEqual([
    'chmod 600 1_processed.json',
    'tgstore recover',
  ]);
  expect(commands('correct conversation_id, or rename the file')).toEqual([]);
  expect(
    remedyParts('run tgstore recover now')
      .map(({ text }) => text)
      .join(''),
  ).toBe('run tgstore recover now');
});

describe('laterJob', () => {
  const begun: Job = {
    ...{ id: 1, state: 'running', startedAt: '2025-01-01T00:00:00Z' },
    ...{ done: 0, counts: {}, failures: [] },
  };
  const ended: Job = { ...begun, state: 'done', done: 1, endedAt: '2025-01-01T00:00:01Z' };

  it('an answer that comes behind the end of its job does not bring it back', () => {
    expect(laterJob(ended, begun)).toBe(ended);
    expect(laterJob({ ...begun, done: 1 }, begun)).toMatchObject({ done: 1 });
  });

  it('an answer of another job, or of a later state, is taken', () => {
    const next = { ...begun, id: 2 };
    expect(laterJob(ended, next)).toBe(next);
    expect(laterJob(begun, { ...begun, state: 'stopping' })).toMatchObject({ state: 'stopping' });
    expect(laterJob(undefined, begun)).toBe(begun);
    expect(laterJob(ended, null)).toBe(null);
  });
});
