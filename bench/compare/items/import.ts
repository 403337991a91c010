import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { importInto, makeExport, parseWhole } from '../../import/one-import.ts';
import { type Contender, dataDirectory } from '../contender.ts';
import { inRounds } from '../rounds.ts';
import type { Item } from '../setting.ts';
import { table } from '../table.ts';

export const imports: Item = {
  title: 'import an export of Telegram Desktop',
  async compare({ sizes, rounds, seed }) {
    const { path, bytes } = await makeExport(sizes.importMegabytes, seed);
    const store = join(dataDirectory, 'imported');
    const contenders: Contender[] = [
      {
        title: '`tgstore import`',
        async measure() {
          rmSync(store, { recursive: true, force: true });
          return importInto(store, path);
        },
      },
      { title: '`JSON.parse(readFileSync())`', measure: async () => parseWhole(path) },
    ];
    const results = await inRounds(contenders, rounds);
    rmSync(store, { recursive: true, force: true });
    return table([{ title: `${(bytes / 1e6).toFixed(0)} MB`, results, bytes }]);
  },
};
