import type { Backup } from '@tgstore/core';
import { Hono } from 'hono';
import type {
  BackupOverview,
  RestoreOutcome,
  ShownBackup,
  VerifiedBackup,
} from '../../api/index.ts';
import { optionalFlag, optionalText, optionalTexts, readBody } from '../requests.ts';
import type { Services } from '../services.ts';

export function backupRoutes({ store, backupKeys }: Services): Hono {
  // what is read with a passphrase is written with it
  const { passphrase } = backupKeys;
  const routes = new Hono();

  routes.get('/', async (context) => {
    const { backups, foreign } = await store.listBackups();
    const overview: BackupOverview = {
      directory: store.backups.backupDir,
      backups: backups.map(showBackup),
      foreign,
    };
    return context.json(overview);
  });

  routes.post('/', async (context) => {
    const tag = optionalText(await readBody(context), 'tag');
    const { id } = await store.createManualBackup({ ...(tag && { tag }), passphrase });
    const { backups } = await store.listBackups();
    const made = backups.find((backup) => backup.id === id);
    return context.json(made ? showBackup(made) : null);
  });

  routes.post('/:id/verify', async (context) => {
    const { id, counts, size } = await store.backups.verifyBackup(
      context.req.param('id'),
      backupKeys,
    );
    const verified: VerifiedBackup = { id, conversations: counts.files, size };
    return context.json(verified);
  });

  routes.post('/:id/restore', async (context) => {
    const body = await readBody(context);
    const isDryRun = optionalFlag(body, 'dryRun') ?? false;
    const { items, preRestore } = await store.restoreBackup(context.req.param('id'), {
      ...backupKeys,
      dryRun: isDryRun,
      overwrite: optionalFlag(body, 'overwrite'),
      only: optionalTexts(body, 'only'),
      encryptFor: passphrase === undefined ? undefined : { passphrase },
    });
    const outcome: RestoreOutcome = {
      isDryRun,
      items: items.map(({ id, name, result }) => ({ id: id ?? name, result })),
      preRestore: preRestore?.id,
    };
    return context.json(outcome);
  });
  return routes;
}

function showBackup({
  id,
  createdAt,
  tag,
  size,
  encrypted,
  counts,
  verifiedAt,
}: Backup): ShownBackup {
  return {
    id,
    createdAt,
    tag,
    size,
    isEncrypted: encrypted,
    conversations: counts?.files,
    verifiedAt,
  };
}
