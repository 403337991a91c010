import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A small store as the original Python module left it, written by hand: raw ids in names, both spellings, a lock file. */
export const ORIGINAL_STORE: Readonly<Record<string, string>> = {
  '12345_processed.json': json({
    metadata: {
      conversation_id: '12345',
      name: 'Ann',
      is_group: false,
      is_channel: false,
      chat_type: 'private',
      last_update: '2023-11-15T14:31:00+02:00',
    },
    messages: {
      101: { id: 101, sender_id: 'user1', text: 'Hi', date: '2023-11-15T12:30:00+00:00' },
      102: { id: 102, sender_id: 'user2', text: 'Ho', date: '2023-11-15T12:31:00+00:00' },
    },
  }),
  'Rowing Club_unprocessed.json': json({
    metadata: {
      id: 'Rowing Club',
      name: 'Rowing Club',
      isGroup: true,
      isChannel: false,
      last_message: { id: 7, text: 'Sunday at nine', date: '2023-11-14T08:00:00+00:00' },
      last_updated: '2023-11-14T08:05:00+00:00',
    },
    messages: {
      7: { id: 7, text: 'Sunday at nine', date: '2023-11-14T08:00:00+00:00' },
    },
  }),
  '12345_processed.json.lock': '',
};

export async function writeOriginalStore(directory: string): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  for (const [name, text] of Object.entries(ORIGINAL_STORE)) {
    await writeFile(join(directory, name), text, { mode: 0o600 });
  }
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
