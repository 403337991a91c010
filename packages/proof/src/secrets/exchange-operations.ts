import { join } from 'node:path';
import { describeReport } from '@tgstore/formats';
import type { Operation, Tools } from './tools.ts';

/** Imports, exports and backups. */
export function exchangeOperations({
  withStore,
  exported,
  place,
  secrets,
  logger,
  identities,
  encrypt,
  backups,
  newest,
}: Tools): Operation[] {
  return [
    {
      name: 'importConversationsFromJson',
      run: () => withStore((store) => store.importConversationsFromJson(exported)),
    },
    {
      name: 'importConversationsFromJson, damaged',
      fails: 'FORMAT_TRUNCATED',
      run: () =>
        withStore((store) => store.importConversationsFromJson(join(place.inputs, 'damaged.json'))),
    },
    {
      name: 'importConversationsFromJson, salvage',
      run: async () => {
        const { report, failures } = await withStore((store) =>
          store.importConversationsFromJson(join(place.inputs, 'damaged.json'), { salvage: true }),
        );
        logger.warn({ failures }, describeReport(report).join('\n'));
      },
    },
    {
      name: 'exportConversationsToJson',
      run: () =>
        withStore((store) => store.exportConversationsToJson(join(place.out, 'bundle.json'))),
    },
    { name: 'createManualBackup', run: () => withStore((store) => store.createManualBackup()) },
    {
      name: 'automatic backup',
      run: () => withStore((store) => store.markAsUnprocessed('2'), { backupEnabled: true }),
    },
    {
      name: 'createManualBackup, encrypted',
      run: () => withStore((store) => store.createManualBackup(encrypt), backups),
    },
    {
      name: 'createManualBackup, by a passphrase',
      run: () =>
        withStore(
          (store) => store.createManualBackup({ passphrase: secrets.passphrase, tag: 'phrase' }),
          backups,
        ),
    },
    {
      name: 'createManualBackup, for a secret key',
      fails: 'no age recipient',
      run: () =>
        withStore((store) => store.createManualBackup({ recipients: [secrets.identity] }), backups),
    },
    {
      name: 'verifyBackup, wrong key',
      fails: 'BACKUP_WRONG_KEY',
      run: () =>
        withStore(
          async (store) =>
            store.backups.verifyBackup(await newest(store, 'phrase'), {
              passphrase: `${secrets.passphrase}!`,
            }),
          backups,
        ),
    },
    {
      name: 'verifyBackup, no key',
      fails: 'no age identity',
      run: () =>
        withStore(
          async (store) =>
            store.backups.verifyBackup(await newest(store), {
              identities: [`${secrets.identity}X`],
            }),
          backups,
        ),
    },
    {
      name: 'verifyBackup',
      run: () =>
        withStore(
          async (store) => store.backups.verifyBackup(await newest(store), { identities }),
          backups,
        ),
    },
    {
      name: 'restoreBackup, elsewhere',
      run: () =>
        withStore(
          async (store) =>
            store.restoreBackup(await newest(store), { identities, to: place.elsewhere }),
          backups,
        ),
    },
    {
      name: 'restoreBackup, overwrite',
      run: () =>
        withStore(async (store) => {
          await store.appendMessages('2', [{ id: 11, text: secrets.text }]);
          await store.restoreBackup(await newest(store), {
            identities,
            overwrite: true,
            encryptFor: encrypt,
          });
        }, backups),
    },
    {
      name: 'pruneBackups',
      run: () => withStore((store) => store.backups.pruneBackups({ keepLast: 1 })),
    },
  ];
}
