import { EnhancedFileManager } from '@tgstore/core';
import type { Message } from '@tgstore/schema';

/** Each sets `window.hacked` where it is taken for more than text. */
export const hostileTexts = [
  '<script>window.hacked = 1</script>',
  '<img src=x onerror="window.hacked = 2">',
  '<svg onload="window.hacked = 3"><animate onbegin="window.hacked = 4"></svg>',
  '<iframe srcdoc="<script>parent.hacked = 5</script>"></iframe>',
  '<style>* { display: none !important }</style>',
  '<a href="javascript:window.hacked = 6">click</a>',
  '"><b id="injected" onmouseover="window.hacked = 7">bold</b>',
  '{{constructor.constructor("window.hacked = 8")()}} #{window.hacked = 9}',
  '&lt;script&gt; &amp; &#x3c;b&#x3e;',
  '\u202Egnp.exe\u202C after an override',
  '\u2066\u2067\u202Ereversed without an end',
  `Z${'\u0300\u0301\u0302\u0303\u0304'.repeat(40)}algo`,
] as const;

export const hostileName = '<img src=x onerror="window.hacked = 10">\u202EeniL';

export const hostile = { texts: '666', name: '667', long: '668' } as const;

/** Conversations whose names, senders, links and texts try to be more than text. */
export async function writeHostileStore(storageDir: string): Promise<void> {
  await using store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
  await store.mergeConversation({
    metadata: { conversation_id: hostile.texts, name: hostileName, chat_type: 'private' },
    messages: [...hostileTexts.map(message), ...links(), ...media()],
  });
  await store.mergeConversation({
    metadata: { conversation_id: hostile.name, name: '\u202E\u2067', chat_type: 'private' },
    messages: [message('Nothing here', 0)],
  });
  await store.mergeConversation({
    metadata: { conversation_id: hostile.long, name: 'W'.repeat(100_000), chat_type: 'group' },
    messages: [{ ...message('x'.repeat(100_000), 0), sender_name: 'M'.repeat(100_000) }],
  });
}

function message(text: string, index: number): Message {
  return {
    id: index + 1,
    text,
    date: new Date(Date.UTC(2025, 0, 1, 0, index)).toISOString(),
    is_outgoing: false,
    sender_id: 'user6',
    sender_name: hostileName,
    forwarded_from: hostileName,
    reactions: [{ emoji: '<b>👍</b>', count: 1 }],
  };
}

/** Links to where a click must not lead. */
function links(): Message[] {
  const urls = [
    'javascript:window.hacked=11',
    'JaVaScRiPt:window.hacked=12',
    ' java\nscript:window.hacked=13',
    'data:text/html,<script>opener.hacked=14</script>',
    'vbscript:x',
    'file:///etc/passwd',
  ];
  return urls.map((url, index) => ({
    ...message(`link ${index}`, 50 + index),
    entities: [{ type: 'text_link', offset: 0, length: 6, url }],
  }));
}

/** Paths that lead out of the store, and entities that lie about their places. */
function media(): Message[] {
  const paths = [
    '../../../../etc/passwd',
    '/etc/passwd',
    'photos/<script>.jpg',
    'a\\..\\..\\b.png',
  ];
  return [
    ...paths.map((media_path, index) => ({
      ...message('', 70 + index),
      media_type: 'photo',
      media_path,
    })),
    {
      ...message('lies 👨‍👩‍👧‍👦', 80),
      entities: [
        { type: 'bold', offset: 6, length: 3 },
        { type: 'code', offset: 3, length: 9_999 },
        { type: '<b>', offset: 0, length: 2 },
      ],
    },
  ];
}
