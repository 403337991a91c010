import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ConversationRow, ConversationStatus, StatusChange } from '../../api/index.ts';
import { applyChanges } from '../client/conversations.ts';
import { postJson } from '../client/request.ts';

export interface StatusRequest {
  readonly ids: readonly string[];
  readonly status: ConversationStatus;
}

/** Marks conversations one after the other; the first that is refused ends it, and those before it stay marked. */
export function useStatusChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ ids, status }: StatusRequest) => {
      const change: StatusChange = { status };
      for (const id of ids) {
        const path = `/api/conversations/${encodeURIComponent(id)}/status`;
        const row = await postJson<ConversationRow>(path, change);
        applyChanges(client, { changed: [row], removed: [] });
      }
    },
  });
}
