import { describe, expect, it } from 'vitest';
import type { MessagePage, ShownMessage } from '../../src/api/index.ts';
import {
  changeWindow,
  MAX_MESSAGES,
  type MessageWindow,
} from '../../src/page/messages/message-window.ts';

function message(id: number, text = ''): ShownMessage {
  return {
    id: String(id),
    text,
    entities: [],
    isOutgoing: false,
    isDeleted: false,
    reactions: [],
    details: [],
  };
}

function page(from: number, to: number, more: Partial<MessagePage> = {}): MessagePage {
  const messages = Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
  return { messages, hasEarlier: true, hasLater: false, ...more };
}

function opened(from: number, to: number, more: Partial<MessagePage> = {}): MessageWindow {
  const change = { type: 'open', page: page(from, to, more), place: { at: 'end' } } as const;
  return changeWindow(undefined, change) as MessageWindow;
}

const idsOf = (window: MessageWindow | undefined) => window?.messages.map(({ id }) => Number(id));

describe('changeWindow', () => {
  it('adds at both ends, and says where', () => {
    const earlier = changeWindow(opened(5, 6), {
      type: 'earlier',
      page: page(3, 4, { hasEarlier: false }),
    });
    expect(idsOf(earlier)).toEqual([3, 4, 5, 6]);
    expect(earlier).toMatchObject({ hasEarlier: false, isShifted: true });
    const later = changeWindow(earlier, { type: 'later', page: page(7, 8, { hasLater: true }) });
    expect(idsOf(later)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(later).toMatchObject({ hasLater: true, hasEarlier: false, isShifted: false });
  });

  it('takes no message twice, for another snapshot may repeat some', () => {
    expect(idsOf(changeWindow(opened(5, 6), { type: 'later', page: page(6, 7) }))).toEqual([
      5, 6, 7,
    ]);
  });

  it('drops at the end that is told, and knows that more is there', () => {
    const full = opened(1, MAX_MESSAGES + 100, { hasEarlier: false });
    const start = changeWindow(full, { type: 'trim', from: 'start' });
    expect(start).toMatchObject({ hasEarlier: true, hasLater: false, isShifted: true });
    expect(idsOf(start)?.[0]).toBe(101);
    const end = changeWindow(full, { type: 'trim', from: 'end' });
    expect(end).toMatchObject({ hasEarlier: false, hasLater: true, isShifted: false });
    expect(idsOf(end)?.at(-1)).toBe(MAX_MESSAGES);
  });

  it('keeps the objects of messages that did not change', () => {
    const before = opened(1, 2);
    const messages = [message(1), message(2, 'edited')];
    const after = changeWindow(before, { type: 'refresh', messages });
    expect(after?.messages[0]).toBe(before.messages[0]);
    expect(after?.messages[1]?.text).toBe('edited');
  });

  it('is a new place with each opening', () => {
    const first = opened(1, 2);
    const place = first.place;
    const again = changeWindow(first, { type: 'open', page: page(1, 2), place });
    expect(again?.place).not.toBe(place);
  });
});
