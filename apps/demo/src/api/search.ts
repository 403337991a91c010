import type { ShownMessage } from './messages.ts';
import type { ShownError } from './store.ts';

/** `GET /api/search` streams {@link SearchEvent}, one a line, until it is done or the request is given up. */
export interface SearchQuery {
  readonly query: string;
  /** Only in this conversation. */
  readonly conversation?: string;
  /** `1` takes `query` for a regular expression. */
  readonly regex?: string;
  /** Part of the name or id of who sent it. */
  readonly sender?: string;
  /** ISO 8601 */
  readonly from?: string;
  readonly to?: string;
}

export type SearchEvent =
  | {
      readonly type: 'hit';
      readonly conversationId: string;
      readonly conversationName?: string | undefined;
      readonly message: ShownMessage;
      /** In UTF-16 code units of the text. */
      readonly matches: readonly { readonly offset: number; readonly length: number }[];
      readonly before: readonly ShownMessage[];
      readonly after: readonly ShownMessage[];
    }
  | { readonly type: 'unreadable'; readonly conversationId: string; readonly error: ShownError }
  /** The last: `isCut` where there were more hits than are given, 1,000. */
  | { readonly type: 'done'; readonly hits: number; readonly isCut: boolean }
  | { readonly type: 'failed'; readonly error: ShownError };
