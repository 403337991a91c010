import type { ShownError } from './store.ts';

/** `GET /api/activity?conversation=ID`, of all without `conversation`: streams these, one a line. */
export type ActivityEvent =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'activity'; readonly activity: Activity }
  | { readonly type: 'failed'; readonly error: ShownError };

/** When and by whom messages were sent, in the time zone of {@link StoreInfo}. */
export interface Activity {
  readonly messages: number;
  /** Days with messages, in order: `['2025-01-31', 12]`. Growth is their running sum. */
  readonly days: readonly (readonly [day: string, count: number])[];
  /** Seven lists, Monday first, of 24 numbers. */
  readonly weekHours: readonly (readonly number[])[];
  /** The 30 who sent most, by how many; of all conversations also the conversations in the place of senders. */
  readonly senders: readonly {
    readonly id: string;
    readonly name?: string | undefined;
    readonly count: number;
  }[];
  /** How many messages those others sent. */
  readonly otherSenders: { readonly senders: number; readonly messages: number };
}
