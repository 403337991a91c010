import type { ConversationFile, Metadata } from '@tgstore/core';
import { stringifyJson } from '@tgstore/schema';
import type { ConversationDetails } from '../../api/index.ts';

type Details = Pick<
  ConversationDetails,
  'participants' | 'firstMessageDate' | 'revision' | 'lastUpdate' | 'source'
>;

/** What the view of one conversation shows beyond its row. */
export async function showDetails(file: ConversationFile, metadata: Metadata): Promise<Details> {
  const { participants, revision, last_update, source } = metadata;
  return {
    participants: (participants ?? []).map(({ id, username, first_name, last_name }) => ({
      id: String(id),
      name: [first_name, last_name].filter(Boolean).join(' ') || username || String(id),
    })),
    firstMessageDate: await firstDate(file),
    revision: revision ?? undefined,
    lastUpdate: last_update ?? undefined,
    source: source ? stringifyJson(source) : undefined,
  };
}

async function firstDate(file: ConversationFile): Promise<string | undefined> {
  // those without a date are few, and mostly at the end
  for await (const { date } of file.messages({ limit: 100 })) if (date) return date;
  return undefined;
}
