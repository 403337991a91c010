import type { Actions } from './actions.ts';

/** What a measured process can do. Each loads only what it needs: what it loads counts as its memory. */
export const modules: Readonly<Record<string, () => Promise<{ readonly actions: Actions }>>> = {
  ours: () => import('./contenders/ours.ts'),
  plain: () => import('./contenders/plain.ts'),
  bare: () => import('./contenders/bare.ts'),
  lowdb: () => import('./contenders/lowdb.ts'),
  sqlite: () => import('./contenders/sqlite.ts'),
  prepare: () => import('./data/prepare.ts'),
};
