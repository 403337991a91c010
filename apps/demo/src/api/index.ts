// What the page and the server say to each other. Types only.
//
// Every request but those for the page's own files and for media carries `Authorization: Bearer TOKEN`; the token is in the
// fragment of the address that `tgstore serve` prints. Answers are JSON, or JSON lines where a comment says that it streams.

export type * from './activity.ts';
export type * from './backups.ts';
export type * from './conversations.ts';
export type * from './health.ts';
export type * from './job.ts';
export type * from './messages.ts';
export type * from './search.ts';
export type * from './store.ts';
