import { describe, expect, it } from 'vitest';
import { addressOfForm, formOfAddress, requestOfForm } from '../../src/page/search/address.ts';
import { countConversations, type Hit, resultRows } from '../../src/page/search/groups.ts';
import { snippetOf } from '../../src/page/search/snippet.ts';

function marked(text: string, matches: readonly { offset: number; length: number }[]): string {
  return snippetOf(text, matches)
    .map((part) => (part.isMatch ? `[${part.text}]` : part.text))
    .join('');
}

describe('snippets', () => {
  it('mark every match by its UTF-16 offset', () => {
    expect(
      marked('👍 yes, yes', [
        { offset: 3, length: 3 },
        { offset: 8, length: 3 },
      ]),
    ).toBe('👍 [yes], [yes]');
  });

  it('begin a little before the first match and end after it', () => {
    const text = `${'before '.repeat(100)}needle${' after'.repeat(100)}`;
    const snippet = marked(text, [{ offset: 700, length: 6 }]);
    expect(snippet).toMatch(/^…before .*\[needle\] after .*…$/u);
    expect(snippet.length).toBeLessThan(340);
  });

  it('take overlapping, empty and outlying matches as they are meant', () => {
    expect(
      marked('abcdef', [
        { offset: 2, length: 2 },
        { offset: 1, length: 2 },
        { offset: 5, length: 0 },
        { offset: 5, length: 99 },
        { offset: 70, length: 1 },
      ]),
    ).toBe('a[bc][d]e[f]');
  });

  it('never cut a character in two', () => {
    const many = '👍'.repeat(200);
    // one letter more, and the characters behind it begin at odd places
    const cutBefore = marked(`${many}ab${many}`, [{ offset: 401, length: 1 }]);
    const cutBehind = marked(`${'👍'.repeat(50)}x${many}`, [{ offset: 100, length: 1 }]);
    expect(cutBefore).not.toMatch(/\p{Surrogate}/u);
    expect(cutBehind).not.toMatch(/\p{Surrogate}/u);
  });
});

describe('results', () => {
  const hit = (conversationId: string, id: string): Hit => ({
    type: 'hit',
    conversationId,
    conversationName: `Chat ${conversationId}`,
    message: {
      id,
      isOutgoing: false,
      text: '',
      entities: [],
      reactions: [],
      isDeleted: false,
      details: [],
    },
    matches: [],
    before: [],
    after: [],
  });

  it('stand under their conversations, in the order in which those came', () => {
    const hits = [hit('2', 'a'), hit('1', 'b'), hit('2', 'c')];
    const rows = resultRows(hits).map((row) =>
      row.kind === 'hit' ? row.hit.message.id : `${row.name}: ${row.hits}`,
    );
    expect(rows).toEqual(['Chat 2: 2', 'a', 'c', 'Chat 1: 1', 'b']);
    expect(countConversations(hits)).toBe(2);
  });
});

describe('addresses', () => {
  const form = {
    query: 'a b&c',
    conversation: '-100',
    isRegex: true,
    sender: ' Mira ',
    from: '2024-02-01',
    to: '2024-02-29',
  };

  it('come back as they were', () => {
    const address = addressOfForm(form);
    expect(formOfAddress(address.slice('/search'.length))).toEqual({ ...form, sender: 'Mira' });
    expect(addressOfForm(formOfAddress(''))).toBe('/search');
  });

  it('ask for whole days, to the end of the last', () => {
    const asked = new URLSearchParams(requestOfForm(form).split('?')[1]);
    expect(asked.get('query')).toBe('a b&c');
    expect(asked.get('regex')).toBe('1');
    const from = new Date(asked.get('from') ?? '').getTime();
    const to = new Date(asked.get('to') ?? '').getTime();
    expect(to - from).toBe(29 * 86_400_000 - 1);
  });

  it('leave out days that are none', () => {
    expect(requestOfForm({ ...form, from: 'yesterday', to: '' })).not.toMatch(/from|to=/u);
  });
});
