import { writeFile } from 'node:fs/promises';
import { createRandom, tempDirectory } from '@tgstore/testkit';
import type { CheckOptions, Outcome } from '../proof.ts';
import { scaled } from '../proof.ts';
import { damage } from './damage.ts';
import { makeKinds } from './damaged-kinds.ts';
import { SecretFinder } from './find-secrets.ts';
import { makeSecrets } from './made-up.ts';

/** Damages files of every kind at random, and looks for secrets in all that is said of them. */
export async function damages({ seed, scale, report }: CheckOptions): Promise<Outcome> {
  await using directory = await tempDirectory();
  const secrets = makeSecrets(seed);
  const finder = new SecretFinder(secrets);
  const random = createRandom(seed);
  const kinds = await makeKinds(directory.path, secrets);
  const count = scaled(20_000, scale, 3 * kinds.length);
  const violations: string[] = [];
  let errors = 0;
  for (let number = 0; number < count; number += 1) {
    const kind = kinds[number % kinds.length] as (typeof kinds)[number];
    const { bytes, how } = damage(kind.bytes, random);
    await writeFile(kind.file, kind.pack ? kind.pack(bytes) : bytes);
    for await (const said of kind.read()) {
      if (said instanceof Error) errors += 1;
      const [found] = finder.findInError(said);
      if (found === undefined) continue;
      violations.push(
        `seed ${seed}, ${number}: ${kind.name}, ${how}: ${found} in ${describe(said)}`,
      );
    }
    report(`${number + 1} of ${count} damages`);
  }
  return { tried: count, unit: 'damages', violations, seen: `${errors} errors` };
}

function describe(said: unknown): string {
  return said instanceof Error ? `${said.name}: ${said.message}` : JSON.stringify(said);
}
