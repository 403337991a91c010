import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Secrets, secretExport } from './made-up.ts';
import type { Place } from './tools.ts';

/** What the user has, before anything begins. */
export async function writeInputs({ inputs, out }: Place, secrets: Secrets): Promise<void> {
  await mkdir(inputs, { recursive: true });
  await mkdir(out, { recursive: true, mode: 0o700 });
  const text = secretExport(777, secrets);
  const account = JSON.stringify({
    chats: {
      list: [JSON.parse(text), { ...JSON.parse(secretExport(778, secrets)), id: secrets.other }],
    },
  });
  const files = {
    'result.json': text,
    'damaged.json': text.slice(0, -300),
    'account.json': account,
    'broken.json': text.replace(/"from_id"/, secrets.text),
    'passphrase.txt': `${secrets.passphrase}\n`,
    'identity.txt': `${secrets.identity}\n`,
    'wrong.txt': `${secrets.passphrase}!\n`,
    'broken.yaml': `api_hash: "${secrets.username}\nphone: *${secrets.passphrase.replaceAll(' ', '')}\n`,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(inputs, name), content);
}

/** Takes away what was made, so that another umask begins anew. */
export async function clear({ store, backups, out, elsewhere }: Place): Promise<void> {
  for (const path of [store, backups, elsewhere]) await rm(path, { recursive: true, force: true });
  for (const name of await readdir(out)) await rm(join(out, name));
}
